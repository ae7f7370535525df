/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Volumes on volumes over several disks, with the kernel's MD, dm-crypt and
 * LVM: what is found, that looking changes no byte, that nothing is left, also
 * of a run that was killed.  The VM tests run it in the live system; most
 * hosts' kernels can't.
 */
#include <sys/wait.h>

#include <signal.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/luks.h"
#include "disk/volume.h"
#include "disk_scratch.h"

#define DISKS 4

static char disk[DISKS][64];
static const char *list[DISKS + 1];
static char secret[] = "a key";
static const struct luks_key key = {secret, sizeof(secret) - 1};

/* Words of the scripts; $1 … $4 are the disks. */
static const char words[] =
	"lv() { c=$1; shift; lvm $c -qq --config 'activation{udev_sync=0}' "
	"\"$@\"; lvm vgmknodes -qq; }\n"
	"new() { lv lvcreate -y -Wn -Zn \"$@\"; }\n"
	"md() { yes | mdadm -q --create /dev/md77 --assume-clean \"$@\"; }\n"
	"ext4() { mkfs.ext4 -q -L fs $1; udevadm settle; }\n"
	"luks() { printf 'a key' | cryptsetup -q \"$@\" --key-file=-; }\n"
	"low='--pbkdf pbkdf2 --pbkdf-force-iterations 1000'\n"
	"stop() { udevadm settle; mdadm -q --stop /dev/md77; }\n";

static int run(const char *script, char **ret_output)
{
	char text[2000];
	const char *argv[] = {"sh",    "-ec",	text,	 "sh", disk[0],
			      disk[1], disk[2], disk[3], NULL};
	const struct process process = {.argv = argv};

	(void)snprintf(text, sizeof(text), "%s%s", words, script);
	return process_run(&process, ret_output, NULL);
}

static bool shell(const char *script)
{
	char *output = NULL;
	int r = run(script, &output);

	if (r)
		print_message("%s: %d: %s\n", script, r, output ? output : "");
	free(output);
	return r == 0;
}

static char *say(const char *script)
{
	char *output = NULL;

	if (run(script, &output) != 0)
		fail_msg("%s: %s", script, output ? output : "");
	return output;
}

static void is(const char *script, const char *want)
{
	char *output = say(script);

	assert_string_equal(output, want);
	free(output);
}

/* So many new disks, each with one partition; then the script. */
static bool make(size_t count, const char *script)
{
	if (!shell("for m in dm-mod dm-crypt raid0 raid1 raid10 raid456; do "
		   "modprobe -q $m; done; "
		   "command -v mdadm cryptsetup lvm >/dev/null")) {
		print_message("this system has no MD or no device-mapper\n");
		return false;
	}
	memset(disk, 0, sizeof(disk));
	memset(list, 0, sizeof(list));
	for (size_t i = 0; i < count; i++) {
		char name[16];
		char command[200];
		char *output;

		(void)snprintf(name, sizeof(name), "disk%zu", i);
		scratch_file(name, (uint64_t)48 << 20);
		scratch_table(name, 512, "label: gpt\nsize=46M\n");
		(void)snprintf(command, sizeof(command),
			       "losetup -Pf --show %s", name);
		output = say(command);
		(void)snprintf(disk[i], sizeof(disk[i]), "%.*s",
			       (int)strcspn(output, "\n"), output);
		list[i] = disk[i];
		free(output);
	}
	if (!shell("udevadm settle -t 20") || !shell(script))
		fail_msg("%s", script);
	return true;
}

static void drop(void)
{
	is("ls -d /sys/block/md[0-9]* 2>/dev/null || :", "");
	is("ls /dev/mapper | grep -v control || :", "");
	for (size_t i = 0; i < DISKS && *disk[i]; i++)
		scratch_unloop(disk[i]);
}

static struct volumes open_with(bool read_only, const struct luks_key *with)
{
	const struct volume_order order = {
		.disk = list, .read_only = read_only, .key = with};
	struct volumes volumes = {0};
	struct error *err = NULL;

	if (volume_open(&order, &volumes, &err) < 0)
		fail_msg("%s", err->msg);
	return volumes;
}

static void close_all(struct volumes *volumes)
{
	struct error *err = NULL;

	if (volume_close(volumes, &err) < 0)
		fail_msg("%s", err->msg);
}

/* The one volume with this label; the test is over when it is not there. */
static const struct volume *find(const struct volumes *volumes,
				 const char *label)
{
	for (size_t i = 0; i < volumes->count; i++)
		if (volumes->volume[i].label &&
		    !strcmp(volumes->volume[i].label, label))
			return &volumes->volume[i];
	fail_msg("nothing is called %s", label);
	return NULL;
}

static size_t count_closed(const struct volumes *volumes, const char *fs)
{
	size_t count = 0;

	for (size_t i = 0; i < volumes->count; i++)
		count += volumes->volume[i].fs &&
			 !strcmp(volumes->volume[i].fs, fs) &&
			 !volumes->volume[i].opened;
	return count;
}

/* Looked at, then opened for writing, then looked at again. */
static void expect(const char *label, enum volume_kind kind)
{
	char *before = say("sync; sha256sum disk*");
	struct volumes volumes = open_with(true, &key);
	char command[300];

	assert_int_equal(find(&volumes, label)->kind, kind);
	assert_string_equal(find(&volumes, label)->fs, "ext4");
	close_all(&volumes);
	is("sync; sha256sum disk*", before);
	free(before);
	volumes = open_with(false, &key);
	assert_int_equal(find(&volumes, label)->kind, kind);
	(void)snprintf(command, sizeof(command),
		       "mkdir -p m; mount %s m; date >m/now; umount m",
		       find(&volumes, label)->device);
	assert_true(shell(command));
	close_all(&volumes);
}

static void arrays_of_both_metadata(void **state)
{
	static const char *const metadata[] = {"0.90", "1.2"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char script[200];

		(void)snprintf(script, sizeof(script),
			       "md -l 1 -n 2 --metadata=%s ${1}p1 ${2}p1\n"
			       "ext4 /dev/md77; stop",
			       metadata[i]);
		if (!make(2, script))
			skip();
		expect("fs", VOLUME_ARRAY);
		/* It starts normally, clean, with both members. */
		is("mdadm -q -A /dev/md77 ${1}p1 ${2}p1; udevadm settle; "
		   "cd /sys/block/md77/md; "
		   "cat degraded sync_action array_state; stop",
		   "0\nidle\nclean\n");
		drop();
	}
}

static void arrays_of_every_level(void **state)
{
	/* 4 and 6 have the driver of 5: with LONG=1. */
	static const struct {
		const char *how;
		unsigned int count;
	} kind[5] = {{"0 -e1.1", 2}, {"4", 3}, {"5", 3}, {"6", 4}, {"10", 4}};

	(void)state;
	for (size_t i = 0; i < 5; i += getenv("LONG") ? 1 : 2) {
		char script[200];

		(void)snprintf(script, sizeof(script),
			       "for d in $1 $2 $3 $4; do wipefs -qa $d; done\n"
			       "md -l %s -n %u $1 $2 $3 $4\n"
			       "ext4 /dev/md77; stop",
			       kind[i].how, kind[i].count);
		if (!make(kind[i].count, script))
			skip();
		expect("fs", VOLUME_ARRAY);
		drop();
	}
}

static void a_degraded_array_is_told(void **state)
{
	struct volumes volumes;

	(void)state;
	if (!make(2, "md -l 1 -n 2 ${1}p1 ${2}p1; ext4 /dev/md77; stop"))
		skip();
	list[1] = NULL;
	volumes = open_with(true, NULL);
	assert_true(find(&volumes, "fs")->degraded);
	close_all(&volumes);
	list[1] = disk[1];
	volumes = open_with(false, NULL);
	assert_false(find(&volumes, "fs")->degraded);
	close_all(&volumes);
	drop();
	/* Striped over two: with one of them it can't run. */
	if (!make(2, "md -l 0 -n 2 ${1}p1 ${2}p1; stop"))
		skip();
	list[1] = NULL;
	volumes = open_with(false, NULL);
	assert_int_equal(volumes.count, 1);
	assert_non_null(volumes.volume[0].locked);
	assert_non_null(strstr(volumes.volume[0].locked, "mdadm"));
	close_all(&volumes);
	drop();
}

/* A copy is no place to resync. */
static void a_dirty_array_does_not_resync(void **state)
{
	struct volumes volumes;
	char command[200];
	const char *name;

	(void)state;
	if (!make(2, "yes | mdadm -q --create /dev/md77 -l 1 -n 2 "
		     "--metadata=1.0 ${1}p1 ${2}p1\n"
		     "echo frozen >/sys/block/md77/md/sync_action\n"
		     "ext4 /dev/md77; stop"))
		skip();
	volumes = open_with(false, NULL);
	name = strrchr(find(&volumes, "fs")->device, '/') + 1;
	(void)snprintf(command, sizeof(command),
		       "echo x | dd of=/dev/%s bs=1 seek=600 conv=notrunc "
		       "status=none; sync; cat /sys/block/%s/md/sync_action",
		       name, name);
	is(command, "frozen\n");
	close_all(&volumes);
	drop();
}

static void containers_and_keys(void **state)
{
	static char nonsense[] = "another key";
	static const struct luks_key wrong = {nonsense, 11};
	struct volumes volumes;

	(void)state;
	if (!make(2,
		  "luks luksFormat --type luks1 --pbkdf-force-iterations 1000 "
		  "${1}p1; luks luksFormat --type luks2 $low ${2}p1\n"
		  "luks open ${1}p1 t; ext4 /dev/mapper/t; cryptsetup close t\n"
		  "luks open ${2}p1 t; ext4 /dev/mapper/t; "
		  "tune2fs -L two /dev/mapper/t >/dev/null; udevadm settle; "
		  "cryptsetup close t"))
		skip();
	volumes = open_with(true, NULL);
	assert_int_equal(volumes.count, 2);
	assert_int_equal(count_closed(&volumes, "crypto_LUKS"), 2);
	assert_non_null(strstr(volumes.volume[0].locked, "no key is given"));
	close_all(&volumes);
	volumes = open_with(true, &wrong);
	assert_int_equal(volumes.count, 2);
	assert_non_null(strstr(volumes.volume[1].locked, "none of its slots"));
	close_all(&volumes);
	expect("fs", VOLUME_LUKS);
	expect("two", VOLUME_LUKS);
	volumes = open_with(true, &key);
	assert_int_equal(volumes.count, 4);
	assert_int_equal(count_closed(&volumes, "crypto_LUKS"), 0);
	assert_int_equal(volumes.volume[find(&volumes, "two")->holder].disk, 1);
	assert_int_equal(
		volume_rename(&volumes, 3, "/dev/mapper/x_crypt", NULL), 0);
	is("blkid -o value -s LABEL /dev/mapper/x_crypt", "two\n");
	close_all(&volumes);
	drop();
}

static void a_group_over_two_disks(void **state)
{
	struct volumes volumes;

	(void)state;
	if (!make(2, "lv vgcreate unit-vg ${1}p1 ${2}p1\n"
		     "new -L 60M -n root unit-vg\n"
		     "ext4 /dev/mapper/unit--vg-root; lv vgchange -an"))
		skip();
	expect("fs", VOLUME_LOGICAL);
	list[1] = NULL;
	volumes = open_with(true, NULL);
	assert_int_equal(volumes.count, 1);
	assert_non_null(strstr(volumes.volume[0].locked, "not complete"));
	close_all(&volumes);
	drop();
}

/* An array, a container on it, a group in that; and the other way round. */
static const char md_luks_lvm[] =
	"md -l 1 -n 2 --metadata=1.0 ${1}p1 ${2}p1\n"
	"luks luksFormat $low /dev/md77; luks open /dev/md77 t\n"
	"lv vgcreate vg /dev/mapper/t; new -L 20M -n root vg\n"
	"ext4 /dev/mapper/vg-root\n"
	"lv vgchange -an; cryptsetup close t; stop";
static const char lvm_luks[] =
	"lv vgcreate vg ${1}p1 ${2}p1; new -L 60M -n box vg\n"
	"luks luksFormat $low /dev/mapper/vg-box\n"
	"luks open /dev/mapper/vg-box t\n"
	"ext4 /dev/mapper/t; cryptsetup close t; lv vgchange -an";

static void stacks(void **state)
{
	(void)state;
	if (!make(2, md_luks_lvm))
		skip();
	expect("fs", VOLUME_LOGICAL);
	drop();
	if (!make(2, lvm_luks))
		skip();
	expect("fs", VOLUME_LUKS);
	drop();
}

/* Killed with all of it open: the next start takes it down from the disks. */
static void what_a_killed_run_leaves_goes(void **state)
{
	static const char *const stack[] = {md_luks_lvm, lvm_luks};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int status = 0;
		pid_t pid;

		if (!make(2, stack[i]))
			skip();
		pid = fork();
		if (pid == 0) {
			(void)open_with(false, &key);
			(void)kill(getpid(), SIGKILL);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		is("ls /dev/mapper | grep -c lander-luks", "1\n");
		volume_release(disk[0]);
		volume_release(disk[1]);
		drop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrays_of_both_metadata),
		cmocka_unit_test(arrays_of_every_level),
		cmocka_unit_test(a_degraded_array_is_told),
		cmocka_unit_test(a_dirty_array_does_not_resync),
		cmocka_unit_test(containers_and_keys),
		cmocka_unit_test(a_group_over_two_disks),
		cmocka_unit_test(stacks),
		cmocka_unit_test(what_a_killed_run_leaves_goes),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
