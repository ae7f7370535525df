/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_GUEST_GOLDEN_H
#define LANDER_TESTS_GUEST_GOLDEN_H

/* Golden trees: whole files of a guest before and after a conversion.  They
 * show what is written, not that a system boots with it. */

#include "base/error.h"
#include "base/io.h"
#include "disk/volume.h"
#include "guest/convert.h"
#include "guest_tree.h"

#define TEXT(s) ((char *)(uintptr_t)(s))

struct golden {
	const char *path;   /* "/etc/fstab" */
	const char *before; /* NULL: not there */
	const char *after;  /* NULL: not there; the same pointer: unchanged */
};

static inline void golden_put(const struct golden *row, size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		char path[300];

		if (!row[i].before)
			continue;
		(void)snprintf(path, sizeof(path), "guest%s", row[i].path);
		assert_int_equal(io_make_parents(path, NULL), 0);
		assert_int_equal(io_replace_file(path, row[i].before,
						 strlen(row[i].before), NULL),
				 0);
	}
}

static inline void golden_make(const struct golden *row, size_t rows)
{
	guest_make("true");
	golden_put(row, rows);
}

static inline void golden_check(const struct golden *row, size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		char path[300];
		char *text = NULL;
		int r;

		(void)snprintf(path, sizeof(path), "guest%s", row[i].path);
		r = io_read_file(path, 1 << 20, &text, NULL, NULL);
		if (r < 0 && row[i].after)
			fail_msg("%s is not there", row[i].path);
		if (r == 0 && !row[i].after)
			fail_msg("%s is there", row[i].path);
		if (r == 0 && strcmp(text, row[i].after) != 0)
			fail_msg("%s is:\n%s\nand not:\n%s", row[i].path, text,
				 row[i].after);
		free(text);
	}
}

/* Everything in the tree, for comparing before and after. */
static inline char *golden_state(void)
{
	static const char *const argv[] = {
		"sh", "-c",
		"cd guest && find . -printf '%p %y %m %l %s %T@ %i\\n' | sort",
		NULL};
	const struct process process = {.argv = argv};
	char *output = NULL;

	assert_int_equal(process_run(&process, &output, NULL), 0);
	return output;
}

/* A step with this outcome tells this. */
static inline bool golden_told(const struct convert *convert,
			       enum step_outcome outcome, const char *text)
{
	for (size_t i = 0; i < convert->steps.count; i++)
		if (convert->steps.step[i].outcome == outcome &&
		    strstr(convert->steps.step[i].text, text))
			return true;
	return false;
}

static inline size_t golden_count(const struct convert *convert,
				  enum step_outcome outcome)
{
	size_t count = 0;

	for (size_t i = 0; i < convert->steps.count; i++)
		count += convert->steps.step[i].outcome == outcome;
	return count;
}

static inline struct volume golden_volume(const char *device, const char *fs,
					  const char *uuid,
					  const char *partuuid,
					  unsigned int number)
{
	return (struct volume){.device = TEXT(device),
			       .fs = TEXT(fs),
			       .uuid = TEXT(uuid),
			       .partuuid = TEXT(partuuid),
			       .number = number};
}

typedef int golden_part(struct convert *convert, struct error **err);

/* Converts twice: the second time changes nothing and says so.  Returns what
 * the first one did. */
static inline int golden_twice(golden_part *part, struct convert *convert)
{
	struct convert again = *convert;
	struct error *error = NULL;
	char *before;
	char *after;
	int r = part(convert, &error);

	guest_stayed_inside();
	if (r < 0) {
		assert_int_equal(error->kind, ERROR_CONVERT);
		print_message("%s\n", error->msg);
		error_free(error);
		return r;
	}
	before = golden_state();
	assert_int_equal(part(&again, NULL), 0);
	assert_int_equal(golden_count(&again, STEP_DONE), 0);
	after = golden_state();
	assert_string_equal(before, after);
	free(before);
	free(after);
	steps_free(&again.steps);
	return 0;
}

#define GOLDEN_ROWS(row) row, sizeof(row) / sizeof(*(row))

#endif
