/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was not noted is never taken for what was not written: buffers that ran
 * over, a trace that somebody else meddled with, processes that were killed.
 * And nothing of it is left in the kernel's tracing afterwards. */
#include <sys/mount.h>

#include <sched.h>

#include "track_case.h"

#define IMAGE	"build/tracklost-unit.img"
#define TRACING "build/tracklost-tracing"
#define MIB	((size_t)1 << 20)
#define NEVER	60.0 /* seconds */

static struct loop loop;
static struct session session;
static bool able;

/* --- around them ------------------------------------------------------- */

static int group_open(void **state)
{
	(void)state;
	(void)shell("mkdir -p " TRACING);
	/* A namespace of ours, so that the mount ends with this program. */
	able = unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) <= 0 &&
	       mount("none", TRACING, "tracefs", 0, NULL) == 0;
	loop_open(&loop, IMAGE, 64 * MIB);
	return 0;
}

static int group_close(void **state)
{
	(void)state;
	loop_close(&loop);
	if (able)
		(void)umount2(TRACING, MNT_DETACH);
	(void)shell("rmdir " TRACING);
	return 0;
}

static int open_one(void **state)
{
	(void)state;
	session_open(&session);
	session_disk(&session, 0, loop.path);
	return 0;
}

static int close_one(void **state)
{
	(void)state;
	session_close(&session);
	return 0;
}

static void begin(void)
{
	const char *why = able ? session_track(&session, 0)
			       : "tracefs can't be mounted here";

	if (!why)
		return;
	print_message("skip: %s\n", why);
	skip();
}

/* What lies in instances/ and belongs to this process, as a pattern. */
static void pattern_of(pid_t tracker, char *ret, size_t room)
{
	(void)snprintf(ret, room, TRACING "/instances/lander-%d-*", tracker);
}

static bool is_gone(void *pattern)
{
	return atoi(shell("ls -d %s 2>/dev/null | wc -l", (char *)pattern)) ==
	       0;
}

/* Writes are told again: what was lost once is not lost for ever. */
static void works(struct session *one)
{
	struct cut cut;

	must_cut(one, 0, &cut);
	cut_done(&cut);
	loop_write(&loop, 9 * MIB, BLOCK);
	must_cut(one, 0, &cut);
	assert_int_equal(cut.count, 1);
	assert_int_equal(cut.range[0][0], 9 * MIB);
	cut_done(&cut);
}

static void lost_and_well_again(struct session *one, const char *word)
{
	struct cut cut;

	session_cut(one, 0, &cut);
	if (!strstr(cut.lost, word))
		fail_msg("\"%s\", not \"%s\"", cut.lost, word);
	assert_int_equal(cut.count, 0);
	works(one);
}

/* --- ways to lose something -------------------------------------------- */

static void many_writes(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		uint64_t range[2] = {(uint64_t)(i % 8192) * BLOCK, BLOCK};

		assert_int_equal(ioctl(loop.fd, BLKDISCARD, range), 0);
	}
}

/* Nobody reads while more is written than the buffers hold. */
static void buffers_run_over(void **state)
{
	pid_t tracker;

	(void)state;
	begin();
	tracker = session_tracker(&session);
	assert_true(tracker > 1);
	assert_int_equal(kill(tracker, SIGSTOP), 0);
	many_writes(120000);
	assert_int_equal(kill(tracker, SIGCONT), 0);
	lost_and_well_again(&session, "was full");
}

/* The same, and it is asked while it can't answer. */
static void no_answer(void **state)
{
	pid_t tracker;
	struct cut cut;

	(void)state;
	begin();
	tracker = session_tracker(&session);
	assert_int_equal(kill(tracker, SIGSTOP), 0);
	loop_write(&loop, MIB, BLOCK);
	session_cut(&session, 0, &cut);
	assert_non_null(strstr(cut.lost, "does not answer"));
	assert_int_equal(kill(tracker, SIGCONT), 0);
	works(&session);
}

static void tracker_is_killed(void **state)
{
	char pattern[128];
	pid_t tracker;

	(void)state;
	begin();
	tracker = session_tracker(&session);
	pattern_of(tracker, pattern, sizeof(pattern));
	assert_false(is_gone(pattern));
	assert_int_equal(kill(tracker, SIGKILL), 0);
	loop_write(&loop, MIB, BLOCK);
	lost_and_well_again(&session, "was ended");
	assert_true(is_gone(pattern));
}

static void somebody_meddles(void **state)
{
	static const struct {
		const char *command; /* in the instance's directory */
		const char *word;
	} ways[] = {
		{"echo 0 >events/block/block_rq_complete/enable", "off"},
		{"echo 0 >tracing_on", "off"},
		{"echo 'nr_sector > 8' >events/block/block_rq_complete/filter",
		 "filter"},
		{"echo >trace", "emptied"},
		{"timeout 0.5 cat trace_pipe >/dev/null; true", "else read"},
		{"echo 1 >events/sched/sched_switch/enable; sleep 0.2",
		 "not understood"},
	};

	(void)state;
	begin();
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		char pattern[128];
		struct cut cut;
		pid_t tracker = session_tracker(&session);

		must_cut(&session, 0, &cut);
		cut_done(&cut);
		pattern_of(tracker, pattern, sizeof(pattern));
		/* Between two looks of the tracker's, so that there is
		 * something to take away. */
		assert_int_equal(kill(tracker, SIGSTOP), 0);
		loop_write(&loop, MIB, BLOCK);
		(void)shell("cd %s && { %s; }", pattern, ways[i].command);
		loop_write(&loop, 2 * MIB, BLOCK);
		assert_int_equal(kill(tracker, SIGCONT), 0);
		lost_and_well_again(&session, ways[i].word);
	}
}

/* --- what is left ------------------------------------------------------ */

static void two_at_once(void **state)
{
	struct session other;
	struct cut cut;
	char pattern[128];

	(void)state;
	begin();
	session_open(&other);
	session_disk(&other, 0, loop.path);
	must_track(&other, 0);
	pattern_of(session_tracker(&other), pattern, sizeof(pattern));
	loop_write(&loop, 3 * MIB, BLOCK);
	must_cut(&session, 0, &cut);
	assert_int_equal(cut.count, 1);
	cut_done(&cut);
	loop_write(&loop, 5 * MIB, BLOCK);
	must_cut(&other, 0, &cut);
	assert_int_equal(cut.count, 2);
	cut_done(&cut);
	session_close(&other);
	assert_true(is_gone(pattern));
	must_cut(&session, 0, &cut);
	assert_int_equal(cut.count, 1);
	assert_int_equal(cut.range[0][0], 5 * MIB);
	cut_done(&cut);
}

static void nothing_is_left(void **state)
{
	char pattern[128];
	int status;

	(void)state;
	begin();
	pattern_of(session_tracker(&session), pattern, sizeof(pattern));
	assert_false(is_gone(pattern));
	session_close(&session);
	assert_true(is_gone(pattern));
	/* Killed, and its tracker finds that out. */
	(void)open_one(NULL);
	must_track(&session, 0);
	pattern_of(session_tracker(&session), pattern, sizeof(pattern));
	assert_int_equal(kill(session.pid, SIGKILL), 0);
	assert_true(wait_for(is_gone, pattern, NEVER));
	(void)waitpid(session.pid, &status, 0);
	(void)close(session.line);
	(void)open_one(NULL);
}

/* Both killed: the next one takes it away, and nothing of anybody else's. */
static void the_dead_are_swept(void **state)
{
	struct session dead;
	char pattern[128];
	char mine[128];
	pid_t tracker;
	int status;

	(void)state;
	begin();
	pattern_of(session_tracker(&session), mine, sizeof(mine));
	(void)shell("cd " TRACING "/instances && "
		    "mkdir lander-foo lander-1-2 stranger");
	session_open(&dead);
	session_disk(&dead, 0, loop.path);
	must_track(&dead, 0);
	tracker = session_tracker(&dead);
	pattern_of(tracker, pattern, sizeof(pattern));
	assert_int_equal(kill(tracker, SIGKILL), 0);
	assert_int_equal(kill(dead.pid, SIGKILL), 0);
	(void)waitpid(dead.pid, &status, 0);
	(void)close(dead.line);
	assert_false(is_gone(pattern));
	session_open(&dead);
	session_disk(&dead, 0, loop.path);
	must_track(&dead, 0);
	assert_true(is_gone(pattern));
	assert_false(is_gone(mine));
	session_close(&dead);
	(void)shell("cd " TRACING "/instances && "
		    "rmdir lander-foo lander-1-2 stranger");
	works(&session);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_one, close_one)
	const struct CMUnitTest tests[] = {
		CASE(buffers_run_over),	  CASE(no_answer),
		CASE(tracker_is_killed),  CASE(somebody_meddles),
		CASE(two_at_once),	  CASE(nothing_is_left),
		CASE(the_dead_are_swept),
	};

	return cmocka_run_group_tests(tests, group_open, group_close);
}
