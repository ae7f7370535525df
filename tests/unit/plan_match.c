/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "disk/blockdev.h"
#include "plan/match.h"

#define G (1ULL << 30)

static struct blockdev disk_row[] = {
	{.name = (char *)"vda",
	 .path = (char *)"/dev/vda",
	 .serial = (char *)"A1",
	 .size = 10 * G,
	 .is_block = true},
	{.name = (char *)"vdb",
	 .path = (char *)"/dev/vdb",
	 .serial = (char *)"B2",
	 .size = 20 * G,
	 .is_block = true},
	{.name = (char *)"vdc",
	 .path = (char *)"/dev/vdc",
	 .size = 10 * G,
	 .is_block = true},
};

struct row {
	const char *what;
	uint64_t source[3]; /* sizes in GiB, 0 ends */
	uint64_t target[3];
	const char *usable; /* one letter a target: u usable, - not, x busy */
	const char *disks;  /* disks=, or NULL */
	int chosen[3];	    /* target of each source; -1 in [0]: refused */
	const char *wrong;
};

static const struct row rows[] = {
	{"one to one", {10}, {10}, "u", NULL, {0}, NULL},
	{"one to one, larger", {8}, {10}, "u", NULL, {0}, NULL},
	{"the only one, not empty: the checks will say so",
	 {10},
	 {10},
	 "-",
	 NULL,
	 {0},
	 NULL},
	{"equal size decides", {20}, {10, 20}, "uu", NULL, {1}, NULL},
	{"a data disk is not a candidate",
	 {8},
	 {10, 20},
	 "u-",
	 NULL,
	 {0},
	 NULL},
	{"two that could", {8}, {10, 20}, "uu", NULL, {-1}, "not clear"},
	{"two equal disks", {10}, {10, 10}, "uu", NULL, {-1}, "not clear"},
	{"two equal disks, named", {10}, {10, 10}, "uu", "vdb", {1}, NULL},
	{"named by path", {10}, {10, 20}, "uu", "/dev/vdb", {1}, NULL},
	{"named by serial", {10}, {10, 20}, "uu", "B2", {1}, NULL},
	{"named with an empty source", {10}, {10, 20}, "uu", ":vdb", {1}, NULL},
	{"named, not there",
	 {10},
	 {10, 20, 10},
	 "u-u",
	 "vdz",
	 {-1},
	 "disks: no disk of this machine is 'vdz', or more than one; it has: "
	 "vda "
	 "(10.0 GiB, serial A1), vdb (20.0 GiB, serial B2), vdc (10.0 GiB)"},
	{"named twice",
	 {10, 10},
	 {10, 20},
	 "uu",
	 "a:vda,b:vda",
	 {-1},
	 "named twice"},
	{"more names than disks",
	 {10},
	 {10, 20},
	 "uu",
	 "vda,vdb",
	 {-1},
	 "has no source disk"},
	{"two by size", {20, 10}, {10, 20}, "uu", NULL, {1, 0}, NULL},
	{"two by size, larger targets",
	 {15, 10},
	 {10, 20},
	 "uu",
	 NULL,
	 {1, 0},
	 NULL},
	{"two equal sources",
	 {10, 10},
	 {10, 20},
	 "uu",
	 NULL,
	 {-1},
	 "not clear"},
	{"one named, the other left over",
	 {10, 10},
	 {10, 20},
	 "uu",
	 "b:vdb",
	 {1, 0},
	 NULL},
	{"more sources than disks", {10, 5}, {10}, "u", NULL, {-1}, "no empty"},
	{"nothing is large enough", {30}, {10, 20}, "uu", NULL, {-1}, "disks="},
	{"all in use", {10}, {10, 20}, "xx", NULL, {-1}, "no empty disk"},
	{"no disk at all", {10}, {0}, "", NULL, {-1}, "no disk"},
};

static void run_row(const struct row *row)
{
	struct match_source source[3] = {{0}};
	struct match_target target[3] = {{0}};
	struct blockdevs disks = {disk_row, 0};
	struct match match = {source, 0, target, 0, &disks};
	struct match_wishes wishes = {0};
	struct error *error = NULL;
	int r;

	for (; match.sources < 3 && row->source[match.sources];
	     match.sources++) {
		source[match.sources].name = match.sources ? "b" : "a";
		source[match.sources].size = row->source[match.sources] * G;
	}
	for (; match.targets < 3 && row->target[match.targets];
	     match.targets++) {
		char kind = row->usable[match.targets];

		disk_row[match.targets].size = row->target[match.targets] * G;
		target[match.targets] = (struct match_target){
			.size = row->target[match.targets] * G,
			.usable = kind == 'u',
			.free = kind != 'x'};
	}
	disks.count = match.targets;
	assert_int_equal(match_parse(row->disks, &wishes, NULL), 0);
	r = match_choose(&match, &wishes, &error);
	if (row->chosen[0] < 0) {
		if (r == 0 || !strstr(error->msg, row->wrong))
			fail_msg("%s: %s", row->what,
				 error ? error->msg : "was accepted");
	} else if (r < 0) {
		fail_msg("%s: %s", row->what, error->msg);
	}
	for (size_t i = 0; r == 0 && i < match.sources; i++)
		if ((int)source[i].target != row->chosen[i])
			fail_msg("%s: source %zu got target %zu", row->what, i,
				 source[i].target);
	error_free(error);
	match_done(&wishes);
}

static void every_row_of_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		run_row(&rows[i]);
}

static void a_record_decides_between_equal_disks(void **state)
{
	struct match_source source[] = {{"a", 10 * G, 0}, {"b", 10 * G, 0}};
	struct match_target target[] = {
		{10 * G, true, true, true, 1},
		{10 * G, true, true, true, 0},
	};
	struct blockdevs disks = {disk_row, 2};
	struct match match = {source, 2, target, 2, &disks};
	struct match_wishes wishes = {0};

	(void)state;
	disk_row[0].size = disk_row[1].size = 10 * G;
	assert_int_equal(match_choose(&match, &wishes, NULL), 0);
	assert_int_equal(source[0].target, 1);
	assert_int_equal(source[1].target, 0);
}

static void a_path_with_colons_is_a_target(void **state)
{
	struct match_wishes wishes = {0};

	(void)state;
	assert_int_equal(match_parse("/dev/disk/by-path/pci-0000:00:05.0",
				     &wishes, NULL),
			 0);
	assert_null(wishes.wish[0].source);
	assert_string_equal(wishes.wish[0].target,
			    "/dev/disk/by-path/pci-0000:00:05.0");
	match_done(&wishes);
	assert_int_equal(
		match_parse("root:/dev/disk/by-path/pci-0:1", &wishes, NULL),
		0);
	assert_string_equal(wishes.wish[0].source, "root");
	assert_string_equal(wishes.wish[0].target, "/dev/disk/by-path/pci-0:1");
	match_done(&wishes);
	assert_true(match_parse("a:", &wishes, NULL) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_table),
		cmocka_unit_test(a_record_decides_between_equal_disks),
		cmocka_unit_test(a_path_with_colons_is_a_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
