/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of all reasons: output, manual page and tests are made from it.
 */
#include "plan/reason.h"

#include <stdio.h>
#include <stdlib.h>

#define REFUSE(reason, meaning, advice) \
	[REASON_##reason] = {#reason, REASON_REFUSE, meaning, advice}
#define WARN(reason, meaning, advice) \
	[REASON_##reason] = {#reason, REASON_WARN, meaning, advice}
#define NOTE(reason, meaning, advice) \
	[REASON_##reason] = {#reason, REASON_NOTE, meaning, advice}

static const struct reason_row rows[REASONS] = {
	/* --- getting in ------------------------------------------------ */
	REFUSE(ADDRESS_BAD, "the source or what belongs to it is misspelt",
	       "write ssh://[user@]host[:port]/[disk]; an IPv6 address needs "
	       "[ ]"),
	REFUSE(JUMP, "the jump host can't be reached or passed",
	       "the words behind it are about that host, not about the source: "
	       "check its address, its key (jump.hostkey=), its "
	       "authorized_keys and AllowTcpForwarding there"),
	REFUSE(UNREACHABLE, "nothing accepts a connection there",
	       "check name, address, port, routes and firewalls from this "
	       "machine, and that sshd runs there"),
	REFUSE(NO_ANSWER,
	       "a connection was accepted and then nothing came in time",
	       "look at the load of the source and at what stands between; a "
	       "firewall or a balancer may accept for a machine that is off"),
	REFUSE(NO_SSH, "what listens there does not speak SSH, or hangs up",
	       "check the port; look at sshd's log for MaxStartups, "
	       "PerSourcePenalties, hosts.deny and fail2ban"),
	REFUSE(HOSTKEY_UNKNOWN,
	       "no host key is pinned for it, and nobody is trusted unseen",
	       "compare the key shown here with `ssh-keygen -lf "
	       "/etc/ssh/ssh_host_ed25519_key.pub` on the source's own console "
	       "and give it as hostkey="),
	REFUSE(HOSTKEY_WRONG, "it shows another host key than the pinned one",
	       "find out why before anything else: another machine has its "
	       "address, it was installed anew, or somebody is in between"),
	REFUSE(HOSTKEY_KIND,
	       "it has no host key of a kind that lander knows (ed25519, "
	       "ecdsa, rsa)",
	       "make one there: ssh-keygen -A, and restart sshd"),
	REFUSE(IDENTITY_MISSING, "no private key is given to log in with",
	       "give --key FILE or identity=; passwords are not asked for"),
	REFUSE(IDENTITY_BAD, "the private key can't be read or used",
	       "give an ed25519, ecdsa or rsa key without a passphrase, as "
	       "ssh-keygen makes them"),
	REFUSE(LOGIN_REFUSED, "it does not take the key, or no keys at all",
	       "put the public half into ~/.ssh/authorized_keys of the user "
	       "there; look at PubkeyAuthentication, PermitRootLogin, "
	       "AllowUsers and sshd's log"),
	REFUSE(NOT_ROOT,
	       "the user is not root, and sudo does not make him root without "
	       "a question",
	       "log in as root, or let sudo -n run lander-source (NOPASSWD)"),
	REFUSE(NO_EXEC_PLACE,
	       "no place there can be written to and runs programs (/run, "
	       "/dev/shm, /tmp, the home directory)",
	       "mount one of them without noexec, make room in it, or install "
	       "lander-source there behind a forced command"),
	REFUSE(ARCH_UNSUPPORTED,
	       "lander-source does not run there: it needs Linux 2.6.39 or "
	       "later on x86-64 or aarch64",
	       "boot it from the lander ISO and choose 'Serve this machine's "
	       "disks', or from another live system and copy it over NBD"),
	REFUSE(PROGRAM_FAILED, "lander-source was started and did not work",
	       "the words behind it are what the source said; look for a login "
	       "script that talks or a forced command"),
	REFUSE(CONNECTION_LOST,
	       "the connection ended or stood still in the middle",
	       "check the network and run the check again; what was found out "
	       "before that is told"),
	REFUSE(NOT_ASKED, "the check was stopped before it came to this one",
	       "run it again"),
	/* --- the machine and its disks --------------------------------- */
	REFUSE(FACTS_BAD, "what it says of itself is not understood",
	       "look for an older or foreign lander-source behind a forced "
	       "command"),
	REFUSE(NO_DISK, "it has no disk that could be copied",
	       "name the disk: ssh://host/NAME"),
	REFUSE(DISK_MISSING, "a disk that is named is not there",
	       "compare with the disks that are listed"),
	REFUSE(DISK_CLOSED, "a disk can't be opened for reading",
	       "the words behind it are what the source said"),
	REFUSE(DISK_HELD,
	       "a disk is held by something that can't be seen from there and "
	       "so can't be stopped: another mount namespace, a virtual "
	       "machine, a cluster, several disks of one btrfs",
	       "end it before the cutover, or copy the machine while it is off "
	       "(booted from a live system)"),
	REFUSE(QUIESCE_BLOCKED,
	       "writing to its disks can't be held back for the last pass",
	       "the words behind it name who is in the way: stop him for the "
	       "cutover (quiesce=stop:UNIT), or choose quiesce=readonly"),
	REFUSE(READ_ERRORS, "parts of a disk could not be read",
	       "look at the kernel's log and at smartctl there; save what can "
	       "be saved before it is moved"),
	REFUSE(SHARED_DISK,
	       "a disk belongs to a cluster or a store that other machines "
	       "write to as well",
	       "leave it out with disks= and attach it to the new machine, or "
	       "stop all machines that use it"),
	REFUSE(MULTIPATH,
	       "a disk is seen on several paths: what is written over another "
	       "path than the copied one is counted nowhere",
	       "name one path of each disk with disks= and take the other "
	       "paths away during the migration"),
	REFUSE(ZFS,
	       "a disk belongs to a ZFS pool that is in use: it can't be "
	       "frozen "
	       "from outside",
	       "export the pool or boot the source from a live system for the "
	       "copy, or use zfs send"),
	REFUSE(DISKS_TOO_MANY, "it has more disks than one job can copy",
	       "name up to 64 of them with disks="),
	WARN(SAME_MACHINE, "another source of this list is the same machine",
	     "leave one of them out"),
	/* --- the line -------------------------------------------------- */
	WARN(LATENCY_HIGH, "a round trip takes 2 ms or more",
	     "it works over a WAN and through NAT, but the last pass, and so "
	     "the downtime, takes longer; nearer is better"),
	WARN(THROUGHPUT_LOW, "less than 100 Mbit/s come over the line",
	     "begin early, or use a faster line; the times below say what to "
	     "expect"),
	WARN(THROUGHPUT_UNKNOWN, "the line's speed was not measured well",
	     "the words behind it say why; the times below are too long, or "
	     "missing"),
	WARN(DOWNTIME_LONG,
	     "the predicted downtime is above the allowed one (downtime=)",
	     "allow more of it, or choose a quieter hour, a faster line, fewer "
	     "and smaller disks; at auto the job would not begin its cutover"),
	WARN(NOT_CONVERGING,
	     "more is written than the line carries: rounds would not get "
	     "shorter",
	     "choose a quieter hour or a faster line, or stop services before "
	     "the last rounds"),
	WARN(WRITES_UNKNOWN, "it does not tell how much is written to a disk",
	     "the times below assume that nothing is"),
	/* --- what the machine can do ----------------------------------- */
	WARN(CONTAINER,
	     "it says that it is a container: the disks that are seen belong "
	     "to "
	     "the machine that it runs on",
	     "migrate that machine, or make sure that this is one"),
	WARN(NO_TRACKING,
	     "the kernel can't tell what is written: rounds find it by "
	     "comparing "
	     "hashes and read every disk each time",
	     "nothing has to be done: it is as safe and takes longer; on Linux "
	     "before 4.1 mount debugfs at /sys/kernel/debug"),
	WARN(KERNEL_OLD, "its kernel is older than 3.10",
	     "the copy works; check that the new hypervisor runs such a "
	     "system"),
	WARN(FREEZE_UNKNOWN,
	     "a file system that is written to may not let itself be frozen",
	     "try the cutover beforehand with a rehearsal, or unmount it "
	     "before"),
	WARN(SWAP_FULL,
	     "more is swapped out than the free memory holds: swap can't be "
	     "turned off for the last pass",
	     "stop something large before the cutover, or add memory"),
	WARN(MEMORY_LOW, "less than 64 MiB of memory are free there",
	     "lander-source takes some 20 MiB; stop something"),
	WARN(LOAD_HIGH, "more programs want to run there than it has CPUs",
	     "the copy and its users will slow each other down; choose "
	     "another hour"),
	WARN(CLOCK_OFF, "its clock and this machine's are 5 minutes apart",
	     "set both; a copied machine with a wrong clock fails in Kerberos, "
	     "TLS and clusters"),
	WARN(SAN_DISK, "a disk comes over iSCSI or Fibre Channel",
	     "make sure that no other machine writes to it; the copy is a "
	     "plain disk, boot settings that name the SAN are left behind"),
	WARN(FIRMWARE_RAID, "a disk is a member of a firmware RAID",
	     "the copy is a plain disk: make sure that the system starts "
	     "without the RAID's metadata, or copy one member alone"),
	WARN(BCACHE, "a disk is part of a bcache, whose cache may be newer",
	     "copy all its disks, and set its cache_mode to writethrough "
	     "before"),
	WARN(DRBD, "a disk is replicated by DRBD",
	     "disconnect it before the cutover; the copy must not join the "
	     "cluster a second time"),
	WARN(LUKS, "a disk holds a LUKS container",
	     "it is copied as it is; give the job luks= so that the system "
	     "inside can be fitted to its new machine"),
	WARN(SECTOR_SIZE, "a disk has logical sectors that are not 512 bytes",
	     "give the new machine a disk with the same logical sectors"),
	WARN(FIRMWARE_SECURE_BOOT, "it starts under Secure Boot",
	     "the new machine's firmware must trust the same keys, or leave "
	     "Secure Boot off"),
	/* --- good to know ---------------------------------------------- */
	NOTE(FIRMWARE_UEFI, "it starts by UEFI",
	     "give the new machine UEFI, too: a copy of it does not start by "
	     "BIOS"),
	NOTE(DISK_IN_USE, "a disk is written to",
	     "nothing: rounds fetch what changes, and before the last one its "
	     "writers are held back"),
	NOTE(SUDO, "lander-source runs through sudo", "nothing"),
	NOTE(LVM, "volumes of LVM lie on a disk",
	     "copy all disks of the group together"),
	NOTE(MD, "a disk is part of a Linux RAID (md)",
	     "copy all its members, or enough of them"),
	NOTE(SWAP, "it swaps to a disk that is copied",
	     "it is turned off for the last pass"),
	NOTE(RAID_VOLUME, "a disk is a volume of a RAID controller",
	     "nothing; the controller's own settings are not copied"),
	NOTE(READ_ONLY, "a disk is read-only", "nothing"),
	NOTE(REMOVABLE, "a disk is removable and is not copied unless named",
	     "name it with disks= when it is to be copied"),
	NOTE(FACTS_CUT, "there is more there than is shown here", "nothing"),
};

const struct reason_row *reason_row(enum reason reason)
{
	return &rows[reason];
}

const char *reason_weight_name(enum reason_weight weight)
{
	static const char *const names[] = {
		[REASON_NOTE] = "note",
		[REASON_WARN] = "warn",
		[REASON_REFUSE] = "refuse",
	};

	return names[weight];
}

char *reason_page(void)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	(void)fputs("<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n"
		    "# What lander check says\n"
		    "\n"
		    "Made by `lander check --reasons`; a test compares.  One "
		    "`refuse` refuses the source,\n"
		    "one `warn` warns, a `note` changes nothing.\n"
		    "\n"
		    "| code | weight | what it means | what to do |\n"
		    "|---|---|---|---|\n",
		    out);
	for (size_t i = 0; i < REASONS; i++)
		(void)fprintf(out, "| `%s` | %s | %s | %s |\n", rows[i].name,
			      reason_weight_name(rows[i].weight),
			      rows[i].meaning, rows[i].advice);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
