/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the entries in /boot/loader/entries is started, and what it holds.
 */
#include "guest/bls.h"
#include "guest/grub_bls.h"
#include "guest_tree.h"

#define ENTRIES		"mkdir -p boot/loader/entries; cd boot/loader/entries; "
#define PUT(name, text) "printf '" text "' >" name ".conf; "

static void chooses(const char *files, const char *wish, const char *kernel)
{
	struct bls_entry entry = {0};
	int r;

	guest_make(files);
	r = bls_read("guest", "/boot/loader/entries", wish, &entry);
	if (!kernel) {
		assert_int_equal(r, -ENOENT);
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(entry.kernel, kernel);
	bls_done(&entry);
	guest_stayed_inside();
}

static void the_last_version(void **state)
{
	(void)state;
	chooses(ENTRIES PUT("a-5.9", "linux /a9\\n")
			PUT("a-5.10", "linux /a10\\n"),
		NULL, "/a10");
	chooses(ENTRIES PUT("z", "version 5.9\\nlinux /old\\n")
			PUT("a", "version 5.10\\nlinux /new\\n"),
		NULL, "/new");
	chooses(ENTRIES PUT("m-0-rescue", "version 0-rescue-m\\nlinux /r\\n")
			PUT("m-5", "version 5\\nlinux /k\\n"),
		NULL, "/k");
}

static void the_one_that_is_wished(void **state)
{
	(void)state;
	chooses(ENTRIES PUT("a-5", "linux /a5\\n") PUT("a-6", "linux /a6\\n"),
		"a-5", "/a5");
	chooses(ENTRIES PUT("a-5", "linux /a5\\n") PUT("a-6", "linux /a6\\n"),
		"a-5.conf", "/a5");
	chooses(ENTRIES PUT("arch-1", "linux /1\\n")
			PUT("other", "linux /o\\n"),
		"arch*", "/1");
	chooses(ENTRIES PUT("a-5", "linux /a5\\n"), "gone", "/a5");
	/* A pattern that would take years is none. */
	chooses(ENTRIES PUT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			    "linux /a\\n"),
		"*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "/a");
}

static void tries_are_counted(void **state)
{
	(void)state;
	chooses(ENTRIES PUT("a-6+0-3", "linux /a6\\n")
			PUT("a-5", "linux /a5\\n"),
		NULL, "/a5");
	chooses(ENTRIES PUT("a-6+2-1", "linux /a6\\n")
			PUT("a-5", "linux /a5\\n"),
		NULL, "/a6");
	chooses(ENTRIES PUT("a-6+0", "linux /a6\\n"), NULL, "/a6");
}

static void what_an_entry_holds(void **state)
{
	struct bls_entry entry = {0};

	(void)state;
	guest_make(ENTRIES PUT("a",
			       "# linux /no\\n  title x\\nlinux  /k \\r\\n"
			       "linux /second\\ninitrd /i1\\ninitrd\\t/i2\\n"
			       "options root=a  b\\noptions c=\"d e\"\\nodd"));
	assert_int_equal(
		bls_read("guest", "/boot/loader/entries", NULL, &entry), 0);
	assert_string_equal(entry.path, "/boot/loader/entries/a.conf");
	assert_string_equal(entry.kernel, "/k");
	assert_string_equal(entry.initrd, "/i1 /i2");
	assert_string_equal(entry.options, "root=a  b c=\"d e\"");
	assert_null(entry.efi);
	bls_done(&entry);
}

static void what_is_none(void **state)
{
	(void)state;
	chooses("true", NULL, NULL);
	chooses(ENTRIES, NULL, NULL);
	chooses(ENTRIES PUT("a", "title x\\n") "echo linux /k >b.txt; "
					       "echo linux /k >.conf",
		NULL, NULL);
	chooses(ENTRIES "mkdir d.conf; mkfifo f.conf; ln -s l.conf l.conf; "
			"ln -s ../../../../outside/secret s.conf; "
			"truncate -s 1G h.conf; head -c 60000 /dev/zero "
			">z.conf",
		NULL, NULL);
}

static void grubs_variables(void **state)
{
	char *initrd = NULL;
	char *line = NULL;

	(void)state;
	guest_make("mkdir -p boot/grub2; printf '%s\\n' '# GRUB Environment "
		   "Block' 'a=one $b' '####' >boot/grub2/grubenv; " ENTRIES PUT(
			   "x", "linux /k\\noptions $a ${b}c $none ${\\n"));
	assert_int_equal(grub_bls_read("guest", "set b=\"two\"\nblscfg\n",
				       &line, &initrd),
			 0);
	/* What a value holds is not looked at again. */
	assert_string_equal(line, "linux /k one $b twoc $none ${");
	assert_null(initrd);
	free(line);
}

static void where_blscfg_stands(void **state)
{
	static const char text[] = "insmod blscfg\n  blscfg\nmenuentry x {\n";

	(void)state;
	assert_true(grub_bls_first(text, NULL));
	assert_true(grub_bls_first(text, strstr(text, "menuentry")));
	assert_false(grub_bls_first(text, text + 3));
	assert_false(grub_bls_first("insmod blscfg\nblscfgs\n", NULL));
	assert_true(grub_bls_first("blscfg", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_version),
		cmocka_unit_test(the_one_that_is_wished),
		cmocka_unit_test(tries_are_counted),
		cmocka_unit_test(what_an_entry_holds),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(grubs_variables),
		cmocka_unit_test(where_blscfg_stands),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
