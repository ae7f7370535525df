/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks as they were: ranges against a plain array of truth, memory that
 * another process finds by its key; and what LVM's tools and tables say. */
#include <sys/types.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lander-source/lvm.h"
#include "lander-source/mapper.h"
#include "lander-source/text.h"
#include "lander-source/view.h"

#define DISKS  2U
#define PLACES 4096U
#define ROUNDS 4000U

/* What each place is read from: 0 the disk, else 1 + the range it is in. */
static unsigned int truth[DISKS][PLACES];

static bool is_free(const struct view_range *range)
{
	for (uint64_t i = range->begin; i < range->end; i++)
		if (truth[range->disk][i])
			return false;
	return true;
}

static void note(const struct view_range *range, unsigned int which)
{
	for (uint64_t i = range->begin; i < range->end; i++)
		truth[range->disk][i] = which;
}

static void look_everywhere(const struct view *view,
			    const struct view_range *given)
{
	for (uint32_t disk = 0; disk < DISKS; disk++)
		for (uint64_t at = 0; at < PLACES;) {
			struct view_range piece =
				view_piece(view, disk, at, PLACES - at);
			unsigned int which = truth[disk][at];

			assert_int_equal(piece.begin, at);
			assert_true(piece.end > at && piece.end <= PLACES);
			for (uint64_t i = at; i < piece.end; i++)
				assert_int_equal(truth[disk][i], which);
			if (!which) {
				assert_int_equal(piece.kind, VIEW_DISK);
				assert_int_equal(piece.offset, at);
			} else {
				const struct view_range *range =
					&given[which - 1];

				assert_int_equal(piece.kind, range->kind);
				assert_int_equal(piece.volume, range->volume);
				assert_int_equal(piece.offset,
						 range->offset + at -
							 range->begin);
			}
			at = piece.end;
		}
}

static void pieces_are_what_was_added(void **state)
{
	static struct view_range given[ROUNDS];
	struct view *view = view_create();
	unsigned int added = 0;

	(void)state;
	assert_non_null(view);
	srandom(20261122);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct view_range *range = &given[i];
		bool room = view->ranges < VIEW_RANGES;

		*range = (struct view_range){
			.disk = (uint32_t)random() % DISKS,
			.kind = 1 + (enum view_kind)(random() % 3),
			.begin = (uint64_t)random() % PLACES,
			.volume = (uint32_t)random() % VIEW_VOLUMES,
			.offset = (uint64_t)random()};
		range->end = range->begin + (uint64_t)random() % 6;
		if (range->end > PLACES)
			range->end = PLACES;
		assert_int_equal(view_add(view, range),
				 range->begin == range->end ||
					 (room && is_free(range)));
		if (room && is_free(range)) {
			note(range, i + 1);
			added += range->begin < range->end;
		}
		assert_int_equal(view->ranges, added);
		if (i % 500 == 0)
			look_everywhere(view, given);
	}
	assert_true(added > 500);
	look_everywhere(view, given);
	view_forget(view);
}

static void another_process_finds_it(void **state)
{
	struct view *view = view_create();
	int status;
	pid_t pid;

	(void)state;
	assert_non_null(view);
	memcpy(view->disk[view->disks++], "8:0", 4);
	view->memory[VIEW_KEPT_MAX - 1] = 7;
	pid = fork();
	if (pid == 0) {
		uint64_t key = view->key;
		const struct view *found;
		uint32_t index = 9;
		bool good;

		view_forget(view);
		found = view_find(key);
		good = found && found->memory[VIEW_KEPT_MAX - 1] == 7 &&
		       view_index(found, "8:0", &index) && index == 0 &&
		       !view_index(found, "8:", &index) &&
		       !view_index(found, "", &index) &&
		       !view_index(found, "8:00", &index) &&
		       !view_find(key ^ (uint64_t)1 << 40) &&
		       !view_find(key ^ 1U);
		_exit(good ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* What is over is found by nobody. */
	atomic_store(&view->over, true);
	assert_null(view_find(view->key));
	view_forget(view);
}

static void nothing_is_left_of_it(void **state)
{
	struct view *view = view_create();
	uint64_t key;

	(void)state;
	assert_non_null(view);
	key = view->key;
	view_forget(view);
	assert_null(view_find(key));
}

static void lines_of_pvs_are_read(void **state)
{
	static const struct {
		const char *line;
		bool good;
		struct lvm_part part;
	} row[] = {
		{"  /dev/vda3|vg|1048576|4194304|25|1",
		 true,
		 {"/dev/vda3", "vg", 1048576, 4194304, 25, 1}},
		{"  /dev/vdb||0|0|0|0 ", true, {"/dev/vdb", "", 0, 0, 0, 0}},
		{"  /dev/vdb|||||", true, {"/dev/vdb", "", 0, 0, 0, 0}},
		{"  WARNING: Device /dev/vdc has |1|2|3|4|5", false, {0}},
		{"  /dev/vda3|vg|1048576|4194304|25", false, {0}},
		{"  /dev/vda3|vg|1048576|4194304|25|1|2", false, {0}},
		{"  /dev/vda3|vg|1048576|4194304||1", false, {0}},
		{"  /dev/vda3|vg|1m|4194304|25|1", false, {0}},
		{"", false, {0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		char *line = strdup(row[i].line);
		struct lvm_part part = {0};

		assert_int_equal(lvm_take_part(line, &part), row[i].good);
		if (row[i].good) {
			assert_string_equal(part.node, row[i].part.node);
			assert_string_equal(part.group, row[i].part.group);
			assert_int_equal(part.data, row[i].part.data);
			assert_int_equal(part.extent, row[i].part.extent);
			assert_int_equal(part.free, row[i].part.free);
			assert_int_equal(part.metadata, row[i].part.metadata);
		}
		free(line);
	}
}

static void names_of_volumes_come_apart(void **state)
{
	static const struct {
		const char *mapped;
		const char *group; /* NULL: it is no volume that is seen */
		const char *volume;
	} row[] = {
		{"vg-root", "vg", "root"},
		{"my--vg-a--b--c", "my-vg", "a-b-c"},
		{"vg-lander--12--34--root", "vg", "lander-12-34-root"},
		{"vg-root-real", NULL, NULL},
		{"vg-root-cow", NULL, NULL},
		{"cryptswap", NULL, NULL},
		{"vg-", NULL, NULL},
		{"-root", NULL, NULL},
		{"", NULL, NULL},
	};
	char group[128];
	char volume[128];
	char again[280];
	struct text text;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_int_equal(
			lvm_split(row[i].mapped, group, volume, sizeof(group)),
			row[i].group != NULL);
		if (!row[i].group)
			continue;
		assert_string_equal(group, row[i].group);
		assert_string_equal(volume, row[i].volume);
		text_begin(&text, again, sizeof(again));
		lvm_join(group, volume, &text);
		assert_string_equal(again, row[i].mapped);
	}
	/* One that is cut off is another one. */
	assert_false(lvm_split("group-volume", group, volume, 6));
}

static void linear_tables_are_read(void **state)
{
	static const struct {
		const char *words;
		const char *number; /* NULL: it is none */
		uint64_t offset;
	} row[] = {
		{"8:3 2048", "8:3", 1048576},
		{"253:0 0", "253:0", 0},
		{"8:3", NULL, 0},
		{"8:3 ", NULL, 0},
		{"8:3 2048 1", NULL, 0},
		{"/dev/sda 2048", NULL, 0},
		{"8:3 18446744073709551615", NULL, 0},
		{"", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		char number[24];
		uint64_t offset = 0;

		assert_int_equal(mapper_linear(row[i].words, number, &offset),
				 row[i].number != NULL);
		if (!row[i].number)
			continue;
		assert_string_equal(number, row[i].number);
		assert_int_equal(offset, row[i].offset);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_what_was_added),
		cmocka_unit_test(another_process_finds_it),
		cmocka_unit_test(nothing_is_left_of_it),
		cmocka_unit_test(lines_of_pvs_are_read),
		cmocka_unit_test(names_of_volumes_come_apart),
		cmocka_unit_test(linear_tables_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
