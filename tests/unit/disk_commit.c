/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commit, cut off at every point.  This program's own pwrite64 and
 * fdatasync stand in front of libc's and write down what the commit did; each
 * disk that a power cut could leave is then made from that and judged: either
 * it is complete, or it can't boot and holds a record from which it becomes
 * complete without the source.
 */
#include <sys/syscall.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/blockdev.h"
#include "disk/commit.h"
#include "disk/record.h"
#include "disk/target.h"
#include "disk_scratch.h"

#define SIZE ((uint64_t)8 << 20)

#define BOOT_IMG "/usr/lib/grub/i386-pc/boot.img"

enum boot_code { NO_CODE, RANDOM_CODE, GRUB_CODE };

struct step {
	bool flush;
	uint64_t offset;
	size_t length;
	uint8_t bytes[4096];
};

static struct step steps[64];
static size_t step_count;
static bool writing_down;

ssize_t pwrite64(int fd, const void *buf, size_t length, off64_t offset)
{
	if (writing_down) {
		struct step *step = &steps[step_count++];

		assert_true(step_count < 64 && length <= sizeof(step->bytes));
		*step = (struct step){.offset = (uint64_t)offset,
				      .length = length};
		memcpy(step->bytes, buf, length);
	}
	return syscall(SYS_pwrite64, fd, buf, length, offset);
}

int fdatasync(int fd)
{
	if (writing_down) {
		assert_true(step_count < 63);
		steps[step_count++] = (struct step){.flush = true};
	}
	return (int)syscall(SYS_fdatasync, fd);
}

static struct record job(void)
{
	return (struct record){.job = "0f9619ff-8b86-4d11-b42d-00c04fc964ff",
			       .source_id = 1,
			       .state = RECORD_VERIFY,
			       .boot = true,
			       .seed = 9,
			       .watermark = SIZE};
}

static struct target *open_disk(const char *name, uint32_t sector)
{
	struct blockdev disk = {0};
	struct target *target = NULL;

	assert_int_equal(blockdev_probe(name, &disk, NULL), 0);
	assert_int_equal(target_open(&disk, 0, &target, NULL), 0);
	blockdev_done(&disk);
	target->logical_block = sector; /* a file says 512 */
	return target;
}

/* One copied disk: what it is to become (final), and what it is before the
 * commit (start): the same with the record in sector 0. */
struct copied {
	uint32_t sector;
	uint8_t *final;
	uint8_t *start;
	struct record record;
};

/* As grub-install does: boot.img with where its core image is (a block list of
 * one sector), and no check of the drive number. */
static void put_grub(void)
{
	uint8_t code[440];

	scratch_get(BOOT_IMG, code, sizeof(code), 0);
	code[0x5c] = 0x22;
	code[0x64] = 0xff;
	code[0x66] = 0x90;
	code[0x67] = 0x90;
	scratch_put("disk", code, sizeof(code), 0);
}

static void copied_make(struct copied *c, uint32_t sector, const char *script,
			enum boot_code boot_code)
{
	struct target *target;
	unsigned int seed = 3;

	c->sector = sector;
	c->final = malloc(SIZE);
	c->start = malloc(SIZE);
	scratch_file("disk", SIZE);
	scratch_table("disk", sector, script);
	if (boot_code == GRUB_CODE)
		put_grub();
	if (boot_code == RANDOM_CODE) {
		/* No deflate makes this small. */
		uint8_t code[440];

		for (size_t i = 0; i < sizeof(code); i++)
			code[i] = (uint8_t)(rand_r(&seed) >> 8);
		scratch_put("disk", code, sizeof(code), 0);
	}
	scratch_get("disk", c->final, SIZE, 0);
	target = open_disk("disk", sector);
	c->record = job();
	assert_int_equal(target_write_record(target, &c->record, NULL), 0);
	target_close(target);
	scratch_get("disk", c->start, SIZE, 0);
}

static void copied_done(struct copied *c)
{
	free(c->final);
	free(c->start);
}

/* Parks and finishes, with every step written down. */
static void commit_once(struct copied *c)
{
	struct target *target = open_disk("disk", c->sector);

	step_count = 0;
	writing_down = true;
	assert_int_equal(commit_park(target, &c->record, c->final, NULL), 0);
	assert_int_equal(commit_finish(target, &c->record, NULL), 0);
	writing_down = false;
	target_close(target);
}

static bool is_bootable(const uint8_t *disk)
{
	return (disk[510] == 0x55 && disk[511] == 0xaa) ||
	       memchr(disk + 446, 0xee, 64);
}

/* Everything as it must become; the park may still hold the old sector. */
static void expect_complete(const struct copied *c, const uint8_t *disk,
			    bool park_may_remain)
{
	uint64_t park = c->record.park;

	if (park && park_may_remain &&
	    memcmp(disk + park, c->final, c->sector) == 0) {
		assert_memory_equal(disk, c->final, park);
		park += c->sector;
		assert_memory_equal(disk + park, c->final + park, SIZE - park);
		return;
	}
	assert_memory_equal(disk, c->final, SIZE);
}

static int judge(struct copied *c, const uint8_t *disk)
{
	struct target *target;
	struct record found = {0};
	uint8_t *after;

	if (memcmp(disk, c->final, c->sector) == 0) {
		expect_complete(c, disk, true);
		return 2;
	}
	assert_false(is_bootable(disk));
	assert_int_equal(record_parse(disk, &found), RECORD_VALID);
	assert_string_equal(found.job, c->record.job);
	if (found.state != RECORD_COMMIT) {
		assert_int_equal(found.state, RECORD_VERIFY);
		assert_int_equal(found.watermark, SIZE);
		return 0;
	}
	scratch_put("disk", disk, SIZE, 0);
	target = open_disk("disk", c->sector);
	assert_int_equal(commit_finish(target, &found, NULL), 0);
	target_close(target);
	after = malloc(SIZE);
	scratch_get("disk", after, SIZE, 0);
	expect_complete(c, after, false);
	free(after);
	return 1;
}

static void apply(uint8_t *disk, const struct step *step)
{
	if (!step->flush)
		memcpy(disk + step->offset, step->bytes, step->length);
}

/* Every disk that the cut after `cut` steps could leave: what was flushed is
 * there, of the rest any part. */
static void judge_cut(struct copied *c, size_t cut, int seen[3])
{
	uint8_t *disk = malloc(SIZE);
	size_t flushed = 0;

	for (size_t i = 0; i < cut; i++)
		if (steps[i].flush)
			flushed = i;
	assert_true(cut - flushed <= 4);
	for (unsigned int kept = 0; kept < 1U << (cut - flushed); kept++) {
		memcpy(disk, c->start, SIZE);
		for (size_t i = 0; i < cut; i++)
			if (i < flushed || kept & 1U << (i - flushed))
				apply(disk, &steps[i]);
		seen[judge(c, disk)]++;
	}
	free(disk);
}

static void cut_everywhere(uint32_t sector, const char *script,
			   enum boot_code boot_code)
{
	struct copied c = {0};
	int seen[3] = {0};

	copied_make(&c, sector, script, boot_code);
	commit_once(&c);
	assert_int_equal(!c.record.park, boot_code == NO_CODE);
	for (size_t cut = 0; cut <= step_count; cut++)
		judge_cut(&c, cut, seen);
	print_message("%zu steps: %d disks before, %d inside, %d after\n",
		      step_count, seen[0], seen[1], seen[2]);
	assert_true(seen[0] && seen[1] && seen[2]);
	copied_done(&c);
}

static void parked_gpt(void **state)
{
	(void)state;
	cut_everywhere(512, "label: gpt\nstart=2048,size=4096\n", RANDOM_CODE);
}

static void parked_gpt_of_4096(void **state)
{
	(void)state;
	cut_everywhere(4096, "label: gpt\nstart=256,size=1024\n", RANDOM_CODE);
}

static void parked_mbr(void **state)
{
	(void)state;
	cut_everywhere(512, "label: dos\nstart=2048,size=4096,bootable\n",
		       RANDOM_CODE);
}

static void inline_gpt(void **state)
{
	(void)state;
	cut_everywhere(512, "label: gpt\nstart=2048,size=4096\n", NO_CODE);
}

static void inline_gpt_of_4096(void **state)
{
	(void)state;
	cut_everywhere(4096, "label: gpt\nstart=256,size=1024\n", NO_CODE);
}

/* What most BIOS disks look like: GRUB, whose code deflates to more than the
 * record has room for, and four partitions. */
static void grub_is_parked(void **state)
{
	(void)state;
	if (access(BOOT_IMG, R_OK) < 0) {
		print_message("no GRUB for BIOS is installed\n");
		skip();
	}
	cut_everywhere(512,
		       "label: dos\nlabel-id: 0x9e3779b9\n"
		       "start=2048,size=1234,bootable\n"
		       "start=4096,size=777,type=82\nstart=6144,size=2345\n"
		       "start=10240,size=3210,type=5\n",
		       GRUB_CODE);
	cut_everywhere(512, "label: gpt\nstart=2048,size=4096\n", GRUB_CODE);
}

static void no_place_leaves_the_record_alone(void **state)
{
	struct copied c = {0};
	struct record before;
	struct error *err = NULL;
	struct target *target;
	uint8_t *now = malloc(SIZE);

	(void)state;
	copied_make(&c, 512, "label: dos\nstart=1\n", RANDOM_CODE);
	before = c.record;
	target = open_disk("disk", 512);
	assert_int_equal(commit_park(target, &c.record, c.final, &err),
			 -ENOSPC);
	assert_int_equal(err->kind, ERROR_TARGET);
	error_free(err);
	assert_memory_equal(&before, &c.record, sizeof(before));
	scratch_get("disk", now, SIZE, 0);
	assert_memory_equal(now, c.start, SIZE);
	/* The way that is left: from memory. */
	assert_int_equal(commit_write(target, c.final, NULL), 0);
	target_close(target);
	scratch_get("disk", now, SIZE, 0);
	assert_memory_equal(now, c.final, SIZE);
	free(now);
	copied_done(&c);
}

/* Somebody wrote to the park, or the record says nonsense: nothing more is
 * written. */
static void a_changed_park_is_refused(void **state)
{
	struct copied c = {0};
	struct error *err = NULL;
	struct target *target;
	uint8_t sector[512];
	struct record found;

	(void)state;
	copied_make(&c, 512, "label: gpt\nstart=2048,size=4096\n", RANDOM_CODE);
	target = open_disk("disk", 512);
	assert_int_equal(commit_park(target, &c.record, c.final, NULL), 0);
	scratch_put("disk", "x", 1, c.record.park + 100);
	assert_int_equal(commit_finish(target, &c.record, &err), -EILSEQ);
	assert_int_equal(err->kind, ERROR_TARGET);
	error_clear(&err);
	found = c.record;
	found.park = SIZE;
	assert_true(commit_finish(target, &found, NULL) < 0);
	found.park = 17;
	assert_true(commit_finish(target, &found, NULL) < 0);
	found.state = RECORD_VERIFY;
	assert_true(commit_finish(target, &found, NULL) < 0);
	target_close(target);
	scratch_get("disk", sector, 512, 0);
	assert_int_equal(record_parse(sector, &found), RECORD_VALID);
	copied_done(&c);
}

/* Bits that mean nothing to inflate may turn; then the bytes are right. */
static void a_damaged_inline_sector_is_refused(void **state)
{
	struct copied c = {0};
	struct target *target;
	size_t refused = 0;

	(void)state;
	copied_make(&c, 512, "label: gpt\nstart=2048,size=4096\n", NO_CODE);
	target = open_disk("disk", 512);
	assert_int_equal(commit_park(target, &c.record, c.final, NULL), 0);
	for (size_t bit = 0; bit < c.record.inline_length * 8; bit++) {
		struct record bad = c.record;
		uint8_t sector[512];

		bad.inline_s0[bit / 8] ^= (uint8_t)(1 << bit % 8);
		scratch_put("disk", c.start, 512, 0);
		refused += commit_finish(target, &bad, NULL) < 0;
		scratch_get("disk", sector, 512, 0);
		if (memcmp(sector, c.start, 512) != 0)
			assert_memory_equal(sector, c.final, 512);
	}
	assert_true(refused > c.record.inline_length * 7);
	target_close(target);
	copied_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parked_gpt),
		cmocka_unit_test(parked_gpt_of_4096),
		cmocka_unit_test(parked_mbr),
		cmocka_unit_test(inline_gpt),
		cmocka_unit_test(inline_gpt_of_4096),
		cmocka_unit_test(grub_is_parked),
		cmocka_unit_test(no_place_leaves_the_record_alone),
		cmocka_unit_test(a_changed_park_is_refused),
		cmocka_unit_test(a_damaged_inline_sector_is_refused),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
