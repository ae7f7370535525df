/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rounds over sources that lie, fail and go away, and to targets that are full
 * or have large sectors.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include "round_case.h"
#include "source/source_ops.h"

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

/* Lost now and then, with everything that was under way; not by the first
 * reads, which open it. */
static int run_and_fail(struct source_reader *reader, short revents,
			struct error **err)
{
	if (__atomic_add_fetch(&turns, 1, __ATOMIC_RELAXED) % 5 == 3)
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
	/* Another one would bring it all over meanwhile. */
	run.pass.threads = 1;
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
