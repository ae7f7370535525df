/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changing trees of copied systems, hostile ones among them: the new file is
 * what the old one was, the first original stays, and nothing outside the tree
 * is read or written. */
#include "base/error.h"
#include "guest/edit.h"
#include "guest_tree.h"

static int write_it(const char *path, const char *text)
{
	struct error *error = NULL;
	int r = edit_text("guest", path, text, &error);

	if (r < 0)
		assert_int_equal(error->kind, ERROR_CONVERT);
	error_free(error);
	guest_stayed_inside();
	return r;
}

static void a_file_keeps_what_it_is(void **state)
{
	(void)state;
	guest_make("mkdir etc && echo old >etc/f && chown 7:8 etc/f && "
		   "chmod 640 etc/f");
	assert_int_equal(write_it("/etc/f", "new\n"), 1);
	assert_true(guest_is("test \"$(cat guest/etc/f)\" = new"));
	assert_true(guest_is("test \"$(stat -c %u:%g:%a guest/etc/f)\" = "
			     "7:8:640"));
	assert_true(guest_is("test \"$(cat guest/etc/f.lander-bak)\" = old"));
	assert_int_equal(write_it("/etc/f", "new\n"), 0);
	assert_int_equal(write_it("/etc/f", "newer\n"), 1);
	assert_true(guest_is("test \"$(cat guest/etc/f.lander-bak)\" = old"));
	assert_true(guest_is("test \"$(ls -A guest/etc | wc -l)\" = 2"));
}

static void what_is_missing_is_made(void **state)
{
	(void)state;
	guest_make("mkdir etc");
	assert_int_equal(write_it("/etc/a/b/c", "x"), 1);
	assert_true(guest_is("test \"$(stat -c %a guest/etc/a/b)\" = 755"));
	assert_true(guest_is("test \"$(stat -c %a guest/etc/a/b/c)\" = 644"));
	assert_false(guest_is("test -e guest/etc/a/b/c.lander-bak"));
}

static void links_stay_inside(void **state)
{
	(void)state;
	guest_make(
		"mkdir etc usr && echo old >usr/f && "
		"ln -s /usr/f etc/absolute && ln -s ../usr/f etc/relative && "
		"ln -s ../../../outside/secret etc/out && "
		"ln -s /etc/loop etc/loop && ln -s ../../outside etc/dir");
	assert_int_equal(write_it("/etc/absolute", "1"), 1);
	assert_true(guest_is("test \"$(cat guest/usr/f)\" = 1"));
	assert_int_equal(write_it("/etc/relative", "2"), 1);
	assert_true(guest_is("test \"$(cat guest/usr/f)\" = 2"));
	assert_true(guest_is("test -L guest/etc/relative"));
	/* "outside" in the guest's own eyes. */
	assert_int_equal(write_it("/etc/out", "3"), 1);
	assert_true(guest_is("test \"$(cat guest/outside/secret)\" = 3"));
	assert_int_equal(write_it("/etc/loop", "4"), -ELOOP);
	assert_int_equal(write_it("/etc/dir/f", "5"), 1);
	assert_true(guest_is("test \"$(cat guest/outside/f)\" = 5"));
}

static void only_plain_files(void **state)
{
	(void)state;
	guest_make("mkdir -p etc/d && mkfifo etc/fifo");
	assert_int_equal(write_it("/etc/fifo", "1"), -EINVAL);
	assert_int_equal(write_it("/etc/d", "1"), -EINVAL);
	assert_true(guest_is("test -p guest/etc/fifo"));
}

static void removing_keeps(void **state)
{
	(void)state;
	guest_make("mkdir etc && echo old >etc/f");
	assert_int_equal(edit_remove("guest", "/etc/f", NULL), 1);
	assert_int_equal(edit_remove("guest", "/etc/f", NULL), 0);
	assert_int_equal(edit_remove("guest", "/no/f", NULL), 0);
	assert_true(guest_is("test \"$(cat guest/etc/f.lander-bak)\" = old"));
}

static void links_are_made_once(void **state)
{
	(void)state;
	guest_make("mkdir etc && echo old >etc/unit");
	assert_int_equal(edit_link("guest", "/etc/unit", "/dev/null", NULL), 1);
	assert_int_equal(edit_link("guest", "/etc/unit", "/dev/null", NULL), 0);
	assert_true(
		guest_is("test \"$(readlink guest/etc/unit)\" = /dev/null"));
	assert_true(
		guest_is("test \"$(cat guest/etc/unit.lander-bak)\" = old"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_keeps_what_it_is),
		cmocka_unit_test(what_is_missing_is_made),
		cmocka_unit_test(links_stay_inside),
		cmocka_unit_test(only_plain_files),
		cmocka_unit_test(removing_keeps),
		cmocka_unit_test(links_are_made_once),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
