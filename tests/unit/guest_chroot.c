/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program of a copied system runs in a room of its own, and nothing of that
 * is left: however it ends, and whenever lander itself is ended. */
#include <sys/wait.h>

#include <signal.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "guest/chroot.h"
#include "guest_system.h"

static const char *const shell[] = {"/bin/sh", CHROOT_FILE, NULL};

static int run(const char *script, unsigned int limit_s, char **ret_why)
{
	static const char *const environment[] = {"LANDER_ROOT=/", NULL};
	const struct chroot_job job = {.root = "guest",
				       .name = "the script",
				       .argv = shell,
				       .environment = environment,
				       .file = script,
				       .limit_s = limit_s,
				       .names = true};
	struct error *error = NULL;
	int r = chroot_run(&job, &error);

	if (r < 0) {
		assert_int_equal(error->kind, ERROR_CONVERT);
		print_message("  %s\n", error->msg);
	}
	if (ret_why)
		*ret_why = error ? strdup(error->msg) : NULL;
	error_free(error);
	guest_stayed_inside();
	assert_true(system_is_left_alone());
	assert_false(guest_is("test -e guest/var/tmp/.lander"));
	return r;
}

/* The script succeeds in it and changes nothing. */
static void passes(const char *script)
{
	char *before = system_state();
	char *after;

	assert_int_equal(run(script, 30, NULL), 0);
	after = system_state();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void it_sees_what_it_needs(void **state)
{
	(void)state;
	system_make("echo '#!/bin/sh' >usr/sbin/invoke-rc.d\n"
		    "echo 'nameserver 192.0.2.1' >etc/resolv.conf\n");
	passes("set -e\n"
	       "test -c /dev/null; test -d /sys/devices; test -r /proc/1/stat\n"
	       "test ! -e /run/mine; touch /run/x; test -r /etc/resolv.conf\n"
	       "test \"$LANDER_ROOT$HOME\" = //root; test -z \"$USER\"\n"
	       "test $$ != 1; test \"$(ls /proc/1/root | grep -c guest)\" = 0\n"
	       "! touch /sys/x 2>/dev/null\n"
	       "sh /usr/sbin/policy-rc.d && exit 1; test $? = 101\n"
	       "test \"$(cat /proc/self/oom_score_adj)\" = 1000\n"
	       "test ! -e /sys/firmware/efi\n");
	/* Where the guest has a policy, it is only hidden. */
	assert_true(guest_is("echo 'exit 0' >guest/usr/sbin/policy-rc.d"));
	passes("sh /usr/sbin/policy-rc.d && exit 1; test $? = 101\n");
}

/* This machine's servers, in every form that the guest may have it in. */
static void it_can_look_up_names(void **state)
{
	static const char *const forms[] = {
		"echo 'nameserver 192.0.2.1' >etc/resolv.conf", "true",
		"ln -s /run/systemd/resolve/stub-resolv.conf etc/resolv.conf",
		"ln -s ../run/NetworkManager/resolv.conf etc/resolv.conf",
		"ln -s ../run/resolvconf/resolv.conf etc/resolv.conf",
		"echo x >etc/other; ln -s other etc/resolv.conf",
		/* Only where the file system has that. */
		"echo x >etc/resolv.conf; chattr +i etc/resolv.conf || :"};

	(void)state;
	if (!guest_is("grep -q nameserver /etc/resolv.conf"))
		skip();
	assert_true(guest_is("cp /etc/resolv.conf names"));
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		system_make(forms[i]);
		assert_true(guest_is("cp names guest/names"));
		passes("test \"$(cat /etc/resolv.conf)\" = \"$(cat /names)\"");
		(void)guest_is("chattr -i guest/etc/resolv.conf");
	}
}

static void what_it_says_last_is_the_error(void **state)
{
	char *why = NULL;

	(void)state;
	system_make("");
	assert_true(run("echo one; echo two; echo three >&2; echo four\n"
			"printf '\\033[31mfive'; exit 3",
			30, &why) < 0);
	assert_string_equal(why,
			    "the script exited with 3: three|four|?[31mfive");
	free(why);
	assert_true(run("kill -9 $$", 30, &why) < 0);
	assert_non_null(strstr(why, "signal 9"));
	assert_non_null(strstr(why, "it said nothing"));
	free(why);
	/* Much of it: the end is kept. */
	assert_true(run("dd if=/dev/zero bs=1000 count=500; echo; echo the end;"
			"exit 1",
			30, &why) < 0);
	assert_non_null(strstr(why, "the end"));
	free(why);
}

static void it_has_a_limit(void **state)
{
	char *why = NULL;
	double began = io_seconds();

	(void)state;
	system_make("");
	assert_true(run("echo waiting; sleep 60 & sleep 60", 1, &why) < 0);
	assert_true(io_seconds() - began < 20);
	assert_non_null(strstr(why, "longer than 1 s"));
	assert_non_null(strstr(why, "waiting"));
	free(why);
}

/* What it leaves behind ends with it, whatever it did to stay. */
static void its_daemons_end_with_it(void **state)
{
	double began = io_seconds();

	(void)state;
	system_make("");
	passes("setsid sleep 60 & exec >/dev/null 2>&1\n"
	       "(trap '' TERM HUP INT; sleep 60) & sleep 60 &\n");
	assert_true(io_seconds() - began < 20);
}

static void a_hostile_tree_keeps_it_out(void **state)
{
	static const char *const trees[] = {
		"rmdir dev; ln -s /outside dev",
		"rmdir sys; ln -s ../outside sys", "rmdir proc; touch proc",
		"rm -r run; ln -s ../outside run", "rm -r bin"};
	char *why = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(trees) / sizeof(*trees); i++) {
		system_make(trees[i]);
		assert_true(run("true", 30, &why) < 0);
		free(why);
	}
	/* A directory of ours that leads elsewhere is not emptied. */
	system_make("echo keep >etc/keep; ln -s ../../etc var/tmp/.lander");
	chroot_sweep("guest");
	assert_true(guest_is("test -e guest/etc/keep"));
	assert_false(guest_is("test -L guest/var/tmp/.lander"));
}

/* A moment of the script in which lander dies. */
static void kill_at(const char *mark)
{
	const struct timespec tick = {.tv_nsec = 2000000};
	double end = io_seconds() + 30;
	char path[64];
	pid_t pid = fork();

	if (pid == 0) {
		const struct chroot_job job = {
			.root = "guest",
			.name = "the script",
			.argv = shell,
			.file = "echo 1 >/dev/shm/lander-test; for i in 1 2 3; "
				"do touch /tmp/mark$i; sleep 0.1; done; "
				"setsid sleep 60 & touch /tmp/mark4; sleep 60",
			.limit_s = 60,
			.names = true};

		_exit(chroot_run(&job, NULL) < 0);
	}
	assert_true(pid > 0);
	(void)snprintf(path, sizeof(path), "guest/%s", mark);
	while (access(path, F_OK) < 0 && io_seconds() < end)
		(void)nanosleep(&tick, NULL);
	assert_true(access(path, F_OK) == 0);
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_killed_lander_leaves_nothing(void **state)
{
	static const char *const marks[] = {"var/tmp/.lander",
					    "var/tmp/.lander/policy-rc.d",
					    "usr/sbin/policy-rc.d",
					    "tmp/mark1",
					    "tmp/mark3",
					    "tmp/mark4"};
	char *before;
	char *after;

	(void)state;
	system_make("touch usr/sbin/invoke-rc.d\n");
	before = system_state();
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		kill_at(marks[i]);
		assert_true(system_is_left_alone());
		chroot_sweep("guest");
		assert_true(guest_is("rm -f guest/tmp/mark*"));
		after = system_state();
		assert_string_equal(before, after);
		free(after);
	}
	free(before);
	assert_true(guest_is("rm -f /dev/shm/lander-test"));
}

static _Atomic bool stopped;

static void on_alarm(int number)
{
	(void)number;
	atomic_store(&stopped, true);
}

/* By order, long before its limit; what it started goes with it. */
static void it_is_ended_by_order(void **state)
{
	const struct chroot_job job = {.root = "guest",
				       .name = "the script",
				       .argv = shell,
				       .file = "sleep 100 & sleep 100",
				       .limit_s = 90,
				       .stop = &stopped};
	struct error *error = NULL;
	double began = io_seconds();

	(void)state;
	system_make("");
	atomic_store(&stopped, false);
	(void)signal(SIGALRM, on_alarm);
	(void)alarm(2);
	assert_true(chroot_run(&job, &error) < 0);
	assert_int_equal(error->kind, ERROR_ABORTED);
	assert_true(io_seconds() - began < 20);
	error_free(error);
	guest_stayed_inside();
	assert_true(system_is_left_alone());
	assert_false(guest_is("test -e guest/var/tmp/.lander"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_sees_what_it_needs),
		cmocka_unit_test(it_can_look_up_names),
		cmocka_unit_test(what_it_says_last_is_the_error),
		cmocka_unit_test(it_has_a_limit),
		cmocka_unit_test(it_is_ended_by_order),
		cmocka_unit_test(its_daemons_end_with_it),
		cmocka_unit_test(a_hostile_tree_keeps_it_out),
		cmocka_unit_test(a_killed_lander_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
