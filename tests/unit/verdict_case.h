/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sources for tests of the verdict: one that passes, and what spoils it. */
#ifndef VERDICT_CASE_H
#define VERDICT_CASE_H

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "plan/verdict.h"
#include "source/survey.h"

#define GIB ((uint64_t)1 << 30)

/* A whole source on the stack, for a case to spoil. */
struct source {
	struct survey survey;
	struct survey_disk disk[2];
	struct facts_disk about[2];
	struct facts_part part;
	struct facts_use use[2];
	struct facts_layer layer;
	struct error error;
	struct verdict_wishes wishes;
};

static void set(char *field, const char *text)
{
	memcpy(field, text, strlen(text) + 1);
}

static void make_disk(struct source *s, size_t i, const char *name)
{
	struct facts_disk *about = &s->about[i];

	set(about->name, name);
	about->size = 40 * GIB;
	about->block = 512;
	about->counted = true;
	set(about->bus, "virtio");
	s->disk[i] = (struct survey_disk){.name = about->name,
					  .about = about,
					  .open = true,
					  .size = about->size,
					  .block = 512,
					  .watched = true,
					  .written = 1e6,
					  .usual = 5e5};
}

static void make(struct source *s)
{
	struct facts *facts = &s->survey.facts;

	*s = (struct source){0};
	make_disk(s, 0, "vda");
	make_disk(s, 1, "vdb");
	s->about[0].use = s->use;
	s->about[0].uses = 1;
	s->about[0].part = &s->part;
	s->about[0].layer = &s->layer;
	set(s->use[0].what, "mount");
	set(s->use[0].device, "vda1");
	set(s->use[0].place, "/");
	set(s->use[0].type, "ext4");
	s->use[0].write = true;
	s->use[0].known = true;
	s->use[0].size = 40 * GIB;
	s->use[0].used = 10 * GIB;
	set(facts->kernel, "6.1.0-18-amd64");
	set(facts->tracing, "/sys/kernel/tracing");
	set(facts->firmware, "bios");
	set(facts->boot_id, "x");
	facts->root = FACTS_YES;
	facts->cpus = 4;
	facts->load = 0.5;
	facts->memory = 4 * GIB;
	facts->memory_free = 2 * GIB;
	facts->disk = s->about;
	facts->disks = 1;
	s->survey.step = SURVEY_MEASURED;
	s->survey.name = (char *)"root@web01:22";
	s->survey.disk = s->disk;
	s->survey.disks = 1;
	s->survey.has_clock = true;
	s->survey.watched_s = 3;
	s->wishes.downtime = 600;
	s->survey.gauge = (struct gauge){.round_trip = 0.0005,
					 .asked = 9,
					 .read = 64 << 20,
					 .data = 64 << 20,
					 .seconds = 0.5,
					 .hashed = GIB,
					 .hash_seconds = 2};
}

static void fail_at(struct source *s, enum survey_step step,
		    enum error_kind kind, int code, const char *words)
{
	s->error = (struct error){.kind = kind, .code = code};
	s->error.msg = (char *)(uintptr_t)words;
	s->survey.error = &s->error;
	s->survey.step = step;
}

/* One number, one text: what a case does is chosen by its letter. */
struct spoil {
	const char *what;
	enum reason reason;
	enum reason_weight weight; /* of the whole source */
	void (*spoil)(struct source *s);
};

#define SPOIL(name, ...)                   \
	static void name(struct source *s) \
	{                                  \
		__VA_ARGS__;               \
	}

SPOIL(bad_address,
      fail_at(s, SURVEY_NOTHING, ERROR_CONFIG, EINVAL, "source 'x'"))
SPOIL(bad_pin, fail_at(s, SURVEY_ADDRESS, ERROR_CONFIG, 0, "no fingerprint"))
SPOIL(no_file,
      fail_at(s, SURVEY_NOTHING, ERROR_CONFIG, ENOENT, "lander.identity: /x"))
SPOIL(closed, fail_at(s, SURVEY_ADDRESS, ERROR_NETWORK, ECONNREFUSED, "x"))
SPOIL(no_name, fail_at(s, SURVEY_ADDRESS, ERROR_NETWORK, 0, "'x': unknown"))
SPOIL(away, fail_at(s, SURVEY_ADDRESS, ERROR_NETWORK, ETIMEDOUT, "x"))
SPOIL(gate, fail_at(s, SURVEY_ADDRESS, ERROR_NETWORK, EKEYREJECTED, "x");
      s->survey.trail.at_jump = true)
SPOIL(silent, fail_at(s, SURVEY_TCP, ERROR_NETWORK, ETIMEDOUT, "x"))
SPOIL(web, fail_at(s, SURVEY_TCP, ERROR_SOURCE, 0, "does not speak SSH"))
SPOIL(hung_up, fail_at(s, SURVEY_TCP, ERROR_NETWORK, 0, "closed"))
SPOIL(no_pin, fail_at(s, SURVEY_SSH, ERROR_CONFIG, 0, "hostkey is missing"))
SPOIL(wrong_pin, fail_at(s, SURVEY_SSH, ERROR_NETWORK, EKEYREJECTED, "x"))
SPOIL(no_kind, fail_at(s, SURVEY_SSH, ERROR_SOURCE, 0, "no host key"))
SPOIL(slow_keys, fail_at(s, SURVEY_SSH, ERROR_NETWORK, ETIMEDOUT, "x"))
SPOIL(no_identity,
      fail_at(s, SURVEY_HOSTKEY, ERROR_CONFIG, 0, "lander.identity is missing"))
SPOIL(bad_identity, fail_at(s, SURVEY_HOSTKEY, ERROR_CONFIG, 0,
			    "lander.identity: is no private key"))
SPOIL(no_login, fail_at(s, SURVEY_HOSTKEY, ERROR_NETWORK, EACCES, "x"))
SPOIL(slow_login, fail_at(s, SURVEY_HOSTKEY, ERROR_NETWORK, ETIMEDOUT, "x"))
SPOIL(lost_login, fail_at(s, SURVEY_HOSTKEY, ERROR_NETWORK, 0, "closed"))
SPOIL(no_root, fail_at(s, SURVEY_LOGIN, ERROR_SOURCE, 0, "not root");
      s->survey.trail.status = 96)
SPOIL(no_sudo, fail_at(s, SURVEY_LOGIN, ERROR_SOURCE, 0,
		       "status 1: sudo: a password is required");
      s->survey.trail.status = 1)
SPOIL(no_place, fail_at(s, SURVEY_LOGIN, ERROR_SOURCE, 0, "no place");
      s->survey.trail.status = 97)
SPOIL(no_run, fail_at(s, SURVEY_LOGIN, ERROR_SOURCE, 0, "does not run");
      s->survey.trail.status = 98)
SPOIL(no_start, fail_at(s, SURVEY_LOGIN, ERROR_SOURCE, 0, "/bin/false");
      s->survey.trail.status = 1)
SPOIL(slow_start, fail_at(s, SURVEY_LOGIN, ERROR_NETWORK, ETIMEDOUT, "x"))
SPOIL(bad_facts, fail_at(s, SURVEY_PROGRAM, ERROR_SOURCE, 0, "is not JSON"))
SPOIL(lost_facts, fail_at(s, SURVEY_PROGRAM, ERROR_NETWORK, 0, "closed"))
SPOIL(lost_later, fail_at(s, SURVEY_FACTS, ERROR_NETWORK, ETIMEDOUT, "x"))
SPOIL(lied_later, fail_at(s, SURVEY_FACTS, ERROR_SOURCE, 0, "nonsense"))
SPOIL(stopped, fail_at(s, SURVEY_TCP, ERROR_ABORTED, ECANCELED, "x"))

SPOIL(user, s->survey.name = (char *)"me@web01:22")
SPOIL(plain_user, s->survey.facts.root = FACTS_NO)
SPOIL(container, set(s->survey.facts.container, "lxc"))
SPOIL(old_kernel, set(s->survey.facts.kernel, "2.6.39-400"))
SPOIL(secure, s->survey.facts.secure_boot = FACTS_YES)
SPOIL(uefi, set(s->survey.facts.firmware, "uefi"))
SPOIL(cut, s->survey.facts.cut = true)
SPOIL(small, s->survey.facts.memory_free = 60 << 20)
SPOIL(swapped, s->survey.facts.swap = 8 * GIB; s->survey.facts.swap_free = GIB)
SPOIL(loaded, s->survey.facts.load = 4.5)
SPOIL(fast_clock, s->survey.clock_ahead = 301)
SPOIL(slow_clock, s->survey.clock_ahead = -3601)
SPOIL(no_tracefs, s->survey.facts.tracing[0] = '\0')
SPOIL(locked, set(s->survey.facts.lockdown, "confidentiality"))
SPOIL(in_the_way, s->survey.in_the_way = (char *)"swap")
SPOIL(no_disk, s->survey.disks = 0)
SPOIL(many_disks, s->survey.disks_left = 3)
SPOIL(stick, s->survey.facts.disks = 2; s->about[1].removable = true)

SPOIL(missing, s->disk[0].open = false; s->disk[0].code = ENOENT)
SPOIL(forbidden, s->disk[0].open = false; s->disk[0].code = EPERM)
SPOIL(uncounted, s->disk[0].watched = false)
SPOIL(in_use, s->disk[0].writers = (char *)"vda1 is mounted")
SPOIL(held, set(s->use[0].what, "unseen"))
SPOIL(swap, set(s->use[0].what, "swap"))
SPOIL(fuse, set(s->use[0].type, "fuseblk"))
SPOIL(cluster, set(s->use[0].type, "ocfs2"))
SPOIL(vmfs, s->about[0].parts = 1; set(s->part.fs, "VMFS_volume_member"))
SPOIL(zfs_in_use, set(s->about[0].fs, "zfs_member"); s->survey.facts.zfs = true)
SPOIL(zfs_held, s->about[0].parts = 1; set(s->part.fs, "zfs_member");
      set(s->use[0].what, "unseen"))
SPOIL(mpath, s->about[0].layers = 1; set(s->layer.kind, "multipath"))
SPOIL(twin, s->survey.facts.disks = 2; set(s->about[0].wwn, "naa.1");
      set(s->about[1].wwn, "naa.1"))
SPOIL(iscsi, set(s->about[0].bus, "iscsi"))
SPOIL(fibre, set(s->about[0].bus, "fc"))
SPOIL(perc, set(s->about[0].model, "PERC H730 Mini"))
SPOIL(sectors, s->about[0].block = 4096)
SPOIL(read_only, s->about[0].read_only = true)
SPOIL(isw, s->about[0].parts = 1; set(s->part.fs, "isw_raid_member"))
SPOIL(dmraid, s->about[0].layers = 1; set(s->layer.kind, "dmraid"))
SPOIL(bcache, s->about[0].layers = 1; set(s->layer.kind, "bcache"))
SPOIL(drbd, s->about[0].layers = 1; set(s->layer.kind, "drbd"))
SPOIL(luks, s->about[0].parts = 1; set(s->part.fs, "crypto_LUKS"))
SPOIL(lvm, s->about[0].layers = 1; set(s->layer.kind, "lvm"))
SPOIL(md, s->about[0].layers = 1; set(s->layer.kind, "md"))

SPOIL(far, s->survey.gauge.round_trip = 0.002)
SPOIL(slow, s->survey.gauge.seconds = 6)
SPOIL(empty, s->survey.gauge.data = 1 << 20; s->survey.gauge.read = GIB)
SPOIL(unread, s->survey.gauge = (struct gauge){.asked = 9})
SPOIL(errors, s->survey.gauge.failed = 4096)
SPOIL(busy, s->disk[0].written = 200e6)
SPOIL(long_stop, s->wishes.downtime = 10)

static const struct spoil spoils[] = {
	{"bad address", REASON_ADDRESS_BAD, REASON_REFUSE, bad_address},
	{"bad pin", REASON_ADDRESS_BAD, REASON_REFUSE, bad_pin},
	{"key file away", REASON_IDENTITY_BAD, REASON_REFUSE, no_file},
	{"closed port", REASON_UNREACHABLE, REASON_REFUSE, closed},
	{"unknown name", REASON_UNREACHABLE, REASON_REFUSE, no_name},
	{"away", REASON_UNREACHABLE, REASON_REFUSE, away},
	{"jump host", REASON_JUMP, REASON_REFUSE, gate},
	{"silent", REASON_NO_ANSWER, REASON_REFUSE, silent},
	{"a web server", REASON_NO_SSH, REASON_REFUSE, web},
	{"hung up", REASON_NO_SSH, REASON_REFUSE, hung_up},
	{"no pin", REASON_HOSTKEY_UNKNOWN, REASON_REFUSE, no_pin},
	{"wrong pin", REASON_HOSTKEY_WRONG, REASON_REFUSE, wrong_pin},
	{"no kind", REASON_HOSTKEY_KIND, REASON_REFUSE, no_kind},
	{"slow keys", REASON_NO_ANSWER, REASON_REFUSE, slow_keys},
	{"no key", REASON_IDENTITY_MISSING, REASON_REFUSE, no_identity},
	{"bad key", REASON_IDENTITY_BAD, REASON_REFUSE, bad_identity},
	{"no login", REASON_LOGIN_REFUSED, REASON_REFUSE, no_login},
	{"slow login", REASON_NO_ANSWER, REASON_REFUSE, slow_login},
	{"lost login", REASON_CONNECTION_LOST, REASON_REFUSE, lost_login},
	{"no root", REASON_NOT_ROOT, REASON_REFUSE, no_root},
	{"no sudo", REASON_NOT_ROOT, REASON_REFUSE, no_sudo},
	{"no place", REASON_NO_EXEC_PLACE, REASON_REFUSE, no_place},
	{"another machine", REASON_ARCH_UNSUPPORTED, REASON_REFUSE, no_run},
	{"no start", REASON_PROGRAM_FAILED, REASON_REFUSE, no_start},
	{"slow start", REASON_NO_ANSWER, REASON_REFUSE, slow_start},
	{"bad facts", REASON_FACTS_BAD, REASON_REFUSE, bad_facts},
	{"lost facts", REASON_CONNECTION_LOST, REASON_REFUSE, lost_facts},
	{"lost later", REASON_CONNECTION_LOST, REASON_REFUSE, lost_later},
	{"lied later", REASON_PROGRAM_FAILED, REASON_REFUSE, lied_later},
	{"stopped", REASON_NOT_ASKED, REASON_REFUSE, stopped},
	{"a user", REASON_SUDO, REASON_NOTE, user},
	{"no rights", REASON_NOT_ROOT, REASON_REFUSE, plain_user},
	{"container", REASON_CONTAINER, REASON_WARN, container},
	{"old kernel", REASON_KERNEL_OLD, REASON_WARN, old_kernel},
	{"Secure Boot", REASON_FIRMWARE_SECURE_BOOT, REASON_WARN, secure},
	{"UEFI", REASON_FIRMWARE_UEFI, REASON_NOTE, uefi},
	{"cut", REASON_FACTS_CUT, REASON_NOTE, cut},
	{"small", REASON_MEMORY_LOW, REASON_WARN, small},
	{"swapped", REASON_SWAP_FULL, REASON_WARN, swapped},
	{"loaded", REASON_LOAD_HIGH, REASON_WARN, loaded},
	{"fast clock", REASON_CLOCK_OFF, REASON_WARN, fast_clock},
	{"slow clock", REASON_CLOCK_OFF, REASON_WARN, slow_clock},
	{"no tracefs", REASON_NO_TRACKING, REASON_WARN, no_tracefs},
	{"locked down", REASON_NO_TRACKING, REASON_WARN, locked},
	{"in the way", REASON_QUIESCE_BLOCKED, REASON_REFUSE, in_the_way},
	{"no disk", REASON_NO_DISK, REASON_REFUSE, no_disk},
	{"many disks", REASON_DISKS_TOO_MANY, REASON_REFUSE, many_disks},
	{"a stick", REASON_REMOVABLE, REASON_NOTE, stick},
	{"missing", REASON_DISK_MISSING, REASON_REFUSE, missing},
	{"forbidden", REASON_DISK_CLOSED, REASON_REFUSE, forbidden},
	{"uncounted", REASON_WRITES_UNKNOWN, REASON_WARN, uncounted},
	{"in use", REASON_DISK_IN_USE, REASON_NOTE, in_use},
	{"held", REASON_DISK_HELD, REASON_REFUSE, held},
	{"swap", REASON_SWAP, REASON_NOTE, swap},
	{"fuse", REASON_FREEZE_UNKNOWN, REASON_WARN, fuse},
	{"cluster", REASON_SHARED_DISK, REASON_REFUSE, cluster},
	{"VMFS", REASON_SHARED_DISK, REASON_REFUSE, vmfs},
	{"ZFS", REASON_ZFS, REASON_REFUSE, zfs_in_use},
	{"ZFS, held", REASON_ZFS, REASON_REFUSE, zfs_held},
	{"multipath", REASON_MULTIPATH, REASON_REFUSE, mpath},
	{"two paths", REASON_MULTIPATH, REASON_REFUSE, twin},
	{"iSCSI", REASON_SAN_DISK, REASON_WARN, iscsi},
	{"fibre", REASON_SAN_DISK, REASON_WARN, fibre},
	{"PERC", REASON_RAID_VOLUME, REASON_NOTE, perc},
	{"4096", REASON_SECTOR_SIZE, REASON_WARN, sectors},
	{"read-only", REASON_READ_ONLY, REASON_NOTE, read_only},
	{"Intel's RAID", REASON_FIRMWARE_RAID, REASON_WARN, isw},
	{"dmraid", REASON_FIRMWARE_RAID, REASON_WARN, dmraid},
	{"bcache", REASON_BCACHE, REASON_WARN, bcache},
	{"DRBD", REASON_DRBD, REASON_WARN, drbd},
	{"LUKS", REASON_LUKS, REASON_WARN, luks},
	{"LVM", REASON_LVM, REASON_NOTE, lvm},
	{"md", REASON_MD, REASON_NOTE, md},
	{"far", REASON_LATENCY_HIGH, REASON_WARN, far},
	{"slow", REASON_THROUGHPUT_LOW, REASON_WARN, slow},
	{"empty", REASON_THROUGHPUT_UNKNOWN, REASON_WARN, empty},
	{"unread", REASON_THROUGHPUT_UNKNOWN, REASON_WARN, unread},
	{"errors", REASON_READ_ERRORS, REASON_REFUSE, errors},
	{"busy", REASON_NOT_CONVERGING, REASON_WARN, busy},
	{"long", REASON_DOWNTIME_LONG, REASON_WARN, long_stop},
};
#define SPOILS (sizeof(spoils) / sizeof(*spoils))

#endif
