/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layouts for other disks.  Each case of plan_fit.cases is a machine in words
 * and what comes of it, to the byte; all of them are also asked whether they
 * hold what is true of any layout.  With FIT_CASES=write in the environment the
 * results are printed as a new file, to be read before it is kept.
 */
#include "base/io.h"
#include "fit_case.h"

#define CASES "tests/unit/plan_fit.cases"

/* Whatever the case: aligned, inside, side by side, and each on something that
 * came before it. */
static void is_sound(const struct fit_case *c, const struct fit *fit)
{
	const struct design *design = &fit->design;

	for (size_t i = 0; i < design->count; i++) {
		const struct design_node *node = &design->node[i];
		const struct design_node *disk;

		for (size_t k = 0; k < node->ons; k++)
			assert_true(node->extended || node->on[k] < i);
		assert_true(node->size);
		if (*node->fs.fs) {
			assert_true(node->size >= superblock_least(&node->fs));
			assert_true(*node->fs.uuid);
		}
		if (node->kind != DESIGN_PART)
			continue;
		disk = &design->node[node->on[0]];
		assert_int_equal(node->start % DESIGN_MIB, 0);
		assert_int_equal(node->size % DESIGN_MIB, 0);
		assert_true(node->start >= DESIGN_MIB);
		assert_true(node->start + node->size + DESIGN_MIB <=
			    disk->size);
		assert_true(*node->type);
		assert_true(!*node->uuid || strlen(node->uuid) == 36);
		for (size_t k = 0; k < i; k++) {
			const struct design_node *other = &design->node[k];

			if (other->kind != DESIGN_PART ||
			    other->on[0] != node->on[0])
				continue;
			assert_int_not_equal(node->number, other->number);
			assert_true(node->extended || other->extended ||
				    node->start + node->size <= other->start ||
				    other->start + other->size <= node->start);
		}
	}
	for (size_t i = 0; i < design->mounts; i++) {
		const struct design_mount *mount = &design->mount[i];

		assert_true(mount->node < design->count);
		/* What a file system uses is in the sum once. */
		for (size_t k = 0; k < i; k++)
			assert_true(design->mount[k].node != mount->node ||
				    !design->mount[k].used || !mount->used);
	}
	assert_true(c->order.targets > 0);
}

static char *result_of(const char *text, char **ret_again)
{
	struct fit_case *c = case_read(text);
	struct error *err = NULL;
	struct fit fit;
	char *result = NULL;

	*ret_again = NULL;
	if (fit_make(&c->order, &fit, &err) < 0) {
		assert_true(asprintf(&result, "  %s: %s\n",
				     err->kind == ERROR_CONFIG ? "wrong"
							       : "refused",
				     err->msg) > 0);
		error_free(err);
	} else {
		is_sound(c, &fit);
		assert_int_equal(fit_print(&fit, &result, NULL), 0);
		*ret_again = strstr(result, "to be changed:\n");
	}
	fit_done(&fit);
	case_free(c);
	return result;
}

/* "part …" as printed gives the same layout. */
static void is_same_again(const char *text, const char *result)
{
	const char *wishes = strstr(result, "to be changed:\n");
	const char *before = strstr(result, "  note:");
	size_t length = (size_t)(wishes - result);
	char *again;
	char *with = NULL;
	char *second;
	char *line;

	/* What was wished for comes again with what was printed. */
	again = calloc(1, strlen(text) + strlen(wishes) + 2);
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "\n");

		n += at[n] == '\n';

		if (strncmp(at, "part /", 6) && strncmp(at, "part swap", 9))
			(void)strncat(again, at, n);
		at += n;
	}
	(void)strcat(again, "\n");
	for (line = strstr(wishes, "  part"); line;
	     line = strstr(line, "  part"))
		(void)strncat(again, line + 2, strcspn(line + 2, "\n") + 1),
			line += 2;
	second = result_of(again, &with);
	if (before)
		length = (size_t)(before - result);
	if (strncmp(result, second, length) != 0)
		fail_msg("%s\nis not the same again:\n%s", result, second);
	free(second);
	free(again);
}

/* But for newlines at the end. */
static bool is_equal(const char *a, const char *b)
{
	size_t m = strlen(a);
	size_t n = strlen(b);

	while (m && a[m - 1] == '\n')
		m--;
	while (n && b[n - 1] == '\n')
		n--;
	return m == n && !strncmp(a, b, n);
}

static void each_case(void **state)
{
	bool write = getenv("FIT_CASES") != NULL;
	char *text = NULL;
	unsigned int count = 0;
	unsigned int failed = 0;
	char *next;

	(void)state;
	assert_int_equal(io_read_file(CASES, 1 << 20, &text, NULL, NULL), 0);
	for (char *at = strstr(text, "=== "); at; at = next) {
		char *name = at + 4;
		char *body = strchr(at, '\n');
		char *want = strstr(at, "\n---\n");
		char *again;
		char *have;

		next = strstr(at + 4, "\n=== ");
		if (next)
			*next++ = '\0';
		*body++ = '\0';
		*want = '\0';
		want += 5;
		have = result_of(body, &again);
		if (write)
			printf("=== %s\n%s\n---\n%s", name, body, have);
		else if (!is_equal(have, want)) {
			print_message("%s: is\n%sand not\n%s\n", name, have,
				      want);
			failed++;
		} else if (again) {
			is_same_again(body, have);
		}
		free(have);
		count++;
	}
	free(text);
	print_message("%u cases\n", count);
	assert_int_equal(failed, 0);
	assert_true(count >= 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case),
	};

	return cmocka_run_group_tests_name("plan/fit", tests, NULL, NULL);
}
