/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File systems that sysrq-u makes read-only are let go: what the kernel has
 * still to do comes late, and another process does it here, on file systems of
 * this test's own. */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lander-source/hold.h"
#include "lander-source/mount.h"
#include "lander-source/release.h"
#include "lander-source/text.h"

#define SYSTEMS 2U

static char place[SYSTEMS][64];
static struct hold hold;
static char said[4096];

static bool is_writable(unsigned int i)
{
	char path[160];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/probe", place[i]);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static void make_read_only(unsigned int i)
{
	if (mount(NULL, place[i], NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		_exit(1);
}

/* All of them writable, and known as forced to be read-only. */
static void begin(void)
{
	memset(&hold, 0, sizeof(hold));
	hold.kind = WIRE_QUIESCE_READONLY;
	hold.forced = true;
	hold.systems = SYSTEMS;
	for (unsigned int i = 0; i < SYSTEMS; i++) {
		struct hold_system *system = &hold.system[i];

		assert_int_equal(mount(NULL, place[i], NULL, MS_REMOUNT, NULL),
				 0);
		system->fd = open(place[i], O_RDONLY | O_CLOEXEC);
		assert_true(system->fd >= 0);
		assert_true(mount_find(place[i], system->number));
		(void)snprintf(system->place, sizeof(system->place), "%s",
			       place[i]);
		system->bystander = i > 0;
		atomic_store(&system->state, HOLD_DONE);
	}
}

static void let_go(void)
{
	struct text text;

	text_begin(&text, said, sizeof(said));
	release_systems(&hold, &text);
	release_all(&hold, true, &text);
	for (unsigned int i = 0; i < SYSTEMS; i++)
		(void)close(hold.system[i].fd);
}

static void ended_well(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void all_are_writable(void)
{
	for (unsigned int i = 0; i < SYSTEMS; i++)
		assert_true(is_writable(i));
}

/* One is read-only, and the kernel has not come to the other one yet. */
static void waits_for_the_kernel(void **state)
{
	pid_t pid;

	(void)state;
	begin();
	make_read_only(0);
	pid = fork();
	if (pid == 0) {
		(void)usleep(1500000);
		make_read_only(1);
		_exit(0);
	}
	let_go();
	ended_well(pid);
	all_are_writable();
	assert_null(strstr(said, "not writable"));
}

/* It comes behind the remount. */
static void looks_once_more(void **state)
{
	pid_t pid;

	(void)state;
	begin();
	make_read_only(0);
	make_read_only(1);
	pid = fork();
	if (pid == 0) {
		for (unsigned int n = 0; !is_writable(1) && n < 1000; n++)
			(void)usleep(10000);
		make_read_only(1);
		_exit(0);
	}
	let_go();
	ended_well(pid);
	all_are_writable();
}

/* Somebody does it again and again: it is told. */
static void tells_what_it_can_not(void **state)
{
	pid_t pid;

	(void)state;
	begin();
	make_read_only(0);
	make_read_only(1);
	pid = fork();
	if (pid == 0)
		for (;;) {
			make_read_only(1);
			(void)usleep(20000);
		}
	let_go();
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	assert_true(is_writable(0));
	assert_non_null(strstr(said, "not writable again: "));
	assert_non_null(strstr(said, "it became read-only again"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_for_the_kernel),
		cmocka_unit_test(looks_once_more),
		cmocka_unit_test(tells_what_it_can_not),
	};
	char top[] = "/tmp/lander-unit-XXXXXX";
	int r;

	if (unshare(CLONE_NEWNS) < 0)
		return 1;
	/* Within a chroot there is nothing to change. */
	(void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	if (!mkdtemp(top) || mount("none", top, "tmpfs", 0, NULL) < 0)
		return 1;
	for (unsigned int i = 0; i < SYSTEMS; i++) {
		(void)snprintf(place[i], sizeof(place[i]), "%s/%u", top, i);
		if (mkdir(place[i], 0700) < 0 ||
		    mount("none", place[i], "tmpfs", 0, NULL) < 0)
			return 1;
	}
	r = cmocka_run_group_tests(tests, NULL, NULL);
	(void)umount2(top, MNT_DETACH);
	(void)rmdir(top);
	return r;
}
