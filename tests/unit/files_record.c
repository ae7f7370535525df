/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of files out of bytes: what is whole is taken as it is, and what no
 * honest source says is refused, whatever it is.
 */
#include "files/files_record.h"

#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

#define ROUNDS 200000

static uint8_t buf[8192];

/* An entry; the length of its record. */
static size_t put_entry(uint8_t *at, struct wire_entry entry, const char *name,
			const char *target)
{
	uint8_t *to;

	entry.name = (uint16_t)strlen(name);
	entry.target = (uint16_t)strlen(target);
	to = wire_put_record(at, WIRE_ENTRY,
			     WIRE_ENTRY_BYTES + entry.name + entry.target);
	to = wire_put_entry(to, &entry);
	memcpy(to, name, entry.name);
	memcpy(to + entry.name, target, entry.target);
	return (size_t)(to - at) + entry.name + entry.target;
}

static int take(size_t length, struct files_record *ret)
{
	/* A copy of just so many bytes: who reads behind them is found. */
	uint8_t *exact = malloc(length ? length : 1);
	struct files_frame frame = {exact, length};
	int r;

	memcpy(exact, buf, length);
	r = files_record_take(&frame, ret, NULL);
	if (r > 0)
		assert_true(frame.left < length);
	free(exact);
	return r;
}

static int take_entry(struct wire_entry entry, const char *name,
		      const char *target)
{
	struct files_record record;

	return take(put_entry(buf, entry, name, target), &record);
}

static const struct wire_entry file = {.mode = S_IFREG | 0644,
				       .size = 12345678901,
				       .inode = 7,
				       .links = 1,
				       .uid = 4294967294U,
				       .mtime = -5,
				       .mtime_ns = 999999999,
				       .marks = WIRE_MARK_MORE};

static void entries_are_taken(void **state)
{
	struct wire_entry link = {.mode = S_IFLNK | 0777};
	struct files_record record;

	(void)state;
	assert_int_equal(take(put_entry(buf, file, "a\n\xff", ""), &record), 1);
	assert_int_equal(record.kind, WIRE_ENTRY);
	assert_string_equal(record.name, "a\n\xff");
	assert_int_equal(record.entry.size, 12345678901);
	assert_int_equal(record.entry.uid, 4294967294U);
	assert_int_equal(record.entry.mtime, -5);
	assert_int_equal(record.entry.mtime_ns, 999999999);
	assert_int_equal(take(put_entry(buf, link, "l", "/../x"), &record), 1);
	assert_string_equal(record.target, "/../x");
	assert_int_equal(take(0, &record), 0);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const bad[] = {".", "..",   "a/b",
					  "/", "../x", "/etc"};
	struct wire_entry folder = {.mode = S_IFDIR | 0755};
	char name[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_true(take_entry(file, bad[i], "") < 0);
	memset(name, 'x', sizeof(name));
	name[255] = '\0';
	assert_int_equal(take_entry(file, name, ""), 1);
	name[255] = 'x';
	name[256] = '\0';
	assert_true(take_entry(file, name, "") < 0);
	/* Only a directory is without a name: the one that was asked for. */
	assert_int_equal(take_entry(folder, "", ""), 1);
	assert_true(take_entry(file, "", "") < 0);
}

static void entries_that_are_none_are_refused(void **state)
{
	struct wire_entry entry = file;

	(void)state;
	assert_true(take_entry(file, "a", "target") < 0);
	entry.mode = S_IFLNK | 0777;
	assert_true(take_entry(entry, "a", "") < 0);
	entry.mode = 0644;
	assert_true(take_entry(entry, "a", "") < 0);
	entry.mode = S_IFREG | 0644 | 1U << 20;
	assert_true(take_entry(entry, "a", "") < 0);
	entry = file;
	entry.mtime_ns = 1000000000;
	assert_true(take_entry(entry, "a", "") < 0);
	entry = file;
	entry.size = (uint64_t)INT64_MAX + 1;
	assert_true(take_entry(entry, "a", "") < 0);
}

static size_t put_xattr(const char *name, size_t value)
{
	uint8_t *at = wire_put_record(
		buf, WIRE_XATTR,
		(uint32_t)(WIRE_XATTR_BYTES + strlen(name) + value));

	at = wire_put16(at, (uint16_t)strlen(name));
	at = wire_put16(at, 0);
	at = wire_put32(at, (uint32_t)value);
	memcpy(at, name, strlen(name));
	return WIRE_RECORD_BYTES + WIRE_XATTR_BYTES + strlen(name) + value;
}

static void other_records_keep_their_bounds(void **state)
{
	struct files_record record;
	size_t length;

	(void)state;
	assert_int_equal(take(put_xattr("user.x", 100), &record), 1);
	assert_int_equal(record.length, 100);
	assert_true(take(put_xattr("", 5), &record) < 0);
	length = put_xattr("user.x", 100);
	assert_true(take(length - 1, &record) < 0);

	/* Data that would be written beyond the end of any file. */
	(void)wire_put64(wire_put_record(buf, WIRE_DATA, 9),
			 (uint64_t)INT64_MAX);
	assert_true(take(WIRE_RECORD_BYTES + 9, &record) < 0);
	(void)wire_put64(wire_put_record(buf, WIRE_DATA, 9), 5);
	assert_int_equal(take(WIRE_RECORD_BYTES + 9, &record), 1);
	(void)wire_put64(wire_put_record(buf, WIRE_DATA, 8), 5);
	assert_true(take(WIRE_RECORD_BYTES + 8, &record) < 0);
	memset(wire_put_record(buf, WIRE_END, 17), 0, 17);
	assert_true(take(WIRE_RECORD_BYTES + 17, &record) < 0);
	(void)wire_put_record(buf, 99, 0);
	assert_true(take(WIRE_RECORD_BYTES, &record) < 0);
	buf[1] = 1;
	assert_true(take(WIRE_RECORD_BYTES, &record) < 0);
}

/* Whatever comes: it is within its bounds, or refused. */
static void noise_is_survived(void **state)
{
	struct files_record record;
	unsigned int taken = 0;

	(void)state;
	srandom(1);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		size_t length = put_entry(buf, file, "name", "");

		if (i % 3 == 1)
			length = put_xattr("user.name", 40);
		if (i % 3 == 2) {
			(void)wire_put_record(buf, (uint8_t)(random() % 8), 90);
			length = WIRE_RECORD_BYTES + 90;
		}
		for (long n = random() % 4; n >= 0; n--)
			buf[(size_t)random() % length] = (uint8_t)random();
		if (take(length, &record) <= 0)
			continue;
		taken++;
		assert_true(strlen(record.name) <= WIRE_NAME_MAX);
		if (record.kind == WIRE_ENTRY || record.kind == WIRE_SHORT)
			assert_null(strchr(record.name, '/'));
		if (record.kind == WIRE_XATTR || record.kind == WIRE_DATA)
			assert_true(record.length <= length);
	}
	assert_true(taken > ROUNDS / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_taken),
		cmocka_unit_test(names_that_lead_elsewhere_are_refused),
		cmocka_unit_test(entries_that_are_none_are_refused),
		cmocka_unit_test(other_records_keep_their_bounds),
		cmocka_unit_test(noise_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
