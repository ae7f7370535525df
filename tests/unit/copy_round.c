/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rounds from file to file: what comes over, what is written, what the map says
 * after it; sources that lie, fail and go away, targets that are full.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include <poll.h>

#include "pass_case.h"
#include "source/source_ops.h"

#define BLOCK	4096U
#define CHANGES 300U

/* Where a changed source is wrong in the target, none. */
static void check_all(const char *name)
{
	char *got = malloc(SIZE);

	assert_non_null(got);
	scratch_get("source", image, SIZE, 0);
	scratch_get(name, got, SIZE, 0);
	assert_memory_equal(got + 512, image + 512, SIZE - 512);
	free(got);
}

static void start_again(struct run *run)
{
	/* A changed first sector makes another disk of it, else. */
	run->source->identity = 0;
	memset(&run->progress, 0, sizeof(run->progress));
	run->place = 0;
}

/* A target that holds the source, and the map that says so. */
static void begin_copied(struct run *run)
{
	make_target("target");
	begin(run, "target");
	assert_int_equal(pass_full(&run->pass, NULL), 0);
	start_again(run);
}

static void expect_verified(struct run *run, const char *name)
{
	uint8_t digest[16];

	check_all(name);
	assert_int_equal(pass_verify(&run->pass, digest, NULL), 0);
}

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

/* Random blocks, the same every time; how many of them were not so before. */
static unsigned int change_blocks(void)
{
	static bool seen[SIZE / BLOCK + 1];
	char block[BLOCK];
	unsigned int count = 0;

	memset(seen, 0, sizeof(seen));
	srandom(99);
	for (unsigned int i = 0; i < CHANGES; i++) {
		/* Among data: a chunk of zeroes comes over whole. */
		uint64_t at = (uint64_t)random() % (3 * MIB / BLOCK) * BLOCK;

		for (size_t k = 0; k < sizeof(block); k++)
			block[k] = (char)random();
		scratch_put("source", block, sizeof(block), at);
		count += !seen[at / BLOCK];
		seen[at / BLOCK] = true;
	}
	return count;
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
	assert_int_equal(run.progress.received, CHUNKMAP_CHUNK + SIZE % BLOCK);
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

/* --- sources that are not what they should be -------------------------- */

static struct source_ops bent; /* source_file's, but for what a test bends */
static unsigned int turns;
static uint64_t broken;

static void bend(struct run *run)
{
	bent = source_file_ops;
	turns = 0;
	run->source->ops = &bent;
	run->pass.reconnect_s = 20;
}

static int hash_wrong(struct source_reader *reader, struct hashing *hashing,
		      struct error **err)
{
	int r = source_file_ops.hash(reader, hashing, err);

	/* Of the second chunk of each question. */
	hashing->hash[1][3] ^= 1;
	return r;
}

static void a_wrong_hash_does_no_harm(void **state)
{
	struct run run;

	(void)state;
	begin_copied(&run);
	bend(&run);
	bent.hash = hash_wrong;
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_true(run.progress.unsettled >= CHUNKMAP_CHUNK);
	assert_int_equal(run.progress.unsettled % 512, 0);
	expect_verified(&run, "target");
	end(&run);
}

/* Lost now and then, with everything that was under way. */
static int run_and_fail(struct source_reader *reader, short revents,
			struct error **err)
{
	if (__atomic_add_fetch(&turns, 1, __ATOMIC_RELAXED) % 5 == 4)
		return error_set(err, ERROR_NETWORK, ECONNRESET, "cut");
	return source_file_ops.run(reader, revents, err);
}

static void lost_connections_cost_nothing(void **state)
{
	struct run run;

	(void)state;
	begin_copied(&run);
	change_blocks();
	bend(&run);
	bent.run = run_and_fail;
	chunkmap_forget(run.map, 20, 9);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_true(run.progress.reconnects > 0);
	assert_int_equal(run.progress.done, SIZE);
	assert_int_equal(run.progress.unsettled, 0);
	expect_verified(&run, "target");
	end(&run);
	make_image();
}

static int hash_broken(struct source_reader *reader, struct hashing *hashing,
		       struct error **err)
{
	int r = source_file_ops.hash(reader, hashing, err);

	if (hashing->offset <= broken &&
	    broken < hashing->offset + hashing->length)
		hashing->result = -EIO;
	return r;
}

static int read_broken(struct source_reader *reader, struct request *request,
		       struct error **err)
{
	int r = source_file_ops.read(reader, request, err);

	if (request->offset <= broken &&
	    broken < request->offset + request->length)
		request->result = -EIO;
	return r;
}

static void a_place_that_cannot_be_read_is_named(void **state)
{
	struct error *err = NULL;
	struct run run;

	(void)state;
	begin_copied(&run);
	change_blocks();
	bend(&run);
	broken = 9 * MIB + 5 * CHUNKMAP_CHUNK + 99;
	bent.hash = hash_broken;
	bent.read = read_broken;
	assert_true(pass_compare(&run.pass, &err) < 0);
	assert_int_equal(err->kind, ERROR_SOURCE);
	assert_non_null(strstr(err->msg, "at 9764864"));
	error_clear(&err);
	/* A hash that can't be had is no reason to end. */
	bent.read = source_file_ops.read;
	start_again(&run);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	expect_verified(&run, "target");
	end(&run);
	make_image();
}

/* What a failure leaves is unknown or true: the next round mends the rest. */
static void a_failure_leaves_no_lie(void **state)
{
	struct error *err = NULL;
	struct run run;
	uint64_t lies = 0;
	char *chunk = malloc(CHUNKMAP_CHUNK);

	(void)state;
	assert_non_null(chunk);
	begin_copied(&run);
	change_blocks();
	bend(&run);
	broken = SIZE - 600;
	bent.hash = hash_broken;
	bent.read = read_broken;
	assert_true(pass_compare(&run.pass, &err) < 0);
	error_free(err);
	for (uint64_t i = 1; i < chunkmap_count(run.map); i++) {
		scratch_get("target", chunk, chunkmap_length(run.map, i),
			    i * CHUNKMAP_CHUNK);
		lies += chunkmap_state(run.map, i) != CHUNKMAP_UNKNOWN &&
			!chunkmap_matches(run.map, i, chunk);
	}
	assert_int_equal(lies, 0);
	free(chunk);
	run.source->ops = &source_file_ops;
	start_again(&run);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	expect_verified(&run, "target");
	end(&run);
	make_image();
}

static void stops_by_order(void **state)
{
	static const _Atomic bool stop = true;
	struct error *err = NULL;
	struct run run;

	(void)state;
	begin_copied(&run);
	run.pass.stop = &stop;
	assert_true(pass_compare(&run.pass, &err) < 0);
	assert_int_equal(err->kind, ERROR_ABORTED);
	error_free(err);
	end(&run);
}

/* --- targets ----------------------------------------------------------- */

static void a_full_target_is_told(void **state)
{
	struct error *err = NULL;
	struct blockdev disk = {0};
	struct run run;

	(void)state;
	assert_int_equal(mkdir("small", 0700), 0);
	if (mount("none", "small", "tmpfs", 0, "size=2m") < 0)
		skip();
	scratch_file("small/target", SIZE);
	begin(&run, "small/target");
	assert_true(pass_compare(&run.pass, &err) < 0);
	assert_int_equal(err->kind, ERROR_TARGET);
	assert_int_equal(err->code, ENOSPC);
	error_free(err);
	end(&run);
	blockdev_done(&disk);
	assert_int_equal(umount("small"), 0);
}

static void keeps_4096_byte_sectors(void **state)
{
	char device[64];
	struct run run;

	(void)state;
	make_target("target");
	if (!scratch_loop("target", 4096, device, sizeof(device)))
		skip();
	assert_int_equal(truncate("source", SIZE / 4096 * 4096), 0);
	begin(&run, device);
	assert_int_equal(run.target->logical_block, 4096);
	assert_int_equal(pass_full(&run.pass, NULL), 0);
	start_again(&run);
	change_blocks();
	scratch_put("source", "first", 5, 1000);
	scratch_put("source", "last", 4, SIZE / 4096 * 4096 - 4);
	assert_int_equal(pass_compare(&run.pass, NULL), 0);
	assert_memory_equal(run.sector0 + 1000, "first", 5);
	assert_int_equal(run.progress.written % 4096, 0);
	assert_int_equal(pass_verify(&run.pass, run.digest, NULL), 0);
	end(&run);
	scratch_unloop(device);
	make_image();
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
		cmocka_unit_test(a_wrong_hash_does_no_harm),
		cmocka_unit_test(lost_connections_cost_nothing),
		cmocka_unit_test(a_place_that_cannot_be_read_is_named),
		cmocka_unit_test(a_failure_leaves_no_lie),
		cmocka_unit_test(stops_by_order),
		cmocka_unit_test(a_full_target_is_told),
		cmocka_unit_test(keeps_4096_byte_sectors),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
