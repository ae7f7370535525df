/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk with file systems and raw writers at work, and a copy that is kept up
 * by CUTs alone: at the end it is the disk, block for block. */
#include <sys/wait.h>

#include "track_case.h"

#define IMAGE  "build/tracklive-unit.img"
#define PLACE  "build/tracklive-mount"
#define MIB    ((size_t)1 << 20)
#define SIZE   (440 * MIB)
#define RAW    (404 * MIB) /* behind the partitions */
#define ROUNDS 4

static struct loop loop;
static struct session session;
static pid_t writers[4];

static int group_open(void **state)
{
	(void)state;
	loop_open(&loop, IMAGE, SIZE);
	loop_partition(&loop, "label: gpt\\nsize=64MiB\\nsize=304MiB\\n"
			      "size=32MiB\\n");
	(void)shell("mkfs.ext4 -q %sp1 && mkfs.xfs -q %sp2", loop.path,
		    loop.path);
	session_open(&session);
	session_disk(&session, 0, loop.path);
	(void)shell("mkdir -p " PLACE "/1 " PLACE "/2 && mount %sp1 " PLACE
		    "/1 && mount -o discard %sp2 " PLACE "/2",
		    loop.path, loop.path);
	return 0;
}

static void end_writers(void)
{
	for (size_t i = 0; i < sizeof(writers) / sizeof(*writers); i++) {
		if (writers[i] <= 0)
			continue;
		(void)kill(writers[i], SIGTERM);
		(void)waitpid(writers[i], NULL, 0);
		writers[i] = 0;
	}
}

static int group_close(void **state)
{
	(void)state;
	end_writers();
	(void)shell("umount " PLACE "/1 " PLACE
		    "/2 2>/dev/null; rm -rf " PLACE);
	session_close(&session);
	loop_close(&loop);
	return 0;
}

/* Files that are made, written into, synced, removed and trimmed away. */
static const char churn[] =
	"trap 'exit 0' TERM; n=0; while :; do n=$((n + 1)); f=$1/f$((n % 9));"
	"dd if=/dev/urandom of=$f bs=16k count=$((n % 40 + 1)) status=none;"
	"dd if=/dev/urandom of=$f bs=4k count=1 seek=$((n % 30)) conv=notrunc"
	"${2:+,fsync} status=none; mkdir -p $1/d$((n % 5)) && touch"
	" $1/d$((n % 5))/e$n; if [ $((n % 7)) = 0 ]; then"
	" rm -rf $1/f$((n % 4)) $1/d$((n % 3)); fi;"
	"if [ $((n % 40)) = 0 ]; then sync -f $1; fstrim $1; fi; done";
/* A file system made over and over. */
static const char making[] = "trap 'exit 0' TERM; while :; do"
			     " { mkfs.ext4 -q -F $1; mkfs.vfat $1; sleep 0.1; "
			     "} >/dev/null 2>&1; done";

static pid_t start(const char *script, const char *first, const char *second)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	(void)execl("/bin/sh", "sh", "-c", script, "sh", first, second, NULL);
	_exit(127);
}

/* Writes past all caches, whole and part blocks, zeroes and discards. */
static pid_t start_raw(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	srandom(99);
	for (;;) {
		uint64_t room = (SIZE - RAW - MIB) / 512;
		uint64_t range[2] = {RAW + (uint64_t)random() % room * 512,
				     (1 + (uint64_t)random() % 256) * 512};

		(void)usleep(300);

		switch (random() % 8) {
		case 0:
			(void)ioctl(loop.fd, BLKDISCARD, range);
			break;
		case 1:
			(void)ioctl(loop.fd, BLKZEROOUT, range);
			break;
		default:
			loop_write(&loop, range[0], range[1]);
			break;
		}
	}
}

static void start_writers(void)
{
	char part[80];

	(void)snprintf(part, sizeof(part), "%sp3", loop.path);
	writers[0] = start(churn, PLACE "/1", "sync");
	writers[3] = start(churn, PLACE "/2", NULL);
	writers[1] = start(making, part, NULL);
	writers[2] = start_raw();
}

/* Sectors written and discarded, as the kernel counts them. */
static uint64_t counted(void)
{
	return strtoull(shell("awk '{ print $7 + $14 }' /sys/block/%s/stat",
			      loop.name),
			NULL, 10) *
	       512;
}

static uint64_t follow(uint8_t *copy)
{
	struct cut cut;
	uint64_t bytes;

	must_cut(&session, 0, &cut);
	for (size_t i = 0; i < cut.count; i++) {
		assert_true(cut.range[i][0] + cut.range[i][1] <= SIZE);
		loop_read(&loop, copy + cut.range[i][0], cut.range[i][0],
			  cut.range[i][1]);
	}
	bytes = cut.bytes;
	cut_done(&cut);
	return bytes;
}

/* A number for each block, to see later which have changed. */
static uint64_t number_of(const uint8_t *block)
{
	uint64_t words[BLOCK / 8];
	uint64_t sum = 0;

	memcpy(words, block, BLOCK);
	for (size_t i = 0; i < BLOCK / 8; i++)
		sum = (sum ^ words[i]) * 0x9e3779b97f4a7c15ULL + (sum >> 29);
	return sum;
}

/* The disk beside the copy and beside what it was at first. */
static void compare(const uint8_t *copy, const uint64_t *first,
		    uint64_t *ret_wrong, uint64_t *ret_changed)
{
	static uint8_t disk[MIB] __attribute__((aligned(4096)));

	*ret_wrong = 0;
	*ret_changed = 0;
	for (size_t at = 0; at < SIZE; at += BLOCK) {
		if (at % MIB == 0)
			loop_read(&loop, disk, at, MIB);
		*ret_wrong += memcmp(copy + at, disk + at % MIB, BLOCK) != 0;
		*ret_changed += number_of(disk + at % MIB) != first[at / BLOCK];
	}
}

static void nothing_is_missed(void **state)
{
	static uint64_t first[SIZE / BLOCK];
	uint8_t *copy = loop_memory(SIZE);
	const char *why = session_track(&session, 0);
	uint64_t told = 0;
	uint64_t before = counted();
	uint64_t changed;
	uint64_t wrong;
	uint64_t wrote;

	(void)state;
	if (why) {
		print_message("skip: %s\n", why);
		skip();
	}
	start_writers();
	/* Torn and fuzzy, as every copy of a disk in use. */
	loop_read(&loop, copy, 0, SIZE);
	for (size_t at = 0; at < SIZE; at += BLOCK)
		first[at / BLOCK] = number_of(copy + at);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		(void)usleep(400000);
		told += follow(copy);
	}
	end_writers();
	(void)shell("umount " PLACE "/1 && umount " PLACE "/2 && sync");
	told += follow(copy);
	wrote = counted() - before;
	compare(copy, first, &wrong, &changed);
	print_message("%llu blocks changed, %llu MiB written, %llu MiB told\n",
		      (unsigned long long)changed,
		      (unsigned long long)(wrote / MIB),
		      (unsigned long long)(told / MIB));
	assert_int_equal(wrong, 0);
	/* There was something to miss, and it was not all called dirty. */
	assert_true(changed > 1000);
	assert_true(told < wrote + wrote / 4 + ROUNDS * MIB);
	(void)munmap(copy, SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_missed),
	};

	return cmocka_run_group_tests(tests, group_open, group_close);
}
