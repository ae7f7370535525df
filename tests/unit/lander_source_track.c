/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lander-source tells of writes, against what really changed on a disk:
 * nothing may be missed, and little may be told that did not happen. */
#include <inttypes.h>

#include "track_case.h"

#define IMAGE "build/track-unit.img"
#define MIB   ((size_t)1 << 20)

static struct loop loop;
static struct session session;

static int open_both(void **state)
{
	(void)state;
	loop_open(&loop, IMAGE, 64 * MIB);
	session_open(&session);
	session_disk(&session, 0, loop.path);
	return 0;
}

static int close_both(void **state)
{
	(void)state;
	session_close(&session);
	loop_close(&loop);
	return 0;
}

static void skip_without_trace(void)
{
	const char *why = session_track(&session, 0);

	if (!why)
		return;
	print_message("skip: %s\n", why);
	skip();
}

static void expect(const uint64_t (*range)[2], size_t count)
{
	struct cut cut;

	must_cut(&session, 0, &cut);
	for (size_t i = 0; i < cut.count && i < count; i++) {
		assert_int_equal(cut.range[i][0], range[i][0]);
		assert_int_equal(cut.range[i][1], range[i][1]);
	}
	assert_int_equal(cut.count, count);
	cut_done(&cut);
}

static void every_kind_of_write(void **state)
{
	uint64_t discard[2] = {16 * MIB, MIB};
	uint64_t zero[2] = {24 * MIB, MIB + 512};
	static const uint64_t told[][2] = {
		{0, BLOCK},
		{2 * BLOCK, 2 * BLOCK},
		{8 * MIB, 1 << 19},
		{16 * MIB, MIB},
		{24 * MIB, MIB + BLOCK},
		{64 * MIB - BLOCK, BLOCK},
	};

	(void)state;
	skip_without_trace();
	expect(NULL, 0);
	loop_write(&loop, 512, 512);
	loop_write(&loop, 3 * BLOCK - 512, 1024);
	loop_write(&loop, 8 * MIB, 1 << 19);
	assert_int_equal(ioctl(loop.fd, BLKDISCARD, discard), 0);
	assert_int_equal(ioctl(loop.fd, BLKZEROOUT, zero), 0);
	loop_write(&loop, 64 * MIB - 512, 512);
	expect(told, sizeof(told) / sizeof(*told));
	expect(NULL, 0);
	loop_write(&loop, 0, BLOCK);
	expect(told, 1);
}

/* Through a partition: the disk's places are told. */
static void of_partitions(void **state)
{
	static const uint64_t told[][2] = {{5 * MIB, BLOCK}};
	struct cut cut;
	char path[80];
	int fd;

	(void)state;
	skip_without_trace();
	loop_partition(&loop, "label: gpt\\nstart=4MiB, size=8MiB\\n");
	(void)snprintf(path, sizeof(path), "%sp1", loop.path);
	must_cut(&session, 0, &cut);
	assert_true(cut.count >= 1);
	assert_int_equal(cut.range[0][0], 0);
	cut_done(&cut);
	fd = loop.fd;
	loop.fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	assert_true(loop.fd >= 0);
	loop_write(&loop, MIB, BLOCK);
	(void)close(loop.fd);
	loop.fd = fd;
	expect(told, 1);
}

/* More ranges than an answer may have: it is coarser, and still all of it. */
static void very_many_ranges(void **state)
{
	const uint64_t size = 1200 * MIB;
	struct cut cut;
	uint64_t next = 0;

	(void)state;
	(void)shell("truncate -s %" PRIu64 " " IMAGE " && losetup -c %s", size,
		    loop.path);
	session_close(&session);
	session_open(&session);
	session_disk(&session, 0, loop.path);
	skip_without_trace();
	/* Every second block; holes stay holes in the file. */
	for (uint64_t at = 0; at < size; at += (uint64_t)2 * BLOCK) {
		uint64_t range[2] = {at, BLOCK};

		assert_int_equal(ioctl(loop.fd, BLKDISCARD, range), 0);
	}
	must_cut(&session, 0, &cut);
	assert_true(cut.count <= WIRE_CUT_MAX);
	for (size_t i = 0; i < cut.count; i++) {
		assert_true(cut.range[i][0] <= next);
		next = cut.range[i][0] + cut.range[i][1];
		next += (next / BLOCK) % 2 ? BLOCK : 0;
	}
	assert_true(next >= size - (uint64_t)2 * BLOCK);
	cut_done(&cut);
}

static void refusals(void **state)
{
	struct session other;

	(void)state;
	session_open(&other);
	session_disk(&other, 0, shell("realpath " IMAGE));
	assert_non_null(strstr(session_track(&other, 0), "it is a file"));
	session_close(&other);
	loop_partition(&loop, "label: gpt\\nstart=4MiB, size=8MiB\\n");
	session_open(&other);
	session_disk(&other, 0, loop.path);
	{
		char part[80];

		(void)snprintf(part, sizeof(part), "%sp1", loop.path);
		session_disk(&other, 1, part);
	}
	assert_non_null(strstr(session_track(&other, 1), "a partition"));
	session_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_kind_of_write, open_both,
						close_both),
		cmocka_unit_test_setup_teardown(of_partitions, open_both,
						close_both),
		cmocka_unit_test_setup_teardown(refusals, open_both,
						close_both),
		cmocka_unit_test_setup_teardown(very_many_ranges, open_both,
						close_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
