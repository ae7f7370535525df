/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line to the host of this virtual machine: events go out, orders come in.
 * The host may be gone, or never read: then what is new pushes out what is old,
 * and nobody here waits.  The port gives no right that the host has not anyway.
 */
#include "run/port.h"

#include <sys/eventfd.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "run/outbox.h"

#define PORTS	    "/dev/virtio-ports/"
#define QUEUE_LIMIT 256
#define ORDER_ROOM  64
#define LOOK_MS	    1000 /* for a port, or a host, that is not there */
#define STEP_MS	    100
#define HEARD_S	    30.0

struct port {
	char path[128];
	pthread_mutex_t lock; /* of fd */
	int fd;		      /* -1: there is none now */
	int wake;
	pthread_t reader;
	bool reading;
	struct outbox *outbox;
	pthread_mutex_t obeying; /* of who obeys, held while he does */
	port_answer *answer;
	void *owner;
	bool cut;	      /* the last line went out in part: the writer's */
	_Atomic double taken; /* when a line was taken last, io_seconds() */
	_Atomic bool ending;
	char order[ORDER_ROOM];
	size_t length; /* ORDER_ROOM: of a line that is too long */
};

/* A terminal must give lines as they are. */
static void prepare(int fd)
{
	struct termios line;

	if (tcgetattr(fd, &line) < 0)
		return;
	cfmakeraw(&line);
	(void)tcsetattr(fd, TCSANOW, &line);
}

/* A pipe would give back what is written to it. */
static int open_terminal(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode)) {
		prepare(fd);
		return fd;
	}
	(void)close(fd);
	return -1;
}

static bool is_open(struct port *port)
{
	int fd;

	(void)pthread_mutex_lock(&port->lock);
	if (port->fd < 0)
		port->fd = open_terminal(port->path);
	fd = port->fd;
	(void)pthread_mutex_unlock(&port->lock);
	return fd >= 0;
}

static void forget_fd(struct port *port)
{
	(void)pthread_mutex_lock(&port->lock);
	if (port->fd >= 0)
		(void)close(port->fd);
	port->fd = -1;
	(void)pthread_mutex_unlock(&port->lock);
	port->length = 0;
}

/* The outbox's thread: as much as goes now, never waiting. */
static ssize_t put(struct port *port, const char *text, size_t length)
{
	ssize_t n = -1;

	errno = EAGAIN;
	(void)pthread_mutex_lock(&port->lock);
	if (port->fd >= 0)
		n = write(port->fd, text, length);
	(void)pthread_mutex_unlock(&port->lock);
	return n;
}

static void rest(void)
{
	(void)poll(NULL, 0, STEP_MS);
}

/* Until it is out, or all is over; who reads half of a line and comes back sees
 * its end, and then it again. */
static enum outbox_fate deliver(void *owner, const char *text,
				const _Atomic bool *stop, struct error **err)
{
	struct port *port = owner;
	size_t length = strlen(text);
	size_t done = 0;

	while (done <= length && !atomic_load(stop)) {
		const char *at = done < length ? text + done : "\n";
		size_t left = done < length ? length - done : 1;
		ssize_t n;

		if (port->cut && put(port, "\n", 1) != 1) {
			rest();
			continue;
		}
		port->cut = false;
		n = put(port, at, left);
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno == EAGAIN || errno == EINTR)
			rest();
		else {
			port->cut = done > 0;
			done = 0;
			rest();
		}
	}
	if (done > length) {
		atomic_store(&port->taken, io_seconds());
		return OUTBOX_TAKEN;
	}
	(void)error_set(err, ERROR_NETWORK, 0, "nobody reads it");
	return OUTBOX_LATER;
}

static void tell_answer(struct port *port, const char *order, int status,
			const char *words)
{
	json_t *json = json_object();
	char *text;

	(void)json_object_set_new(json, "event", json_string("answer"));
	(void)json_object_set_new(json, "order", json_string(order));
	(void)json_object_set_new(json, "exit_status", json_integer(status));
	(void)json_object_set_new(json, "message", json_string(words));
	text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(json);
	outbox_put(port->outbox, OUTBOX_NOTE, text);
}

static void obey(struct port *port)
{
	char words[PORT_ANSWER] = "nobody takes orders now";
	int status = ERROR_REFUSED;

	if (port->length == ORDER_ROOM) {
		tell_answer(port, "", ERROR_CONFIG,
			    "that line is too long for an order");
		return;
	}
	port->order[port->length] = '\0';
	if (port->length && port->order[port->length - 1] == '\r')
		port->order[port->length - 1] = '\0';
	if (!*port->order)
		return;
	parse_make_printable(port->order);
	(void)pthread_mutex_lock(&port->obeying);
	if (port->answer)
		status = port->answer(port->owner, port->order, words);
	(void)pthread_mutex_unlock(&port->obeying);
	tell_answer(port, port->order, status, words);
}

static void take(struct port *port, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] == '\n') {
			obey(port);
			port->length = 0;
		} else if (port->length < ORDER_ROOM - 1) {
			port->order[port->length++] = bytes[i];
		} else {
			port->length = ORDER_ROOM;
		}
	}
}

/* False: there is nobody on the other side, or no port. */
static bool listen_once(struct port *port)
{
	struct pollfd fds[2] = {{.fd = port->wake, .events = POLLIN},
				{.fd = port->fd, .events = POLLIN}};
	char bytes[256];
	ssize_t n;

	if (poll(fds, 2, LOOK_MS) <= 0 || !fds[1].revents)
		return true;
	n = read(port->fd, bytes, sizeof(bytes));
	if (n > 0) {
		take(port, bytes, (size_t)n);
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return !(fds[1].revents & POLLHUP);
	/* virtio says 0 while no host is there; others are gone for good. */
	if (n < 0)
		forget_fd(port);
	return false;
}

static void *read_orders(void *owner)
{
	struct port *port = owner;

	while (!atomic_load(&port->ending)) {
		struct pollfd wake = {.fd = port->wake, .events = POLLIN};

		if (!is_open(port) || !listen_once(port))
			(void)poll(&wake, 1, LOOK_MS);
	}
	return NULL;
}

static int make_path(const char *name, char *path, size_t room,
		     struct error **err)
{
	bool whole = *name == '/';
	int n = snprintf(path, room, "%s%s", whole ? "" : PORTS, name);

	if (!*name || n < 0 || (size_t)n >= room ||
	    (!whole && strchr(name, '/')))
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is no name of a port", name);
	return 0;
}

int port_open(const char *name, struct port **ret, struct error **err)
{
	struct outbox_options options = {
		.name = "port", .limit = QUEUE_LIMIT, .deliver = deliver};
	struct port *port;
	int r;

	*ret = NULL;
	if (!strcmp(name, "none"))
		return 0;
	port = calloc(1, sizeof(*port));
	if (!port)
		return error_memory(err);
	port->fd = -1;
	port->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	(void)pthread_mutex_init(&port->lock, NULL);
	(void)pthread_mutex_init(&port->obeying, NULL);
	options.owner = port;
	r = make_path(name, port->path, sizeof(port->path), err);
	if (r == 0)
		r = outbox_open(&options, &port->outbox, err);
	if (r == 0 &&
	    pthread_create(&port->reader, NULL, read_orders, port) != 0)
		r = error_set(err, ERROR_INTERNAL, 0,
			      "no thread for the port could be started");
	port->reading = r == 0;
	if (r < 0)
		port_close(port);
	else
		*ret = port;
	return r;
}

void port_orders(struct port *port, port_answer *answer, void *owner)
{
	(void)pthread_mutex_lock(&port->obeying);
	port->answer = answer;
	port->owner = owner;
	(void)pthread_mutex_unlock(&port->obeying);
}

struct outbox *port_outbox(const struct port *port)
{
	return port->outbox;
}

bool port_heard(const struct port *port)
{
	double taken = atomic_load(&port->taken);

	return taken > 0 && io_seconds() - taken < HEARD_S;
}

void port_close(struct port *port)
{
	static const uint64_t one = 1;

	if (!port)
		return;
	atomic_store(&port->ending, true);
	if (port->reading) {
		(void)!write(port->wake, &one, sizeof(one));
		(void)pthread_join(port->reader, NULL);
	}
	/* A thread that hangs keeps its memory. */
	if (port->outbox && !outbox_close(port->outbox))
		return;
	forget_fd(port);
	(void)close(port->wake);
	(void)pthread_mutex_destroy(&port->lock);
	(void)pthread_mutex_destroy(&port->obeying);
	free(port);
}
