/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cable between two machines or network namespaces, as long and as bad as a
 * test wants it:
 *
 *	cable [delay=MS] [rate=MBIT] [loss=PERMILLE] [seed=N] END END
 *
 * An END is unix:PATH or tap:NAME:NETNS.  Into the first a QEMU plugs its card
 * (-netdev stream,server=off), which may come and go; the second becomes an
 * interface in the network namespace of that file.  Each frame arrives MS
 * milliseconds after it was sent, or, PERMILLE times out of a thousand, never.
 * MBIT million bits go each way in a second; without it, as many as can.
 * Nothing is reordered, and a sender waits when QUEUE bytes are under way, or
 * what the line takes in QUEUE_S seconds.  SIGUSR1 pulls the cable out: all
 * frames are lost, nobody is told.  SIGUSR2 puts it back.  SIGTERM ends it, and
 * it says what came through.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX 65536U
#define QUEUE	  (8U << 20)
#define QUEUE_S	  0.05

struct frame {
	struct frame *next;
	double due;
	size_t length; /* with the four bytes in front, if the end wants them */
	unsigned char bytes[];
};

struct end {
	int listening; /* -1: an interface */
	int fd;	       /* -1: nobody is plugged in */
	/* What came and is no whole frame yet. */
	unsigned char in[4 + FRAME_MAX];
	size_t have;
	/* What is on its way to this end. */
	struct frame *first;
	struct frame **last;
	size_t queued;
	size_t sent; /* of the first */
	double free; /* when the line has taken all of it */
};

static struct end ends[2];
static double delay;
static double rate; /* bytes a second, 0: any */
static unsigned int loss;
static uint64_t seed = 1;
static uint64_t passed;
static uint64_t lost;
static uint64_t bytes_to[2];
static volatile sig_atomic_t is_out;
static volatile sig_atomic_t is_over;

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int die(const char *what)
{
	(void)fprintf(stderr, "cable: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void on_signal(int number)
{
	if (number == SIGTERM)
		is_over = 1;
	else
		is_out = number == SIGUSR1;
}

static bool is_bad_luck(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % 1000 < loss;
}

static void forget(struct end *end)
{
	while (end->first) {
		struct frame *frame = end->first;

		end->first = frame->next;
		free(frame);
	}
	end->last = &end->first;
	end->queued = 0;
	end->sent = 0;
}

static void unplug(struct end *end)
{
	if (end->listening < 0)
		die("an interface went away");
	(void)close(end->fd);
	end->fd = -1;
	end->have = 0;
	forget(end);
}

/* When the last bit of a frame has gone into the line. */
static double pass(struct end *to, size_t length)
{
	const double t = now();

	if (to->free < t)
		to->free = t;
	if (rate > 0)
		to->free += (double)length / rate;
	return to->free;
}

/* A frame that came in goes to the other end. */
static void carry(struct end *to, const unsigned char *bytes, size_t length)
{
	const uint32_t prefix = htonl((uint32_t)length);
	const size_t extra = to->listening < 0 ? 0 : sizeof(prefix);
	struct frame *frame;

	if (to->fd < 0 || is_out || is_bad_luck()) {
		lost++;
		return;
	}
	frame = malloc(sizeof(*frame) + extra + length);
	if (!frame)
		die("memory");
	frame->next = NULL;
	frame->due = pass(to, length) + delay;
	frame->length = extra + length;
	memcpy(frame->bytes, &prefix, extra);
	memcpy(frame->bytes + extra, bytes, length);
	*to->last = frame;
	to->last = &frame->next;
	to->queued += frame->length;
	passed++;
	bytes_to[to - ends] += length;
}

/* Takes the whole frames out of what a QEMU has sent so far. */
static void take_frames(struct end *from, struct end *to)
{
	size_t at = 0;

	while (from->have - at >= 4) {
		uint32_t length;

		memcpy(&length, from->in + at, 4);
		length = ntohl(length);
		if (length > FRAME_MAX) {
			errno = EPROTO;
			die("not QEMU's frames");
		}
		if (from->have - at - 4 < length)
			break;
		carry(to, from->in + at + 4, length);
		at += 4 + length;
	}
	from->have -= at;
	memmove(from->in, from->in + at, from->have);
}

static void receive(struct end *from, struct end *to)
{
	const ssize_t n = read(from->fd, from->in + from->have,
			       sizeof(from->in) - from->have);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (from->listening < 0) {
		if (n < 0)
			die("read");
		carry(to, from->in, (size_t)n);
	} else if (n <= 0) {
		unplug(from);
	} else {
		from->have += (size_t)n;
		take_frames(from, to);
	}
}

static void deliver(struct end *end)
{
	while (end->first && end->first->due <= now()) {
		struct frame *frame = end->first;
		const ssize_t n = write(end->fd, frame->bytes + end->sent,
					frame->length - end->sent);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0 && end->listening >= 0) {
			unplug(end);
			return;
		}
		/* An interface that is down takes nothing: that is a loss. */
		end->sent += n < 0 ? frame->length : (size_t)n;
		if (end->sent < frame->length)
			return;
		end->sent = 0;
		end->queued -= frame->length;
		end->first = frame->next;
		if (!end->first)
			end->last = &end->first;
		free(frame);
	}
}

static void open_unix(struct end *end, const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(name.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	memcpy(name.sun_path, path, strlen(path));
	(void)unlink(path);
	end->fd = -1;
	end->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (end->listening < 0 ||
	    bind(end->listening, (struct sockaddr *)&name, sizeof(name)) < 0 ||
	    listen(end->listening, 1) < 0)
		die(path);
}

static void open_tap(struct end *end, const char *words)
{
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	const char *colon = strchr(words, ':');
	const int home = open("/proc/self/ns/net", O_RDONLY);
	int there;

	if (!colon || (size_t)(colon - words) >= IFNAMSIZ) {
		errno = EINVAL;
		die(words);
	}
	memcpy(request.ifr_name, words, (size_t)(colon - words));
	there = open(colon + 1, O_RDONLY);
	if (home < 0 || there < 0 || setns(there, CLONE_NEWNET) < 0)
		die(colon + 1);
	end->listening = -1;
	end->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	if (end->fd < 0 || ioctl(end->fd, TUNSETIFF, &request) < 0)
		die(words);
	if (setns(home, CLONE_NEWNET) < 0)
		die("the namespace before");
	(void)close(there);
	(void)close(home);
}

static void open_end(struct end *end, const char *words)
{
	end->last = &end->first;
	if (!strncmp(words, "unix:", 5)) {
		open_unix(end, words + 5);
	} else if (!strncmp(words, "tap:", 4)) {
		open_tap(end, words + 4);
	} else {
		(void)fprintf(stderr, "usage: cable [delay=MS] [rate=MBIT] "
				      "[loss=PERMILLE] [seed=N] END END\n");
		exit(2);
	}
}

/* When the next frame that is not due at time t will be, for ppoll(2); NULL for
 * never. */
static struct timespec *next_due(double t, struct timespec *room)
{
	double due = 0;
	double rest;

	for (int i = 0; i < 2; i++) {
		const struct frame *frame = ends[i].first;

		if (frame && frame->due > t && (!due || frame->due < due))
			due = frame->due;
	}
	if (!due)
		return NULL;
	rest = due - t;
	room->tv_sec = (time_t)rest;
	room->tv_nsec = (long)((rest - (double)room->tv_sec) * 1e9);
	return room;
}

static bool is_full(const struct end *to, double t)
{
	return to->queued >= QUEUE || to->free > t + QUEUE_S;
}

/* What end i is waited for. */
static struct pollfd interest(int i, double t)
{
	const struct end *end = &ends[i];
	struct pollfd p = {.fd = end->fd < 0 ? end->listening : end->fd};

	if (end->fd < 0 || !is_full(&ends[!i], t))
		p.events |= POLLIN;
	if (end->first && end->first->due <= t)
		p.events |= POLLOUT;
	return p;
}

static void serve(const sigset_t *mask)
{
	struct timespec room;

	while (!is_over) {
		const double t = now();
		struct pollfd p[2] = {interest(0, t), interest(1, t)};

		if (ppoll(p, 2, next_due(t, &room), mask) < 0 && errno != EINTR)
			die("ppoll");
		for (int i = 0; i < 2; i++) {
			struct end *end = &ends[i];

			if (end->fd < 0) {
				if (p[i].revents)
					end->fd = accept4(end->listening, NULL,
							  NULL, SOCK_NONBLOCK);
			} else if (p[i].revents & (POLLIN | POLLHUP)) {
				receive(end, &ends[!i]);
			}
		}
		for (int i = 0; i < 2; i++)
			if (ends[i].fd >= 0)
				deliver(&ends[i]);
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};
	const int numbers[] = {SIGUSR1, SIGUSR2, SIGTERM};
	sigset_t blocked;
	sigset_t before;
	int found = 0;

	(void)sigemptyset(&blocked);
	for (size_t i = 0; i < 3; i++) {
		(void)sigaddset(&blocked, numbers[i]);
		(void)sigaction(numbers[i], &action, NULL);
	}
	(void)sigprocmask(SIG_BLOCK, &blocked, &before);
	(void)signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "delay=", 6))
			delay = strtod(argv[i] + 6, NULL) / 1000;
		else if (!strncmp(argv[i], "rate=", 5))
			rate = strtod(argv[i] + 5, NULL) * 1e6 / 8;
		else if (!strncmp(argv[i], "loss=", 5))
			loss = (unsigned int)strtoul(argv[i] + 5, NULL, 10);
		else if (!strncmp(argv[i], "seed=", 5))
			seed = strtoul(argv[i] + 5, NULL, 10) | 1;
		else if (found < 2)
			open_end(&ends[found++], argv[i]);
	}
	if (found < 2)
		open_end(&ends[0], "");
	serve(&before);
	printf("cable: %llu frames came through, %llu were lost; "
	       "%llu bytes to the first end, %llu to the second\n",
	       (unsigned long long)passed, (unsigned long long)lost,
	       (unsigned long long)bytes_to[0],
	       (unsigned long long)bytes_to[1]);
	return 0;
}
