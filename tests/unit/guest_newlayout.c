/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fstab, crypttab and mdadm.conf for new layouts.  Each case of
 * guest_newlayout.cases is a machine in words (fit_case.h), the layout that
 * plan/fit makes of it, and texts before ("--- fstab") and after ("+++ fstab",
 * absent where nothing changes).  Whatever comes out goes in once more and has
 * to stay as it is.  NEWLAYOUT_CASES=write prints the file anew, to be read
 * before it is kept.
 */
#include "base/io.h"
#include "fit_case.h"
#include "guest/newlayout.h"
#include "guest/newlayout_crypttab.h"
#include "guest/newlayout_fstab.h"
#include "guest/newlayout_mdadm.h"
#include "guest/steps.h"
#include "plan/fit_old.h"

#define CASES "tests/unit/guest_newlayout.cases"

enum { CRYPTTAB, FSTAB, MDADM, TEXTS };
static const char *const names[TEXTS] = {"crypttab", "fstab", "mdadm"};

/* The text below "--- fstab", up to the next such line; NULL: none. */
static char *section(const char *body, const char *sign, const char *name)
{
	char mark[40];
	const char *from;
	const char *to;

	(void)snprintf(mark, sizeof(mark), "\n%s %s\n", sign, name);
	from = strstr(body, mark);
	if (!from)
		return NULL;
	from += strlen(mark);
	to = from;
	while (*to && strncmp(to, "--- ", 4) && strncmp(to, "+++ ", 4) &&
	       strncmp(to, "... ", 4)) {
		to += strcspn(to, "\n");
		to += *to == '\n';
	}
	return strndup(from, (size_t)(to - from));
}

/* The machine's words end where the first text begins. */
static size_t machine_length(const char *body)
{
	size_t length = 0;

	while (body[length] && strncmp(body + length, "\n--- ", 5) != 0 &&
	       strncmp(body + length, "\n+++ ", 5) != 0)
		length++;
	return length;
}

/* One text; what was made is in fresh[], and its steps are added. */
static void change(const struct newlayout *layout, int which, const char *text,
		   char **fresh, struct steps *steps)
{
	struct newlayout_text work = {
		.layout = layout, .text = text, .steps = steps};
	struct error *err = NULL;
	int r = -1;

	if (which == CRYPTTAB)
		r = newlayout_crypttab(&work, &err);
	else if (which == FSTAB)
		r = newlayout_fstab(&work, fresh[CRYPTTAB], &err);
	else
		r = newlayout_mdadm(&work, "/etc/mdadm.conf", &err);
	if (r < 0)
		fail_msg("%s", err->msg);
	assert_int_equal(r, strcmp(work.fresh, text) != 0);
	free(fresh[which]);
	fresh[which] = work.fresh;
}

static void print_text(const char *sign, const char *name, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	if (text)
		printf("%s %s\n%s%s", sign, name, text,
		       length && text[length - 1] != '\n' ? "\n" : "");
}

static void print_case(const char *name, const char *body, char *const *old,
		       char *const *fresh, const struct steps *steps)
{
	printf("=== %s\n%.*s\n", name, (int)machine_length(body), body);
	for (int i = 0; i < TEXTS; i++)
		if (old[i] || (fresh[i] && *fresh[i])) {
			print_text("---", names[i], old[i]);
			if (!old[i] || strcmp(old[i], fresh[i]) != 0)
				print_text("+++", names[i], fresh[i]);
		}
	if (!steps->count)
		return;
	printf("... told\n");
	for (size_t i = 0; i < steps->count; i++)
		printf("%s: %s: %s\n", steps_word(steps->step[i].outcome),
		       steps->step[i].name, steps->step[i].text);
}

static bool is_told(const char *body, const struct steps *steps)
{
	char *want = section(body, "...", "told");
	char *have = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&have, &length);
	bool same;

	for (size_t i = 0; i < steps->count; i++)
		(void)fprintf(out, "%s: %s: %s\n",
			      steps_word(steps->step[i].outcome),
			      steps->step[i].name, steps->step[i].text);
	assert_int_equal(fclose(out), 0);
	same = !strcmp(have, want ? want : "");
	if (!same)
		print_message("told:\n%sand not\n%s", have, want ? want : "");
	free(have);
	free(want);
	return same;
}

/* The sections are as the case has them, and stay so when done again. */
static bool is_right(const struct newlayout *layout, const char *body,
		     char *const *old, char **fresh)
{
	bool right = true;

	for (int i = 0; i < TEXTS; i++) {
		char *want = section(body, "+++", names[i]);
		const char *expect = want ? want : old[i] ? old[i] : "";
		struct steps again = {0};
		char *once = fresh[i] ? strdup(fresh[i]) : NULL;

		if (strcmp(once ? once : "", expect) != 0) {
			print_message("%s is:\n%sand not\n%s", names[i],
				      once ? once : "", expect);
			right = false;
		}
		if (once)
			change(layout, i, once, fresh, &again);
		if (once && strcmp(once, fresh[i]) != 0) {
			print_message("%s, once more:\n%sand not\n%s", names[i],
				      fresh[i], once);
			right = false;
		}
		steps_free(&again);
		free(once);
		free(want);
	}
	return right;
}

static bool do_case(const char *name, const char *body, bool write)
{
	char *machine = strndup(body, machine_length(body));
	struct fit_case *c = case_read(machine);
	char *old[TEXTS] = {NULL};
	char *fresh[TEXTS] = {NULL};
	struct newlayout layout = {0};
	struct steps steps = {0};
	struct error *err = NULL;
	struct fit fit;
	bool right;

	if (fit_make(&c->order, &fit, &err) < 0)
		fail_msg("%s: %s", name, err->msg);
	assert_int_equal(fit_old(&c->order, &fit, &layout, NULL), 0);
	for (int i = 0; i < TEXTS; i++) {
		old[i] = section(body, "---", names[i]);
		if (old[i] || i == FSTAB)
			change(&layout, i, old[i] ? old[i] : "", fresh, &steps);
	}
	if (write)
		print_case(name, body, old, fresh, &steps);
	right = write || is_told(body, &steps);
	right = (write || is_right(&layout, body, old, fresh)) && right;
	for (int i = 0; i < TEXTS; i++) {
		free(old[i]);
		free(fresh[i]);
	}
	steps_free(&steps);
	newlayout_done(&layout);
	fit_done(&fit);
	case_free(c);
	free(machine);
	return right;
}

static void each_case(void **state)
{
	bool write = getenv("NEWLAYOUT_CASES") != NULL;
	unsigned int count = 0;
	unsigned int failed = 0;
	char *text = NULL;
	char *next;

	(void)state;
	assert_int_equal(io_read_file(CASES, 1 << 20, &text, NULL, NULL), 0);
	for (char *at = strstr(text, "=== "); at; at = next) {
		char *body = strchr(at, '\n');

		next = strstr(at + 4, "\n=== ");
		if (next)
			*++next = '\0';
		*body++ = '\0';
		if (!do_case(at + 4, body, write)) {
			print_message("… in: %s\n", at + 4);
			failed++;
		}
		if (next)
			*next = '=';
		count++;
	}
	free(text);
	print_message("%u cases\n", count);
	assert_int_equal(failed, 0);
	assert_true(count >= 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case),
	};

	return cmocka_run_group_tests_name("guest/newlayout", tests, NULL,
					   NULL);
}
