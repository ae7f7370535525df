/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rounds from file to file: what comes over, what is written, what the map says
 * after it.
 */
#include "round_case.h"

static void nothing_changed(void **state)
{
	struct run run;

	(void)state;
	begin_copied(&run);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_int_equal(run.progress.received, 0);
	assert_int_equal(run.progress.written, 0);
	assert_int_equal(run.progress.zeroed, 0);
	assert_int_equal(run.progress.differing, 0);
	assert_int_equal(run.progress.compared, SIZE);
	assert_int_equal(run.progress.done, SIZE);
	assert_int_equal(run.progress.total, SIZE);
	assert_int_equal(run.place, SIZE);
	expect_verified(&run, "target");
	end(&run);
}

static void only_changed_blocks_come_over(void **state)
{
	static const char zero[2 * CHUNKMAP_CHUNK];
	unsigned int blocks;
	struct run run;

	(void)state;
	begin_copied(&run);
	blocks = change_blocks();
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_int_equal(run.progress.received, blocks * BLOCK);
	assert_int_equal(run.progress.differing, blocks * BLOCK);
	assert_in_range(run.progress.written, (blocks - 1) * BLOCK,
			blocks * BLOCK);
	assert_int_equal(run.progress.unsettled, 0);
	assert_int_equal(run.progress.done, SIZE);
	expect_verified(&run, "target");

	/* The end, which is no whole block; data among zeroes, and zeroes. */
	start_again(&run);
	scratch_put("source", "x", 1, SIZE - 1);
	scratch_put("source", "y", 1, 5 * MIB + 100);
	scratch_put("source", zero, sizeof(zero), CHUNKMAP_CHUNK);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_int_equal(run.progress.received, BLOCK + SIZE % BLOCK);
	assert_int_equal(run.progress.zeroed, sizeof(zero));
	expect_verified(&run, "target");
	end(&run);
	make_image();
}

/* The first sector is the copy's to know and not to write. */
static void sector_0_is_kept(void **state)
{
	static const char zero[CHUNKMAP_CHUNK];
	char sector[512];
	struct run run;

	(void)state;
	begin_copied(&run);
	start_again(&run);
	scratch_put("source", "a new boot sector", 17, 3);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_int_equal(run.progress.received, BLOCK);
	assert_int_equal(run.progress.written, BLOCK - 512);
	assert_memory_equal(run.sector0 + 3, "a new boot sector", 17);
	expect_verified(&run, "target");
	start_again(&run);
	scratch_put("source", zero, sizeof(zero), 0);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_true(io_is_zero(run.sector0, 512));
	expect_verified(&run, "target");
	start_again(&run);
	scratch_put("source", "again", 5, 1);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_memory_equal(run.sector0 + 1, "again", 5);
	expect_verified(&run, "target");
	scratch_get("target", sector, 512, 0);
	for (size_t i = 0; i < sizeof(sector); i++)
		assert_int_equal((unsigned char)sector[i], 0xa5);
	end(&run);
	make_image();
}

/* What was done to the target meanwhile is found by reading it again. */
static void a_damaged_target_heals(void **state)
{
	char block[BLOCK];
	uint8_t digest[16];
	struct run run;

	(void)state;
	begin_copied(&run);
	memset(block, 0x33, sizeof(block));
	for (uint64_t at = BLOCK; at < SIZE - MIB; at += 700 * BLOCK + 512)
		scratch_put("target", block, sizeof(block), at);
	chunkmap_free(run.map);
	assert_int_equal(chunkmap_new(SIZE, 8, &run.map, NULL), 0);
	run.pass.map = run.map;
	assert_int_equal(pass_reread(&run.pass, SIZE, digest, NULL), 0);
	assert_memory_not_equal(digest, run.digest, 16);
	start_again(&run);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_true(run.progress.differing > 0);
	assert_true(run.progress.received < MIB);
	expect_verified(&run, "target");
	end(&run);
}

static void unknown_chunks_come_over_whole(void **state)
{
	struct run run;

	(void)state;
	begin_copied(&run);
	chunkmap_forget(run.map, 3, 2);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_int_equal(run.progress.received, 2 * CHUNKMAP_CHUNK);
	assert_int_equal(run.progress.differing, 0);
	assert_int_equal(chunkmap_state(run.map, 3), CHUNKMAP_DATA);
	expect_verified(&run, "target");
	end(&run);
	/* Of a map that knows nothing, everything. */
	make_target("target");
	begin(&run, "target");
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_int_equal(run.progress.compared, 0);
	assert_memory_equal(run.sector0, image, 512);
	expect_verified(&run, "target");
	end(&run);
}

/* Below and above the range nothing is looked at. */
static void a_range_is_kept(void **state)
{
	struct run run;
	char byte;

	(void)state;
	begin_copied(&run);
	scratch_put("source", "1", 1, MIB + 9);
	scratch_put("source", "2", 1, 2 * MIB + 9);
	scratch_put("source", "3", 1, 3 * MIB + 9);
	run.pass.start = 2 * MIB;
	run.pass.end = 3 * MIB;
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_int_equal(run.progress.compared, MIB);
	assert_int_equal(run.place, 3 * MIB);
	scratch_get("target", &byte, 1, MIB + 9);
	assert_int_equal(byte, image[MIB + 9]);
	scratch_get("target", &byte, 1, 2 * MIB + 9);
	assert_int_equal(byte, '2');
	scratch_get("target", &byte, 1, 3 * MIB + 9);
	assert_int_equal(byte, image[3 * MIB + 9]);
	end(&run);
	make_image();
}

static void tracked_changes_come_over(void **state)
{
	struct extents extents = {0};
	struct run run;

	(void)state;
	begin_copied(&run);
	(void)change_blocks();
	scratch_put("source", "z", 1, SIZE - 2);
	scratch_put("source", "boot", 4, 0);
	assert_int_equal(extents_add(&extents, 0, 3 * MIB + 100, NULL), 0);
	assert_int_equal(extents_add(&extents, SIZE - 2, 1, NULL), 0);
	/* Beyond the end is nothing. */
	assert_int_equal(extents_add(&extents, SIZE, MIB, NULL), 0);
	assert_int_equal(pass_changed(&run.pass, &extents, NULL), 0);
	assert_int_equal(run.progress.received, 3 * MIB + BLOCK + SIZE % BLOCK);
	assert_memory_equal(run.sector0, "boot", 4);
	check_all("target");
	/* Whole chunks are known, others are not. */
	assert_int_equal(chunkmap_state(run.map, 7), CHUNKMAP_DATA);
	assert_int_equal(chunkmap_state(run.map, 3 * MIB / CHUNKMAP_CHUNK),
			 CHUNKMAP_UNKNOWN);
	assert_int_equal(chunkmap_state(run.map, 4 * MIB / CHUNKMAP_CHUNK),
			 CHUNKMAP_ZERO);
	start_again(&run);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_int_equal(run.progress.differing, 0);
	/* The two that were written in part, one of them the short last. */
	assert_true(run.progress.received <= 2 * CHUNKMAP_CHUNK);
	expect_verified(&run, "target");
	extents_done(&extents);
	start_again(&run);
	assert_int_equal(pass_changed(&run.pass, &extents, NULL), 0);
	assert_int_equal(run.progress.received, 0);
	end(&run);
	make_image();
}

/* Whatever the source holds there: zeroes, once; the rest as ever. */
static void what_is_left_out_is_zero(void **state)
{
	struct extents skip = {0};
	uint8_t digest[16];
	char *want = malloc(SIZE);
	char *got = malloc(SIZE);
	struct run run;

	(void)state;
	assert_non_null(want);
	assert_non_null(got);
	make_target("target");
	begin(&run, "target");
	assert_int_equal(extents_add(&skip, MIB, MIB, NULL), 0);
	assert_int_equal(extents_add(&skip, 9 * MIB, 2 * MIB, NULL), 0);
	run.pass.skip = &skip;
	assert_int_equal(pass_full(&run.pass, NULL), 0);
	assert_int_equal(run.place, SIZE);
	assert_true(run.progress.received < SIZE - 3 * MIB + CHUNKMAP_CHUNK);
	memcpy(want, image, SIZE);
	memset(want + MIB, 0, MIB);
	memset(want + 9 * MIB, 0, 2 * MIB);
	scratch_get("target", got, SIZE, 0);
	assert_memory_equal(got + 512, want + 512, SIZE - 512);
	assert_int_equal(pass_verify(&run.pass, digest, NULL), 0);
	assert_memory_equal(digest, run.digest, 16);

	/* Again: nothing is asked of it, and nothing is done. */
	start_again(&run);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_int_equal(run.progress.compared, SIZE - 3 * MIB);
	assert_int_equal(run.progress.received, 0);
	assert_int_equal(run.progress.zeroed, 0);
	assert_int_equal(run.place, SIZE);

	/* In use by now; and free by now. */
	extents_done(&skip);
	assert_int_equal(extents_add(&skip, 2 * MIB, MIB / 2, NULL), 0);
	start_again(&run);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_int_equal(run.progress.zeroed >= MIB / 2, 1);
	memcpy(want, image, SIZE);
	memset(want + 2 * MIB, 0, MIB / 2);
	scratch_get("target", got, SIZE, 0);
	assert_memory_equal(got + 512, want + 512, SIZE - 512);
	assert_int_equal(pass_verify(&run.pass, digest, NULL), 0);

	/* No whole chunks; the first one; beyond the end. */
	for (unsigned int i = 0; i < 3; i++) {
		static const uint64_t bad[3][2] = {
			{MIB + 4096, MIB}, {0, MIB}, {20 * MIB, MIB}};

		extents_done(&skip);
		assert_int_equal(extents_add(&skip, bad[i][0], bad[i][1], NULL),
				 0);
		assert_true(pass_full(&run.pass, NULL) < 0);
		assert_true(pass_compare(&run.pass, NULL) < 0);
	}
	extents_done(&skip);
	end(&run);
	free(want);
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(only_changed_blocks_come_over),
		cmocka_unit_test(sector_0_is_kept),
		cmocka_unit_test(a_damaged_target_heals),
		cmocka_unit_test(unknown_chunks_come_over_whole),
		cmocka_unit_test(a_range_is_kept),
		cmocka_unit_test(tracked_changes_come_over),
		cmocka_unit_test(what_is_left_out_is_zero),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
