/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A parked disk that is not to be committed after all: its record is of an
 * unfinished copy again, and nothing of the park is left.
 */
#include "base/error.h"
#include "disk/blockdev.h"
#include "disk/commit.h"
#include "disk/record.h"
#include "disk/target.h"
#include "disk_scratch.h"

#define SIZE ((uint64_t)8 << 20)

static void unpark(bool noise)
{
	struct blockdev disk = {0};
	struct target *target = NULL;
	struct record record = {.job = "0f9619ff-8b86-4d11-b42d-00c04fc964ff",
				.state = RECORD_VERIFY,
				.watermark = SIZE};
	uint8_t *before = malloc(SIZE);
	uint8_t *after = malloc(SIZE);
	uint8_t sector0[512];
	struct record found;
	unsigned int seed = 3;

	scratch_file("disk", SIZE);
	scratch_table("disk", 512, "label: gpt\nstart=2048,size=4096\n");
	for (size_t i = 0; i < 440 && noise; i++) {
		uint8_t byte = (uint8_t)(rand_r(&seed) >> 8);

		scratch_put("disk", &byte, 1, i);
	}
	scratch_get("disk", before, SIZE, 0);
	memcpy(sector0, before, sizeof(sector0));
	assert_int_equal(blockdev_probe("disk", &disk, NULL), 0);
	assert_int_equal(target_open(&disk, 0, &target, NULL), 0);
	assert_int_equal(target_write_record(target, &record, NULL), 0);
	assert_int_equal(commit_park(target, &record, sector0, NULL), 0);
	assert_int_equal(!record.park, !noise);
	assert_int_equal(commit_unpark(target, &record, NULL), 0);
	/* It may be parked again, later, and undone again. */
	assert_int_equal(commit_park(target, &record, sector0, NULL), 0);
	assert_int_equal(commit_unpark(target, &record, NULL), 0);
	target_close(target);
	blockdev_done(&disk);
	scratch_get("disk", after, SIZE, 0);
	assert_int_equal(record_parse(after, &found), RECORD_VALID);
	assert_int_equal(found.state, RECORD_STAGE);
	assert_int_equal(found.watermark, SIZE);
	assert_int_equal(found.park, 0);
	assert_int_equal(found.sequence, record.sequence);
	assert_memory_equal(before + 512, after + 512, SIZE - 512);
	free(before);
	free(after);
}

static void from_the_record(void **state)
{
	(void)state;
	unpark(false);
}

static void from_a_sector(void **state)
{
	(void)state;
	unpark(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_the_record),
		cmocka_unit_test(from_a_sector),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
