/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels of a system like RHEL: what is changed keeps its own, what is new gets
 * its directory's, and only what is lost makes the first boot label all anew.
 */
#include <sys/xattr.h>

#include "base/error.h"
#include "guest/chroot.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/label.h"
#include "guest/receipt.h"
#include "guest/selinux.h"
#include "guest_golden.h"
#include "guest_system.h"

#define ETC  "system_u:object_r:etc_t:s0"
#define UNIT "system_u:object_r:systemd_unit_file_t:s0"
#define LOG  "system_u:object_r:var_log_t:s0"

static bool set(const char *path, const char *label)
{
	return lsetxattr(path, LABEL, label, strlen(label) + 1, 0) == 0;
}

static void has(const char *path, const char *label)
{
	char now[100] = "none";

	if (lgetxattr(path, LABEL, now, sizeof(now)) < 0)
		fail_msg("%s has no label: %s", path, strerror(errno));
	assert_string_equal(now, label);
}

/* A system with labels; the test is skipped where no file can have one. */
static void make(const char *mode)
{
	char script[300];

	(void)snprintf(script, sizeof(script),
		       "mkdir -p etc/selinux etc/systemd/system var/log\n"
		       "echo x >etc/fstab\n"
		       "printf '# SELINUX=disabled\\nSELINUX=%s\\n"
		       "SELINUXTYPE=targeted\\n' >etc/selinux/config\n",
		       mode);
	system_make(script);
	if (!set("guest/etc", ETC))
		skip();
	assert_true(set("guest/etc/fstab", ETC));
	assert_true(set("guest/etc/systemd/system", UNIT));
	assert_true(set("guest/var/log", LOG));
	label_begin();
}

static int finish(struct convert *convert)
{
	steps_free(&convert->steps);
	convert->root = "guest";
	return selinux_convert(convert, NULL);
}

static void new_files_are_labelled(void **state)
{
	struct convert convert = {0};

	(void)state;
	make("enforcing");
	assert_int_equal(edit_text("guest", "/etc/fstab", "new", NULL), 1);
	has("guest/etc/fstab", ETC);
	has("guest/etc/fstab" EDIT_KEPT, ETC);
	assert_int_equal(edit_text("guest",
				   "/etc/systemd/system/a.d/b/lander.conf",
				   "new", NULL),
			 1);
	has("guest/etc/systemd/system/a.d", UNIT);
	has("guest/etc/systemd/system/a.d/b", UNIT);
	has("guest/etc/systemd/system/a.d/b/lander.conf", UNIT);
	assert_int_equal(edit_link("guest", "/etc/systemd/system/x.service",
				   "/dev/null", NULL),
			 1);
	has("guest/etc/systemd/system/x.service", UNIT);
	assert_int_equal(receipt_write("guest", "{}", "log", NULL), 0);
	has("guest/var/log/lander", LOG);
	has("guest/var/log/lander/receipt.json", LOG);
	has("guest/var/log/lander/lander.log", LOG);
	/* Nothing was lost: nothing is to be done. */
	assert_int_equal(finish(&convert), 0);
	assert_true(golden_told(&convert, STEP_SKIPPED, "kept its label"));
	assert_false(guest_is("test -e guest/.autorelabel"));
	steps_free(&convert.steps);
}

static void a_program_that_ran_loses_labels(void **state)
{
	static const char *const modes[] = {"enforcing", "permissive",
					    "Enforcing "};
	struct convert convert = {.root = "guest"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		make(modes[i]);
		convert.ran = false;
		/* At once: it may be the last that this start does. */
		assert_int_equal(selinux_ran(&convert, NULL), 0);
		assert_true(guest_is("test -f guest/.autorelabel"));
		assert_int_equal(finish(&convert), 0);
		assert_true(golden_told(&convert, STEP_DONE, "ran here"));
	}
	make("disabled");
	convert.ran = false;
	assert_int_equal(selinux_ran(&convert, NULL), 0);
	assert_int_equal(finish(&convert), 0);
	assert_int_equal(convert.steps.count, 0);
	assert_false(guest_is("test -e guest/.autorelabel"));
	/* No SELinux at all. */
	assert_true(guest_is("rm -r guest/etc/selinux"));
	label_miss("a file");
	assert_int_equal(finish(&convert), 0);
	assert_false(guest_is("test -e guest/.autorelabel"));
	steps_free(&convert.steps);
}

static void a_lost_label_is_told(void **state)
{
	struct convert convert = {0};

	(void)state;
	make("enforcing");
	label_miss("a file");
	assert_int_equal(finish(&convert), 0);
	assert_true(
		golden_told(&convert, STEP_DONE, "1 could not be labelled"));
	assert_true(guest_is("test -f guest/.autorelabel"));
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_files_are_labelled),
		cmocka_unit_test(a_program_that_ran_loses_labels),
		cmocka_unit_test(a_lost_label_is_told),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
