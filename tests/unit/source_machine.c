/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The control session of a source machine.  Alone: what it refuses before any
 * machine is asked.  For tests/cmd and tests/vm, with
 * ADDRESS HOSTKEY KEY DISK…: takes orders from stdin, a line each, and says
 * what came of them; the last line is "=", the result and its words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/extent.h"
#include "source/machine.h"
#include "source/source.h"

#define WORDS 64

static void bad_addresses_are_refused(void **state)
{
	static const struct {
		const char *uri;
		const char *hostkey;
		enum error_kind kind;
	} bad[] = {
		{"ssh://root:secret@127.0.0.1/", "SHA256:x", ERROR_CONFIG},
		{"ssh://127.0.0.1:0/", "SHA256:x", ERROR_CONFIG},
		{"ssh://127.0.0.1:1/", "SHA256:short", ERROR_CONFIG},
		{"ssh://127.0.0.1:1/",
		 "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		 ERROR_NETWORK},
	};
	static char *const disks[] = {NULL};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct source_spec spec = {.uri = bad[i].uri,
					   .hostkey = bad[i].hostkey};
		struct machine *machine = NULL;
		struct error *err = NULL;

		assert_true(machine_open(&spec, disks, NULL, &machine, &err) <
			    0);
		assert_non_null(err);
		assert_int_equal(err->kind, bad[i].kind);
		assert_null(machine);
		assert_null(strstr(err->msg, "secret"));
		error_free(err);
	}
	machine_close(NULL);
}

/* --- for other tests --------------------------------------------------- */

static void tell(const char *what, int r, char *text, struct error *err)
{
	if (text && *text)
		(void)printf("%s%s", text,
			     text[strlen(text) - 1] == '\n' ? "" : "\n");
	(void)printf("= %s %s%s%s\n", what, r < 0 ? "failed" : "ok",
		     err ? ": " : "", err ? err->msg : "");
	(void)fflush(stdout);
	free(text);
	error_free(err);
}

static int order_stillness(struct machine *machine, char **word, char **text,
			   struct error **err)
{
	struct machine_stillness how = {.units = word + 2};
	bool prepare = !strcmp(word[0], "prepare");

	if (word[1] && !strcmp(word[1], "freeze"))
		how.kind = WIRE_QUIESCE_FREEZE;
	else if (word[1] && !strcmp(word[1], "readonly"))
		how.kind = WIRE_QUIESCE_READONLY;
	if (!word[1])
		how.units = NULL;
	return prepare ? machine_prepare(machine, &how, text, err)
		       : machine_quiesce(machine, &how, text, err);
}

/* "OFFSET LENGTH" a line, or "lost: REASON". */
static int order_cut(struct machine *machine, const char *disk, char **text,
		     struct error **err)
{
	struct extents extents = {0};
	char *reason = NULL;
	size_t length = 0;
	FILE *lines;
	int r = machine_cut(machine, (uint32_t)atoi(disk), &extents, &reason,
			    err);

	if (r < 0)
		return r;
	lines = open_memstream(text, &length);
	assert_non_null(lines);
	if (reason)
		(void)fprintf(lines, "lost: %s\n", reason);
	for (size_t i = 0; i < extents.count; i++)
		(void)fprintf(lines, "%llu %llu\n",
			      (unsigned long long)extents.range[i].offset,
			      (unsigned long long)extents.range[i].length);
	(void)fclose(lines);
	extents_done(&extents);
	free(reason);
	return 0;
}

static int order(struct machine *machine, char **word, char **text,
		 struct error **err)
{
	if (!strcmp(word[0], "prepare") || !strcmp(word[0], "quiesce"))
		return order_stillness(machine, word, text, err);
	if (!strcmp(word[0], "thaw"))
		return machine_thaw(machine, text, err);
	if (!strcmp(word[0], "sync"))
		return machine_sync(machine, err);
	if (!strcmp(word[0], "still"))
		return machine_still(machine, err);
	if (!strcmp(word[0], "track") && word[1])
		return machine_track(machine, (uint32_t)atoi(word[1]), err);
	if (!strcmp(word[0], "cut") && word[1])
		return order_cut(machine, word[1], text, err);
	if (!strcmp(word[0], "poweroff"))
		return machine_fence(machine, WIRE_FENCE_POWEROFF, err);
	if (!strcmp(word[0], "nic"))
		return machine_fence(machine, WIRE_FENCE_NIC, err);
	if (!strcmp(word[0], "lost"))
		return machine_lost(machine) ? 0 : -1;
	return error_set(err, ERROR_CONFIG, 0, "'%s' is no order", word[0]);
}

static void obey(struct machine *machine, char *line)
{
	char *word[WORDS + 1] = {NULL};
	char *rest = NULL;
	char *text = NULL;
	struct error *err = NULL;
	size_t count = 0;
	int r;

	for (char *at = strtok_r(line, " \n", &rest); at && count < WORDS;
	     at = strtok_r(NULL, " \n", &rest))
		word[count++] = at;
	if (!count)
		return;
	r = order(machine, word, &text, &err);
	tell(word[0], r, text, err);
}

static int drive(char **argument)
{
	struct source_spec spec = {.uri = argument[0],
				   .hostkey = argument[1],
				   .identity = argument[2]};
	struct machine *machine = NULL;
	struct error *err = NULL;
	char line[4096];
	int r = machine_open(&spec, argument + 3, NULL, &machine, &err);

	tell("open", r, NULL, err);
	if (r < 0)
		return 1;
	while (fgets(line, sizeof(line), stdin))
		obey(machine, line);
	machine_close(machine);
	tell("close", 0, NULL, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_addresses_are_refused),
	};

	if (argc > 3)
		return drive(argv + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
