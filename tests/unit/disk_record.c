/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record's text: it fits with the largest values, comes back as it was,
 * reads in GRUB, and nothing torn, edited, foreign or newer passes for valid.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/io.h"
#include "base/process.h"
#include "disk/record.h"

static struct record largest(enum record_state state)
{
	struct record record = {
		.job = "ffffffff-ffff-ffff-ffff-ffffffffffff",
		.source_id = UINT64_MAX,
		.state = state,
		.boot = true,
		.epoch = UINT32_MAX,
		.seed = UINT64_MAX,
		.sequence = UINT64_MAX,
	};

	memset(record.sector0, state == RECORD_COMMIT ? 0xff : 0, 16);
	if (state == RECORD_COMMIT) {
		record.park = UINT64_MAX;
	} else {
		record.watermark = UINT64_MAX;
		record.source_state = UINT64_MAX;
		memset(record.digest, 0xff, sizeof(record.digest));
	}
	return record;
}

static struct record ordinary(void)
{
	struct record record = {
		.job = "0f9619ff-8b86-4d11-b42d-00c04fc964ff",
		.source_id = 0x1122334455667788,
		.state = RECORD_COPY,
		.epoch = 3,
		.watermark = 1 << 30,
		.digest = {1, 2, 3, 0xab, 0xcd},
		.seed = 42,
		.sequence = 7,
	};

	return record;
}

static void fits_with_the_largest_values(void **state)
{
	(void)state;
	for (int s = RECORD_COPY; s <= RECORD_COMMIT; s++) {
		struct record record = largest((enum record_state)s);
		struct record again = {0};
		uint8_t block[512];

		assert_int_equal(record_format(&record, block, NULL), 0);
		assert_true(io_is_zero(block + RECORD_ROOM, 512 - RECORD_ROOM));
		assert_int_equal(record_parse(block, &again), RECORD_VALID);
		assert_memory_equal(&again, &record, sizeof(record));
	}
}

/* The head comment of commit.c relies on about 100 bytes. */
static void has_room_for_a_deflated_sector(void **state)
{
	struct record record = largest(RECORD_COMMIT);
	uint8_t block[512];

	(void)state;
	record.park = 0;
	for (size_t i = 0; i < sizeof(record.inline_s0); i++)
		record.inline_s0[i] = (uint8_t)(255 - i);
	for (size_t n = 1; n <= 96; n++) {
		struct record want = record;
		struct record again = {0};

		want.inline_length = n;
		memset(want.inline_s0 + n, 0, sizeof(want.inline_s0) - n);
		assert_int_equal(record_format(&want, block, NULL), 0);
		assert_int_equal(record_parse(block, &again), RECORD_VALID);
		assert_memory_equal(&again, &want, sizeof(want));
	}
	record.inline_length = sizeof(record.inline_s0);
	assert_int_equal(record_format(&record, block, NULL), -ENOSPC);
}

/* The table of a copy of files is in it all the time: four entries of an MBR do
 * not deflate to more. */
static void files_have_room_for_a_table(void **state)
{
	struct record record = largest(RECORD_COPY);
	uint8_t block[512];

	(void)state;
	record.files = true;
	record.seed = record.watermark = record.source_state = 0;
	for (size_t n = 0; n <= 96; n++) {
		struct record again = {0};

		record.inline_length = n;
		if (n)
			record.inline_s0[n - 1] = (uint8_t)(255 - n);
		assert_int_equal(record_format(&record, block, NULL), 0);
		assert_non_null(memmem(block, 512, "\nlander_mode=file\n", 18));
		assert_int_equal(record_parse(block, &again), RECORD_VALID);
		assert_memory_equal(&again, &record, sizeof(record));
	}
	record.inline_length = sizeof(record.inline_s0);
	assert_int_equal(record_format(&record, block, NULL), -ENOSPC);
	/* A copy of blocks has none before its commit. */
	record.files = false;
	record.inline_length = 1;
	assert_int_equal(record_format(&record, block, NULL), -EINVAL);
}

static void refuses_what_is_no_record_of_ours(void **state)
{
	struct error *err = NULL;
	struct record record = ordinary();
	uint8_t block[512];

	(void)state;
	strcpy(record.job, "not a uuid");
	assert_int_equal(record_format(&record, block, &err), -EINVAL);
	assert_int_equal(err->kind, ERROR_INTERNAL);
	error_free(err);
	record = ordinary();
	record.job[0] = 'A';
	assert_int_equal(record_format(&record, block, NULL), -EINVAL);
	record = ordinary();
	record.state = RECORD_COMMIT; /* neither parked nor inline */
	assert_int_equal(record_format(&record, block, NULL), -EINVAL);
	record.park = 4096;
	record.inline_length = 5; /* both */
	assert_int_equal(record_format(&record, block, NULL), -EINVAL);
	record.park = 0;
	record.inline_length = sizeof(record.inline_s0) + 1;
	assert_int_equal(record_format(&record, block, NULL), -EINVAL);
}

/* The grub.cfg of the ISO asks load_env for lander_state. */
static void reads_in_grub(void **state)
{
	static const char *const grub[] = {"grub-editenv", "record.grubenv",
					   "list", NULL};
	const struct process process = {.argv = grub};
	struct record record = ordinary();
	char *output = NULL;
	uint8_t block[512];

	(void)state;
	if (system("command -v grub-editenv >/dev/null 2>&1") != 0) {
		print_message("grub-editenv is not installed\n");
		skip();
	}
	assert_int_equal(record_format(&record, block, NULL), 0);
	assert_int_equal(io_replace_file("record.grubenv", (char *)block,
					 sizeof(block), NULL),
			 0);
	assert_int_equal(process_run(&process, &output, NULL), 0);
	(void)unlink("record.grubenv");
	assert_non_null(strstr(output, "lander_state=copy\n"));
	assert_non_null(strstr(output, "lander_job=0f9619ff-8b86-4d11-"
				       "b42d-00c04fc964ff\n"));
	free(output);
}

/* Power cut inside the write of sector 0: some bytes new, the rest old. */
static void torn_is_damaged_never_valid(void **state)
{
	struct record old = ordinary();
	struct record new = ordinary();
	struct record got;
	uint8_t before[512];
	uint8_t after[512];

	(void)state;
	new.sequence++;
	new.watermark += 1 << 20;
	new.state = RECORD_VERIFY;
	assert_int_equal(record_format(&old, before, NULL), 0);
	assert_int_equal(record_format(&new, after, NULL), 0);
	for (size_t cut = 0; cut <= 512; cut++) {
		enum record_found found;
		uint8_t torn[512];

		memcpy(torn, before, 512);
		memcpy(torn, after, cut);
		found = record_parse(torn, &got);
		if (memcmp(torn, before, 512) == 0 ||
		    memcmp(torn, after, 512) == 0)
			assert_int_equal(found, RECORD_VALID);
		else
			assert_int_equal(found, RECORD_DAMAGED);
	}
}

static void torn_first_record_on_a_blank_disk(void **state)
{
	struct record record = ordinary();
	struct record got;
	uint8_t block[512];

	(void)state;
	assert_int_equal(record_format(&record, block, NULL), 0);
	for (size_t cut = 0; cut < RECORD_ROOM; cut++) {
		uint8_t torn[512] = {0};

		memcpy(torn, block, cut);
		assert_int_equal(record_parse(torn, &got),
				 cut < 2 ? RECORD_NONE : RECORD_DAMAGED);
	}
}

static void one_changed_bit_is_noticed(void **state)
{
	struct record record = ordinary();
	struct record got;
	uint8_t block[512];

	(void)state;
	assert_int_equal(record_format(&record, block, NULL), 0);
	for (size_t bit = 0; bit < 512 * 8; bit++) {
		block[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(record_parse(block, &got), RECORD_VALID);
		block[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(record_parse(block, &got), RECORD_VALID);
}

/* A partition tool on the raw disk keeps bytes 0..439 and adds its own: the
 * disk would be bootable and carry a record. */
static void record_with_a_boot_signature_is_damaged(void **state)
{
	struct record record = ordinary();
	struct record got;
	uint8_t block[512];

	(void)state;
	assert_int_equal(record_format(&record, block, NULL), 0);
	block[510] = 0x55;
	block[511] = 0xaa;
	assert_int_equal(record_parse(block, &got), RECORD_DAMAGED);
	assert_string_equal(got.job, record.job);
}

static void foreign_sectors_are_none(void **state)
{
	static const char grubenv[] = "# GRUB Environment Block\n"
				      "saved_entry=0\n####";
	uint8_t block[512] = {0};
	struct record got;

	(void)state;
	assert_int_equal(record_parse(block, &got), RECORD_NONE);
	memset(block, 0xff, sizeof(block));
	assert_int_equal(record_parse(block, &got), RECORD_NONE);
	memset(block, '#', sizeof(block));
	memcpy(block, grubenv, sizeof(grubenv) - 1);
	assert_int_equal(record_parse(block, &got), RECORD_NONE);
}

static void a_newer_version_is_damaged_and_named(void **state)
{
	struct record record = ordinary();
	struct record got;
	uint8_t block[512];
	char *digit;

	(void)state;
	assert_int_equal(record_format(&record, block, NULL), 0);
	assert_int_equal(record_version(block), 1);
	digit = memmem(block, 512, "version=1", 9);
	assert_non_null(digit);
	digit[8] = '2';
	assert_int_equal(record_parse(block, &got), RECORD_DAMAGED);
	assert_int_equal(record_version(block), 2);
	memset(block, 0, sizeof(block));
	assert_int_equal(record_version(block), 0);
}

/* Whatever stands there: an answer, no more.  Run by make asan too. */
static void hostile_bytes(void **state)
{
	struct record record = ordinary();
	struct record got;
	uint8_t clean[512];
	unsigned int seed = 1;

	(void)state;
	assert_int_equal(record_format(&record, clean, NULL), 0);
	for (int round = 0; round < 20000; round++) {
		uint8_t block[512];
		int edits = rand_r(&seed) % 8;

		memcpy(block, clean, 512);
		for (int i = 0; i < edits; i++) {
			size_t from = (size_t)rand_r(&seed) % 512;
			size_t to = (size_t)rand_r(&seed) % 512;
			size_t n = (size_t)rand_r(&seed) % 64;

			if (from + n > 512 || to + n > 512)
				block[from] = (uint8_t)rand_r(&seed);
			else
				memmove(block + to, block + from, n);
		}
		if (record_parse(block, &got) == RECORD_VALID)
			assert_memory_equal(block, clean, 512);
	}
}

/* The same text with another crc, as a hand editing it would make. */
static void fields_out_of_range_are_damaged(void **state)
{
	static const char *const line[] = {
		"lander_boot=2\n",  "lander_boot=\n",	 "lander_state=done\n",
		"lander_epoch=1\n", "lander_seed=XYZ\n", "nonsense\n",
		"lander_z=QUJD\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(line) / sizeof(*line); i++) {
		struct record got;
		uint8_t block[512];
		char text[512];
		int n = snprintf(text, sizeof(text),
				 "# GRUB Environment Block\n"
				 "lander_version=1\n%slander_crc=00000000\n",
				 line[i]);

		memset(block, 0, 512);
		memset(block, '#', RECORD_ROOM);
		memcpy(block, text, (size_t)n);
		assert_int_equal(record_parse(block, &got), RECORD_DAMAGED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fits_with_the_largest_values),
		cmocka_unit_test(has_room_for_a_deflated_sector),
		cmocka_unit_test(files_have_room_for_a_table),
		cmocka_unit_test(refuses_what_is_no_record_of_ours),
		cmocka_unit_test(reads_in_grub),
		cmocka_unit_test(torn_is_damaged_never_valid),
		cmocka_unit_test(torn_first_record_on_a_blank_disk),
		cmocka_unit_test(one_changed_bit_is_noticed),
		cmocka_unit_test(record_with_a_boot_signature_is_damaged),
		cmocka_unit_test(foreign_sectors_are_none),
		cmocka_unit_test(a_newer_version_is_damaged_and_named),
		cmocka_unit_test(hostile_bytes),
		cmocka_unit_test(fields_out_of_range_are_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
