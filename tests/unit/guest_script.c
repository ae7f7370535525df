/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The job's scripts: %post in the copied system, %firstboot left in it, which
 * is then started here as each kind of init would. */
#include "base/error.h"
#include "guest/convert.h"
#include "guest/firstboot.h"
#include "guest/script.h"
#include "guest_golden.h"
#include "guest_system.h"

#define DISKS "/dev/vda /dev/vdb"

static int convert_scripts(struct convert *convert, char **ret_why)
{
	struct error *error = NULL;
	int r;

	steps_free(&convert->steps);
	convert->root = "guest";
	convert->job = "11112222-3333-4444-5555-666677778888";
	convert->targets = DISKS;
	r = script_convert(convert, &error);
	if (error)
		print_message("  %s\n", error->msg);
	*ret_why = error ? strdup(error->msg) : NULL;
	error_free(error);
	guest_stayed_inside();
	assert_true(system_is_left_alone());
	return r;
}

static void post_runs_in_the_system(void **state)
{
	static const struct script script[] = {
		{SCRIPT_POST, "/bin/sh",
		 "echo \"$LANDER_JOB $LANDER_DISKS $LANDER_FIRMWARE "
		 "$LANDER_ROOT $LANDER_SCRIPT\" >/etc/first\n",
		 "a.ks:3"},
		{SCRIPT_POST, "/bin/busybox", "not run", "a.ks:9"},
		{SCRIPT_POST, "/bin/sh", "touch /etc/third", "a.ks:12"},
	};
	struct convert convert = {.script = script, .scripts = 1};
	char *why = NULL;

	(void)state;
	system_make("");
	assert_int_equal(convert_scripts(&convert, &why), 0);
	assert_true(convert.ran);
	assert_true(golden_told(&convert, STEP_DONE, "%post of a.ks:3"));
	assert_true(guest_is("test \"$(cat guest/etc/first)\" = "
			     "'11112222-3333-4444-5555-666677778888 " DISKS
			     " bios / a.ks:3'"));
	/* One that fails stops those after it. */
	convert.scripts = 3;
	assert_true(convert_scripts(&convert, &why) < 0);
	assert_non_null(strstr(why, "%post of a.ks:9 exited with 127"));
	assert_false(guest_is("test -e guest/etc/third"));
	free(why);
	/* What would not run is told before any has. */
	assert_true(guest_is("rm guest/etc/first guest/bin/busybox"));
	assert_true(convert_scripts(&convert, &why) < 0);
	free(why);
	assert_false(guest_is("test -e guest/etc/first"));
	steps_free(&convert.steps);
}

static const struct script firstboot[] = {
	{SCRIPT_FIRSTBOOT, "/bin/sh",
	 "echo said; echo \"1 $LANDER_SCRIPT\" >>/ran; exit 4", "it's a.ks:3"},
	{SCRIPT_FIRSTBOOT, "/bin/sh",
	 "echo \"2 $LANDER_JOB $LANDER_DISKS\" >>/ran", "a.ks:7"},
};

/* Puts them there twice (the second time nothing is done), has start run twice
 * in the system, and looks what became of it. */
static void firstboot_by(const char *tree, const char *start)
{
	struct convert convert = {.script = firstboot, .scripts = 2};
	char script[400];
	char *before;
	char *after;
	char *why = NULL;

	/* Not a device: it only has to be there. */
	assert_true(snprintf(script, sizeof(script), "touch dev/null; %s",
			     tree) < (int)sizeof(script));
	system_make(script);
	before = system_state();
	assert_int_equal(convert_scripts(&convert, &why), 0);
	assert_false(convert.ran);
	assert_int_equal(golden_count(&convert, STEP_DONE), 1);
	free(why);
	assert_int_equal(convert_scripts(&convert, &why), 0);
	assert_int_equal(golden_count(&convert, STEP_DONE), 0);
	assert_int_equal(golden_count(&convert, STEP_SKIPPED), 1);
	(void)snprintf(script, sizeof(script),
		       "test -z \"$(find guest -name '*.lander*')\"\n"
		       "for boot in 1 2; do chroot guest /bin/sh -c '%s' "
		       "|| :; done\n"
		       "i=0; while test -e guest/var/lib/lander; do "
		       "i=$((i + 1)); test $i -lt 100; sleep 0.1; done",
		       start);
	assert_true(guest_is(script));
	assert_true(guest_is("test \"$(cat guest/ran)\" = \"1 it's a.ks:3\n2 "
			     "11112222-3333-4444-5555-666677778888 " DISKS
			     "\""));
	assert_true(guest_is("grep -q '^said$' guest" FIRSTBOOT_LOG
			     " && grep -q \"it's a.ks:3 ended with 4\" "
			     "guest" FIRSTBOOT_LOG
			     " && grep -q 'a.ks:7 ended with 0' "
			     "guest" FIRSTBOOT_LOG));
	assert_true(guest_is("rm -r guest/ran guest/var/log/lander"));
	assert_true(guest_is("rmdir guest/etc/systemd/system/*.wants "
			     "guest/etc/systemd/system guest/etc/systemd "
			     "2>/dev/null || :"));
	after = system_state();
	assert_string_equal(before, after);
	free(before);
	free(after);
	free(why);
	steps_free(&convert.steps);
}

static void firstboot_runs_once(void **state)
{
	(void)state;
	firstboot_by("mkdir -p usr/lib/systemd; touch usr/lib/systemd/systemd",
		     "f=$(readlink /etc/systemd/system/multi-user.target.wants/"
		     "lander-firstboot.service) && "
		     "$(grep ^ExecStart= $f | busybox cut -d = -f 2)");
	firstboot_by("mkdir -p sbin etc/runlevels/default etc/init.d; "
		     "touch sbin/openrc-run",
		     "test -x /etc/runlevels/default/lander-firstboot && "
		     ". /etc/runlevels/default/lander-firstboot && start && "
		     "wait");
	firstboot_by("mkdir -p etc/init.d etc/rc2.d etc/rc3.d etc/rc4.d "
		     "etc/rc5.d",
		     "/etc/rc2.d/S99lander-firstboot start; "
		     "/etc/rc3.d/S99lander-firstboot start");
	firstboot_by("mkdir -p etc/rc.d/init.d etc/rc.d/rc2.d etc/rc.d/rc3.d "
		     "etc/rc.d/rc4.d etc/rc.d/rc5.d; ln -s rc.d/init.d "
		     "etc/init.d",
		     "/etc/rc.d/rc5.d/S99lander-firstboot start");
	firstboot_by("mkdir -p etc/init.d/rc2.d etc/init.d/rc3.d "
		     "etc/init.d/rc4.d etc/init.d/rc5.d",
		     "/etc/init.d/rc3.d/S99lander-firstboot start");
}

static void what_this_job_has_not_goes(void **state)
{
	struct convert convert = {.script = firstboot, .scripts = 2};
	char *before;
	char *after;
	char *why = NULL;

	(void)state;
	system_make("mkdir -p usr/lib/systemd var/lib/lander "
		    "etc/systemd/system/multi-user.target.wants; "
		    "touch usr/lib/systemd/systemd");
	before = system_state();
	assert_int_equal(convert_scripts(&convert, &why), 0);
	convert.scripts = 1;
	assert_int_equal(convert_scripts(&convert, &why), 0);
	assert_false(guest_is("test -e guest" FIRSTBOOT_DIRECTORY "/2"));
	assert_false(guest_is("grep a.ks:7 guest" FIRSTBOOT_DIRECTORY "/run"));
	convert.scripts = 0;
	assert_int_equal(convert_scripts(&convert, &why), 0);
	after = system_state();
	assert_string_equal(before, after);
	free(before);
	free(after);
	steps_free(&convert.steps);
}

static void an_unknown_init_is_refused(void **state)
{
	struct convert convert = {.script = firstboot, .scripts = 1};
	char *why = NULL;

	(void)state;
	system_make("");
	assert_int_equal(convert_scripts(&convert, &why), -ENOSYS);
	assert_non_null(strstr(why, "no systemd, no OpenRC"));
	free(why);
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(post_runs_in_the_system),
		cmocka_unit_test(firstboot_runs_once),
		cmocka_unit_test(what_this_job_has_not_goes),
		cmocka_unit_test(an_unknown_init_is_refused),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
