/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The watchdog: a process in a session of its own that holds the disks still
 * only for as long as somebody wants it.  It lets go when it is told to, when
 * lander-source has ended however that came, when the agent was silent for 10
 * seconds, and at SIGTERM and SIGHUP.  What may hang is done by a second
 * process, the worker, so that what that one has frozen is thawed while it
 * hangs.  While it holds it runs no program, opens no file and needs no memory.
 * Sources: signalfd(2), setsid(2), mlockall(2), proc(5) on oom_score_adj.
 */
#include "lander-source/keeper.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>

#include "lander-source/fence.h"
#include "lander-source/hold.h"
#include "lander-source/plan.h"
#include "lander-source/process.h"
#include "lander-source/release.h"
#include "lander-source/snapshot_end.h"
#include "lander-source/system_control.h"
#include "lander-source/text.h"
#include "lander-source/units.h"

#define HOLD_MS	 60000 /* from the first frozen one until all are held */
#define DYING_MS 20000 /* a worker that hangs in the kernel */
#define TURN_MS	 250
#define AGAIN_MS 10000
#define LEFT_MS	 7200000 /* for a snapshot that somebody goes on reading */
#define FD_MAX	 1024

struct keeper {
	struct hold *hold;
	int line;    /* to lander-source */
	int signals; /* signalfd */
	int end;     /* of the worker: closed when it is over */
	long worker; /* 0: it is over */
	uint64_t renewed;
	bool held;
	struct text undone;
};

static void say(const struct keeper *keeper, enum keeper_word word)
{
	char byte = (char)word;

	(void)system_send(keeper->line, &byte, 1);
}

static bool is_held_fd(const struct hold *hold, int fd)
{
	for (size_t i = 0; i < hold->systems; i++)
		if (hold->system[i].fd == fd)
			return true;
	for (size_t i = 0; i < hold->disks; i++)
		if (hold->disk[i].fd == fd)
			return true;
	return false;
}

/* Nobody is to wait for the end of a pipe because of us. */
static void close_all_but(const struct hold *hold, int line)
{
	long null = system_open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3 && null >= 0; fd++)
		(void)system_duplicate((int)null, fd);
	for (int fd = 3; fd < FD_MAX; fd++)
		if (fd != line && !is_held_fd(hold, fd))
			(void)system_close(fd);
}

/* --- undoing ----------------------------------------------------------- */

/* Of a keeper that was killed it is no child of ours. */
static bool has_ended(struct keeper *keeper)
{
	long r =
		keeper->worker ? system_wait(keeper->worker, NULL, WNOHANG) : 0;

	if (r == keeper->worker ||
	    (r == -ECHILD && process_began((uint64_t)keeper->worker) !=
				     keeper->hold->worker_began))
		keeper->worker = 0;
	return !keeper->worker;
}

static void end_worker(struct keeper *keeper)
{
	uint64_t end = system_milliseconds() + DYING_MS;

	if (keeper->worker)
		(void)system_kill(keeper->worker, SIGKILL);
	while (!has_ended(keeper) && system_milliseconds() < end)
		system_sleep(TURN_MS / 10);
}

/* One that was still read could not be removed. */
static void end_snapshots(const struct keeper *keeper)
{
	uint64_t end = system_milliseconds() + LEFT_MS;
	struct view *view = keeper->hold->view;
	char words[1024];
	struct text text;

	text_begin(&text, words, sizeof(words));
	while (view && !snapshot_end_all(view, &text) &&
	       system_milliseconds() < end) {
		text_begin(&text, words, sizeof(words));
		system_sleep(AGAIN_MS);
	}
}

/* What was frozen is thawed before anything is waited for. */
static void undo(struct keeper *keeper, const char *cause, bool units)
{
	bool failed = !keeper->held;

	text_begin(&keeper->undone, keeper->hold->undone,
		   sizeof(keeper->hold->undone));
	text_add(&keeper->undone, cause);
	text_add(&keeper->undone, "\n");
	release_systems(keeper->hold, &keeper->undone);
	end_worker(keeper);
	release_all(keeper->hold, units, &keeper->undone);
	say(keeper, failed ? KEEPER_FAILED : KEEPER_THAWED);
	end_snapshots(keeper);
	if (!keeper->worker)
		return;
	/* What it is hanging in may succeed yet. */
	while (!has_ended(keeper))
		system_sleep(TURN_MS);
	release_all(keeper->hold, units, &keeper->undone);
}

static void __attribute__((noreturn)) give_up(struct keeper *keeper, int code,
					      const char *cause)
{
	if (!keeper->held && !keeper->hold->code) {
		struct text said;

		keeper->hold->code = code;
		text_begin(&said, keeper->hold->said,
			   sizeof(keeper->hold->said));
		text_add(&said, cause);
	}
	undo(keeper, cause, true);
	system_exit(0);
	__builtin_unreachable();
}

/* --- holding ----------------------------------------------------------- */

static void fence(struct keeper *keeper, enum wire_fence kind)
{
	say(keeper, KEEPER_FENCING);
	if (fence_run(kind))
		give_up(keeper, EIO, "it could not be fenced");
	/* Without networks it may run again, for who sits before it. */
	undo(keeper, "fenced", false);
	fence_stay();
	system_exit(0);
}

/* Who is told that all is well reads nothing that is not. */
static void look_at_snapshots(struct keeper *keeper)
{
	char words[512];
	struct text why;
	int code;

	if (!keeper->held || !keeper->hold->view)
		return;
	text_begin(&why, words, sizeof(words));
	code = snapshot_end_check(keeper->hold->view, &why);
	if (!code)
		return;
	keeper->hold->code = code;
	give_up(keeper, code, words);
}

static void take_word(struct keeper *keeper, char word)
{
	switch (word) {
	case KEEPER_RENEW:
		keeper->renewed = system_milliseconds();
		look_at_snapshots(keeper);
		say(keeper, KEEPER_KEPT);
		break;
	case KEEPER_POWEROFF:
	case KEEPER_NIC:
		if (keeper->held)
			fence(keeper, word == KEEPER_NIC ? WIRE_FENCE_NIC
							 : WIRE_FENCE_POWEROFF);
		break;
	default:
		give_up(keeper, ECANCELED, "thawed by order");
	}
}

static void hear(struct keeper *keeper)
{
	char word = 0;
	long n = system_read(keeper->line, &word, 1);

	if (n == 1)
		take_word(keeper, word);
	else if (n != -EINTR && n != -EAGAIN)
		give_up(keeper, EPIPE, "lander-source has ended");
}

static void finish_work(struct keeper *keeper)
{
	end_worker(keeper);
	(void)system_close(keeper->end);
	keeper->end = -1;
	keeper->held = atomic_load(&keeper->hold->done);
	if (!keeper->held)
		give_up(keeper, EIO, "the process that does it was ended");
	say(keeper, KEEPER_DONE);
}

static void look_at_clock(struct keeper *keeper)
{
	uint64_t now = system_milliseconds();
	uint64_t holding = atomic_load(&keeper->hold->holding);

	if (now - keeper->renewed >
	    1000ULL *
		    (keeper->hold->view ? WIRE_RENEW_SNAPSHOT_S : WIRE_RENEW_S))
		give_up(keeper, ETIMEDOUT,
			keeper->hold->view
				? "lander was not heard of for 2 minutes"
				: "lander was not heard of for 10 seconds");
	if (!keeper->held && holding && now - holding > HOLD_MS)
		give_up(keeper, ETIMEDOUT,
			"holding all file systems took more than a minute");
}

static void __attribute__((noreturn)) keep(struct keeper *keeper)
{
	for (;;) {
		struct pollfd fd[3] = {
			{.fd = keeper->line, .events = POLLIN},
			{.fd = keeper->signals, .events = POLLIN},
			{.fd = keeper->end, .events = POLLIN},
		};

		(void)system_poll(fd, 3, TURN_MS);
		if (fd[1].revents)
			give_up(keeper, EINTR, "a signal came to end");
		if (fd[0].revents)
			hear(keeper);
		if (fd[2].revents)
			finish_work(keeper);
		look_at_clock(keeper);
	}
}

/* Nobody could end it when the keeper is gone: it goes with it. */
static void __attribute__((noreturn)) work(struct hold *hold, int end,
					   long parent)
{
	uint64_t self = (uint64_t)system_process();

	hold->worker_began = process_began(self);
	atomic_store(&hold->worker, (long)self);
	(void)system_die_with_parent(SIGKILL);
	if (system_parent() == parent) {
		close_all_but(hold, end);
		hold_work(hold);
	}
	system_exit(0);
	__builtin_unreachable();
}

static void start_worker(struct keeper *keeper)
{
	long self = system_process();
	int end[2] = {-1, -1};

	if (system_pipe(end, O_CLOEXEC) < 0)
		give_up(keeper, EMFILE, "no pipe");
	keeper->worker = system_fork();
	if (keeper->worker == 0)
		work(keeper->hold, end[1], self);
	(void)system_close(end[1]);
	keeper->end = end[0];
	if (keeper->worker < 0) {
		keeper->worker = 0;
		give_up(keeper, ENOMEM, "no process");
	}
}

static struct keeper become_keeper(struct hold *hold, int line)
{
	struct keeper keeper = {.hold = hold, .line = line, .end = -1};

	(void)system_new_session();
	(void)system_block_signals(~0ULL);
	(void)process_say("/proc/self/oom_score_adj", "-1000");
	close_all_but(hold, line);
	system_lock_memory();
	return keeper;
}

static void __attribute__((noreturn)) run(struct hold *hold, int line)
{
	const uint64_t ends = SYSTEM_SIGNAL(SIGTERM) | SYSTEM_SIGNAL(SIGHUP) |
			      SYSTEM_SIGNAL(SIGINT) | SYSTEM_SIGNAL(SIGQUIT);
	struct keeper keeper = become_keeper(hold, line);

	keeper.signals = (int)system_signal_fd(ends, O_CLOEXEC | O_NONBLOCK);
	keeper.renewed = system_milliseconds();
	start_worker(&keeper);
	keep(&keeper);
}

/* In the place of one that was killed, whose worker may be there yet. */
static void __attribute__((noreturn)) run_again(struct hold *hold, int line)
{
	struct keeper keeper = become_keeper(hold, line);

	keeper.held = atomic_load(&hold->done);
	keeper.worker = atomic_load(&hold->worker);
	(void)has_ended(&keeper);
	give_up(&keeper, EINTR, "the process that holds the disks was ended");
}

static void look_at_volumes(struct hold *hold, struct text *said)
{
	static char words[2048];
	struct text why;

	text_begin(&why, words, sizeof(words));
	hold->code = plan_snapshots(hold, said, &why);
	if (!hold->code)
		return;
	text_begin(said, hold->said, sizeof(hold->said));
	text_add(said, words);
}

/* Only units and volumes can't be looked at by the plan: that needs programs.
 */
static void look(struct hold *hold, int line)
{
	struct keeper keeper = {.hold = hold, .line = line};
	struct text said;

	close_all_but(hold, line);
	text_begin(&said, hold->said, sizeof(hold->said));
	hold->code = units_look(hold, &said);
	if (!hold->code && hold->view)
		look_at_volumes(hold, &said);
	if (!hold->code)
		plan_tell(hold, &said);
	say(&keeper, hold->code ? KEEPER_FAILED : KEEPER_DONE);
	system_exit(0);
}

static long start(struct hold *hold, void (*begin)(struct hold *hold, int line))
{
	int line[2] = {-1, -1};
	long r = system_pair(line);

	if (r < 0)
		return r;
	r = system_fork();
	if (r == 0)
		begin(hold, line[1]);
	(void)system_close(line[1]);
	if (r > 0)
		return line[0];
	(void)system_close(line[0]);
	return r;
}

long keeper_start(struct hold *hold, bool only_look)
{
	return start(hold, only_look ? look : run);
}

long keeper_replace(struct hold *hold)
{
	return start(hold, run_again);
}
