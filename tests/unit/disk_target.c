/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The open target: files and, where the machine has them, loop devices.
 */
#include <sys/stat.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/blockdev.h"
#include "disk/record.h"
#include "disk/target.h"
#include "disk_scratch.h"

#define MIB ((uint64_t)1 << 20)

static struct target *open_path(const char *path, uint64_t size)
{
	struct blockdev disk = {0};
	struct target *target = NULL;

	assert_int_equal(blockdev_probe(path, &disk, NULL), 0);
	assert_int_equal(target_open(&disk, size, &target, NULL), 0);
	blockdev_done(&disk);
	return target;
}

static void extends_a_file(void **state)
{
	struct target *target;
	struct stat st;

	(void)state;
	scratch_file("small", 0);
	target = open_path("small", 3 * MIB);
	assert_int_equal(target->size, 3 * MIB);
	assert_int_equal(target->logical_block, 512);
	assert_int_equal(stat("small", &st), 0);
	assert_int_equal(st.st_size, 3 * MIB);
	assert_int_equal(st.st_blocks, 0);
	target_close(target);
	/* Never shortened. */
	target = open_path("small", MIB);
	assert_int_equal(target->size, 3 * MIB);
	target_close(target);
}

/* Any buffer, any alignment of it; the file system may or may not do direct
 * I/O: /dev/shm is a tmpfs, which did not before Linux 6.6. */
static void reads_what_it_wrote(void **state)
{
	static const char *const place[] = {"rw", "/dev/shm/lander-unit-rw"};

	(void)state;
	for (int p = 0; p < 2; p++) {
		struct target *target;
		char out[1024 + 1];
		char in[1024 + 1];

		if (p == 1 && access("/dev/shm", W_OK) < 0)
			continue;
		scratch_file(place[p], MIB);
		target = open_path(place[p], 0);
		for (size_t i = 0; i < sizeof(out); i++)
			out[i] = (char)(i * 7);
		assert_int_equal(
			target_write(target, out + 1, 1024, 4608, NULL), 0);
		assert_int_equal(target_flush(target, NULL), 0);
		assert_int_equal(target_read(target, in + 1, 1024, 4608, NULL),
				 0);
		assert_memory_equal(in + 1, out + 1, 1024);
		target_close(target);
		scratch_get(place[p], in, 1024, 4608);
		assert_memory_equal(in, out + 1, 1024);
		(void)unlink(place[p]);
	}
}

static void refuses_what_is_not_on_the_disk(void **state)
{
	struct target *target;
	struct error *err = NULL;
	char block[512] = {0};

	(void)state;
	scratch_file("bounds", MIB);
	target = open_path("bounds", 0);
	assert_int_equal(target_write(target, block, 512, MIB, &err), -EINVAL);
	error_clear(&err);
	assert_int_equal(target_write(target, block, 512, 100, NULL), -EINVAL);
	assert_int_equal(target_read(target, block, 100, 0, NULL), -EINVAL);
	assert_int_equal(target_zero(target, MIB - 512, 1024, NULL), -EINVAL);
	assert_int_equal(target_zero(target, UINT64_MAX - 511, 512, NULL),
			 -EINVAL);
	target_close(target);
}

static void fill(const char *name, uint64_t size)
{
	char *bytes = malloc(size);

	memset(bytes, 0xa5, size);
	scratch_put(name, bytes, size, 0);
	free(bytes);
}

static void expect_zeroed(const char *name, uint64_t size, uint64_t from,
			  uint64_t length)
{
	char *bytes = malloc(size);

	scratch_get(name, bytes, size, 0);
	assert_true(io_is_zero(bytes + from, length));
	for (uint64_t i = 0; i < size; i++)
		if (i < from || i >= from + length)
			assert_int_equal((unsigned char)bytes[i], 0xa5);
	free(bytes);
}

/* Both rungs of the ladder give the same bytes. */
static void zeroes_exactly_the_range(void **state)
{
	(void)state;
	for (int ways = 0; ways < 2; ways++) {
		struct target *target;

		scratch_file("zero", 3 * MIB);
		fill("zero", 3 * MIB);
		target = open_path("zero", 0);
		if (!ways)
			target->zero_ways = 0;
		assert_int_equal(target_zero(target, 512, 2 * MIB + 512, NULL),
				 0);
		assert_int_equal(target_zero(target, 0, 0, NULL), 0);
		target_close(target);
		expect_zeroed("zero", 3 * MIB, 512, 2 * MIB + 512);
	}
}

/* A blank thin disk stays thin, also without write-zeroes. */
static void comparing_writes_nothing_over_zeroes(void **state)
{
	struct target *target;
	struct stat st;

	(void)state;
	scratch_file("thin", 8 * MIB);
	target = open_path("thin", 0);
	target->zero_ways = 0;
	assert_int_equal(target_zero(target, 0, 8 * MIB, NULL), 0);
	target_close(target);
	assert_int_equal(stat("thin", &st), 0);
	assert_int_equal(st.st_blocks, 0);
}

static void writes_a_record(void **state)
{
	struct record record = {.job = "0f9619ff-8b86-4d11-b42d-00c04fc964ff",
				.sequence = 4};
	struct record found;
	struct target *target;
	uint8_t sector[4096];

	(void)state;
	scratch_file("record", MIB);
	fill("record", MIB);
	target = open_path("record", 0);
	target->logical_block = 4096;
	assert_int_equal(target_write_record(target, &record, NULL), 0);
	target_close(target);
	assert_int_equal(record.sequence, 5);
	scratch_get("record", sector, sizeof(sector), 0);
	assert_int_equal(record_parse(sector, &found), RECORD_VALID);
	assert_memory_equal(&found, &record, sizeof(record));
	assert_true(io_is_zero(sector + 512, sizeof(sector) - 512));
	scratch_get("record", sector, 512, 4096);
	assert_int_equal(sector[0], 0xa5);
}

static void a_loop_device(unsigned int sector)
{
	struct blockdev disk = {0};
	struct target *target = NULL;
	struct target *second = NULL;
	struct error *err = NULL;
	char device[32];

	scratch_file("loop", 4 * MIB);
	fill("loop", 4 * MIB);
	if (!scratch_loop("loop", sector, device, sizeof(device)))
		skip();
	assert_int_equal(blockdev_probe(device, &disk, NULL), 0);
	assert_true(disk.is_block);
	assert_int_equal(disk.size, 4 * MIB);
	assert_int_equal(disk.logical_block, sector);
	assert_int_equal(target_open(&disk, 0, &target, NULL), 0);
	assert_true(target->direct);
	assert_int_equal(target->logical_block, sector);
	assert_int_equal(target->size, 4 * MIB);
	/* The kernel refuses a second exclusive open. */
	assert_int_equal(target_open(&disk, 0, &second, &err), -EBUSY);
	assert_int_equal(err->kind, ERROR_TARGET);
	error_free(err);
	assert_int_equal(target_zero(target, MIB, MIB, NULL), 0);
	assert_int_equal(target_flush(target, NULL), 0);
	target_close(target);
	blockdev_done(&disk);
	scratch_unloop(device);
	expect_zeroed("loop", 4 * MIB, MIB, MIB);
}

static void loop_device_of_512(void **state)
{
	(void)state;
	a_loop_device(512);
}

static void loop_device_of_4096(void **state)
{
	(void)state;
	a_loop_device(4096);
}

static void a_read_only_device_is_refused(void **state)
{
	struct blockdev disk = {0};
	struct target *target = NULL;
	char device[32];
	int r;

	(void)state;
	scratch_file("ro", MIB);
	if (!scratch_loop("ro", 0, device, sizeof(device)))
		skip();
	assert_int_equal(blockdev_probe(device, &disk, NULL), 0);
	r = target_open(&disk, 0, &target, NULL);
	assert_true(disk.read_only);
	blockdev_done(&disk);
	scratch_unloop(device);
	assert_true(r == -EROFS || r == -EACCES || r == -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extends_a_file),
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(refuses_what_is_not_on_the_disk),
		cmocka_unit_test(zeroes_exactly_the_range),
		cmocka_unit_test(comparing_writes_nothing_over_zeroes),
		cmocka_unit_test(writes_a_record),
		cmocka_unit_test(loop_device_of_512),
		cmocka_unit_test(loop_device_of_4096),
		cmocka_unit_test(a_read_only_device_is_refused),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
