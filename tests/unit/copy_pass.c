/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole passes from file to file and to loop devices, on the disk (io_uring)
 * and in memory (plain calls).
 */
#include "pass_case.h"

static void copies_verifies_rereads(void **state)
{
	static const char *const place[] = {"target",
					    "/dev/shm/lander-unit-pass"};

	(void)state;
	for (int p = 0; p < 2; p++) {
		struct run run;
		uint8_t verified[16];
		uint8_t reread[16];

		make_target(place[p]);
		begin(&run, place[p]);
		assert_int_equal(pass_full(&run.pass, NULL), 0);
		check_target(place[p], 512);
		assert_memory_equal(run.sector0, image, 512);
		assert_int_equal(run.progress.total, SIZE);
		assert_int_equal(run.progress.done, SIZE);
		assert_int_equal(run.progress.written + run.progress.zeroed,
				 SIZE - 512);
		assert_int_equal(run.place, SIZE);
		assert_int_equal(pass_verify(&run.pass, verified, NULL), 0);
		assert_memory_equal(verified, run.digest, 16);
		chunkmap_free(run.map);
		assert_int_equal(chunkmap_new(SIZE, 7, &run.map, NULL), 0);
		run.pass.map = run.map;
		assert_int_equal(pass_reread(&run.pass, SIZE, reread, NULL), 0);
		assert_memory_equal(reread, run.digest, 16);
		end(&run);
		assert_int_equal(unlink(place[p]), 0);
	}
}

/* The negative control: one bit, anywhere, is found and named. */
static void finds_a_flipped_bit(void **state)
{
	static const uint64_t place[] = {
		600, 65536, 2 * MIB + 77, 4 * MIB + 9, 11 * MIB + 3, SIZE - 1};
	struct run run;

	(void)state;
	make_target("target");
	begin(&run, "target");
	assert_int_equal(pass_full(&run.pass, NULL), 0);
	for (size_t i = 0; i < sizeof(place) / sizeof(place[0]); i++) {
		uint64_t chunk = place[i] - place[i] % CHUNKMAP_CHUNK;
		uint64_t length = SIZE - chunk < CHUNKMAP_CHUNK
					  ? SIZE - chunk
					  : CHUNKMAP_CHUNK;
		char good = image[place[i]];
		char bad = (char)(good ^ 4);
		struct error *err = NULL;
		uint8_t digest[16];
		char want[64];

		scratch_put("target", &bad, 1, place[i]);
		assert_true(pass_verify(&run.pass, digest, &err) < 0);
		assert_int_equal(err->kind, ERROR_VERIFY);
		/* In a chunk of zeroes to the byte, else to the chunk. */
		(void)snprintf(
			want, sizeof(want), "at %llu ",
			(unsigned long long)(io_is_zero(image + chunk, length)
						     ? place[i]
						     : chunk));
		assert_non_null(strstr(err->msg, want));
		error_free(err);
		scratch_put("target", &good, 1, place[i]);
		assert_int_equal(pass_verify(&run.pass, digest, NULL), 0);
	}
	/* Sector 0 of the target is not the copy's business. */
	scratch_put("target", "record", 6, 0);
	assert_int_equal(pass_verify(&run.pass, run.digest, NULL), 0);
	end(&run);
}

static void goes_on_from_a_watermark(void **state)
{
	uint64_t mark = 6 * MIB;
	uint8_t at_mark[16];
	uint8_t all[16];
	char byte = 0;
	struct run run;

	(void)state;
	make_target("target");
	begin(&run, "target");
	assert_int_equal(pass_full(&run.pass, NULL), 0);
	memcpy(all, run.digest, 16);
	end(&run);
	/* Behind the mark all is lost, below it one byte is ours to see. */
	make_target("rest");
	scratch_get("target", &byte, 1, mark + 5);
	begin(&run, "target");
	memcpy(run.sector0, image, 512);
	assert_int_equal(pass_reread(&run.pass, mark, at_mark, NULL), 0);
	scratch_put("target", "\x5a\x5a", 2, mark + 5);
	scratch_put("target", "\x5a\x5a", 2, mark - 5);
	memset(&run.progress, 0, sizeof(run.progress));
	run.pass.start = mark;
	assert_int_equal(pass_full(&run.pass, NULL), 0);
	assert_memory_equal(run.digest, all, 16);
	scratch_get("target", &byte, 1, mark + 5);
	assert_int_equal(byte, image[mark + 5]);
	scratch_get("target", &byte, 1, mark - 5);
	assert_int_equal(byte, 0x5a);
	assert_int_equal(run.progress.done, SIZE - mark + CHUNKMAP_CHUNK);
	end(&run);
}

static void stops_by_order(void **state)
{
	static const _Atomic bool stop = true;
	struct error *err = NULL;
	struct run run;

	(void)state;
	make_target("target");
	begin(&run, "target");
	run.pass.stop = &stop;
	assert_true(pass_full(&run.pass, &err) < 0);
	assert_int_equal(err->kind, ERROR_ABORTED);
	error_clear(&err);
	assert_true(pass_verify(&run.pass, run.digest, &err) < 0);
	assert_int_equal(err->kind, ERROR_ABORTED);
	error_free(err);
	end(&run);
}

static void never_compares_what_it_never_saw(void **state)
{
	struct error *err = NULL;
	struct run run;

	(void)state;
	make_target("target");
	begin(&run, "target");
	assert_true(pass_verify(&run.pass, run.digest, &err) < 0);
	assert_int_equal(err->kind, ERROR_VERIFY);
	error_free(err);
	end(&run);
}

static void keeps_a_4096_byte_sector(void **state)
{
	struct error *err = NULL;
	char device[64];
	struct run run;

	(void)state;
	make_target("target");
	if (!scratch_loop("target", 4096, device, sizeof(device)))
		skip();
	begin(&run, device);
	assert_int_equal(run.target->logical_block, 4096);
	/* A size of 512-byte sectors does not fit it. */
	assert_true(pass_full(&run.pass, &err) < 0);
	assert_int_equal(err->kind, ERROR_REFUSED);
	error_free(err);
	run.source->size = SIZE / 4096 * 4096;
	chunkmap_free(run.map);
	assert_int_equal(chunkmap_new(run.source->size, 7, &run.map, NULL), 0);
	run.pass.map = run.map;
	/* The source is what it says it is: a smaller one is another one. */
	assert_true(pass_full(&run.pass, &err) < 0);
	assert_int_equal(err->kind, ERROR_SOURCE);
	error_free(err);
	end(&run);
	assert_int_equal(truncate("source", SIZE / 4096 * 4096), 0);
	begin(&run, device);
	assert_int_equal(pass_full(&run.pass, NULL), 0);
	assert_memory_equal(run.sector0, image, 4096);
	assert_int_equal(pass_verify(&run.pass, run.digest, NULL), 0);
	end(&run);
	scratch_unloop(device);
	assert_int_equal(truncate("source", SIZE), 0);
	scratch_put("source", image + SIZE - 512 * 8, 512 * 8, SIZE - 512 * 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_verifies_rereads),
		cmocka_unit_test(finds_a_flipped_bit),
		cmocka_unit_test(goes_on_from_a_watermark),
		cmocka_unit_test(stops_by_order),
		cmocka_unit_test(never_compares_what_it_never_saw),
		cmocka_unit_test(keeps_a_4096_byte_sector),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
