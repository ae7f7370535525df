/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Designs with arrays, containers and volumes in them, by the kernel and the
 * tools of the live system, in which the VM tests run it; most hosts can't.
 */

#include "base/error.h"
#include "build_case.h"
#include "disk/build.h"
#include "disk/luks.h"
#include "disk/rootfs.h"

static const struct luks_key key = {(void *)(uintptr_t)"a key", 5};
static const struct build_order order = {.key = &key};

static void a_stack_of_everything(void **state)
{
	struct design design = {0};
	struct rootfs tree = {0};
	struct error *err = NULL;
	char *path = NULL;

	(void)state;
	if (!case_stack(&design))
		return;
	if (build_make(&design, &order, &err) < 0)
		fail_msg("%s", err->msg);
	case_contents(&design);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(build_tree(&design, &tree, NULL), 0);
		if (rootfs_mount(&tree, &err) < 0)
			fail_msg("%s", err->msg);
		assert_true(asprintf(&path, "%s/file", tree.part[1].directory) >
			    0);
		assert_int_equal(access(path, F_OK) == 0, i);
		scratch_file(path, 1000);
		free(path);
		assert_int_equal(rootfs_unmount(&tree, NULL), 0);
		rootfs_done(&tree);
		if (build_close(&design, &err) < 0)
			fail_msg("%s", err->msg);
		case_nothing_left();
		/* What a start after a power cut does. */
		if (build_open(&design, &order, &err) < 0)
			fail_msg("%s", err->msg);
	}
	case_names(&design);
	if (build_close(&design, &err) < 0)
		fail_msg("%s", err->msg);
	case_nothing_left();
	case_done(&design, 1);
}

static void a_failure_leaves_nothing_open(void **state)
{
	struct design design = {0};
	struct error *err = NULL;

	(void)state;
	if (!case_stack(&design))
		return;
	/* A volume that its group has no room for. */
	for (size_t i = 0; i < design.count; i++)
		if (design.node[i].kind == DESIGN_VOLUME)
			design.node[i].size = DESIGN_MIB << 20;
	assert_true(build_make(&design, &order, &err) < 0);
	assert_non_null(strstr(err->msg, "logical volume"));
	error_free(err);
	case_nothing_left();
	case_done(&design, 1);
}

static void without_a_key_nothing_is_encrypted(void **state)
{
	const struct build_order keyless = {0};
	struct design design = {0};
	struct error *err = NULL;

	(void)state;
	if (!case_stack(&design))
		return;
	assert_true(build_make(&design, &keyless, &err) < 0);
	assert_int_equal(err->kind, ERROR_CONFIG);
	error_free(err);
	case_nothing_left();
	case_done(&design, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stack_of_everything),
		cmocka_unit_test(a_failure_leaves_nothing_open),
		cmocka_unit_test(without_a_key_nothing_is_encrypted),
	};

	return cmocka_run_group_tests_name("disk/build, stacks", tests,
					   scratch_open, scratch_close);
}
