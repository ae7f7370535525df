/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One program at the other end, its stdin and stdout as a stream that never
 * blocks.  What it complains on stderr is kept for the error of its end.
 * Source: libssh2's manual pages, RFC 4254.
 */
#include "net/ssh_stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "net/ssh_session.h"
#include "net/ssh_window.h"

#define POLL_MS	 100
#define STATUS_S 2.0 /* the end of a program may take after its last word */
#define STDERR	 1   /* SSH_EXTENDED_DATA_STDERR */

#define PACKET 32768U

void ssh_stream_want(struct ssh *ssh, struct pollfd *fd)
{
	int directions = libssh2_session_block_directions(ssh->session);

	fd->fd = ssh->fd;
	fd->events = POLLIN;
	if (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND)
		fd->events |= POLLOUT;
}

int ssh_stream_wait(struct ssh *ssh, double end, struct error **err)
{
	struct pollfd fd;
	int n;

	ssh_stream_want(ssh, &fd);
	do {
		if (ssh->stop && atomic_load(ssh->stop))
			return error_set(err, ERROR_ABORTED, ECANCELED, "%s",
					 ssh->peer->name);
		if (io_seconds() > end)
			return error_set(err, ERROR_NETWORK, ETIMEDOUT,
					 "no answer from %s", ssh->peer->name);
		n = poll(&fd, 1, POLL_MS);
	} while (n == 0 || (n < 0 && errno == EINTR));
	return 0;
}

/* What RFC 4254 lays into the packet that opens a channel. */
struct opening {
	const char *kind;
	const char *message; /* or NULL */
	size_t length;
};

/* 1: the server says no. */
static int open_channel(struct ssh *ssh, const struct opening *opening,
			double end, struct error **err)
{
	unsigned int window = ssh_window_begin(ssh);
	int code;
	int r;

	for (;;) {
		ssh->channel = libssh2_channel_open_ex(
			ssh->session, opening->kind,
			(unsigned int)strlen(opening->kind), window, PACKET,
			opening->message, (unsigned int)opening->length);
		if (ssh->channel)
			return 0;
		code = libssh2_session_last_errno(ssh->session);
		if (code == LIBSSH2_ERROR_CHANNEL_FAILURE)
			return 1;
		if (code != LIBSSH2_ERROR_EAGAIN)
			return ssh_session_failed(ssh, "opening a channel",
						  err);
		r = ssh_stream_wait(ssh, end, err);
		if (r < 0)
			return r;
	}
}

int ssh_stream_run(struct ssh *ssh, const char *command, double end,
		   struct error **err)
{
	static const char exec[] = "exec";
	static const struct opening opening = {.kind = "session"};
	int r = open_channel(ssh, &opening, end, err);

	if (r > 0)
		return ssh_session_failed(ssh, "opening a channel", err);
	while (r == 0) {
		int code = libssh2_channel_process_startup(
			ssh->channel, exec, sizeof(exec) - 1, command,
			(unsigned int)strlen(command));

		if (code == 0)
			return 0;
		if (code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
			return error_set(err, ERROR_SOURCE, 0,
					 "%s lets us in and lets us run "
					 "nothing",
					 ssh->peer->name);
		if (code != LIBSSH2_ERROR_EAGAIN)
			return ssh_session_failed(ssh, "starting a program",
						  err);
		r = ssh_stream_wait(ssh, end, err);
	}
	return r;
}

/* --- to another machine -------------------------------------------------- */

static size_t put_number(char *to, uint32_t number)
{
	number = htonl(number);
	memcpy(to, &number, sizeof(number));
	return sizeof(number);
}

static size_t put_text(char *to, const char *text)
{
	size_t length = strlen(text);
	size_t at = put_number(to, (uint32_t)length);

	memcpy(to + at, text, length);
	return at + length;
}

/* libssh2 keeps the server's reason as words of its own only. */
static int not_reached(struct ssh *ssh, const struct ssh_peer *peer,
		       struct error **err)
{
	const char *name = ssh->peer->name;
	char *words = NULL;

	(void)libssh2_session_last_error(ssh->session, &words, NULL, 0);
	if (words && strstr(words, "prohibited"))
		return error_set(err, ERROR_NETWORK, EACCES,
				 "%s does not let us through to %s: look there "
				 "at AllowTcpForwarding, DisableForwarding and "
				 "PermitOpen in sshd_config(5), and at what "
				 "stands before the key in authorized_keys",
				 name, peer->name);
	return error_set(err, ERROR_NETWORK, 0, "%s does not reach %s%s", name,
			 peer->name,
			 words && strstr(words, "connect failed")
				 ? ": nothing accepts a connection there, or "
				   "its name is not known to that host"
				 : "");
}

int ssh_stream_reach(struct ssh *ssh, const struct ssh_peer *peer, double end,
		     struct error **err)
{
	const char *host = peer->place.host;
	char message[NI_MAXHOST + 64];
	struct opening opening = {.kind = "direct-tcpip", .message = message};
	struct error *why = NULL;
	size_t at;
	int r;

	if (strlen(host) >= NI_MAXHOST)
		return error_set(err, ERROR_CONFIG, ENAMETOOLONG, "'%.64s…'",
				 host);
	at = put_text(message, host);
	at += put_number(message + at,
			 (uint32_t)strtoul(peer->place.port, NULL, 10));
	/* Where we are is nothing that it should learn. */
	at += put_text(message + at, "127.0.0.1");
	at += put_number(message + at, 0);
	opening.length = at;
	ssh->through = true;
	r = open_channel(ssh, &opening, end, &why);
	if (r > 0)
		return not_reached(ssh, peer, err);
	if (r == -ETIMEDOUT) {
		error_free(why);
		return error_set(err, ERROR_NETWORK, ETIMEDOUT,
				 "%s does not reach %s: no answer in time",
				 ssh->peer->name, peer->name);
	}
	if (err)
		*err = why;
	else
		error_free(why);
	return r;
}

/* --- what it says -------------------------------------------------------- */

/* The end of its complaints is what matters: the beginning goes. */
static void keep_words(struct ssh *ssh, const char *words, size_t length)
{
	size_t room = sizeof(ssh->words) - 1;

	if (length > room) {
		words += length - room;
		length = room;
	}
	if (ssh->words_length + length > room) {
		size_t over = ssh->words_length + length - room;

		memmove(ssh->words, ssh->words + over,
			ssh->words_length - over);
		ssh->words_length -= over;
	}
	memcpy(ssh->words + ssh->words_length, words, length);
	ssh->words_length += length;
	ssh->words[ssh->words_length] = '\0';
}

static void take_words(struct ssh *ssh)
{
	char words[SSH_WORDS];
	ssize_t n;

	while (ssh->half == SSH_FREE &&
	       (n = libssh2_channel_read_ex(ssh->channel, STDERR, words,
					    sizeof(words))) > 0)
		keep_words(ssh, words, (size_t)n);
}

/* Its status comes behind its last words. */
static void wait_closed(struct ssh *ssh)
{
	double end = io_seconds() + STATUS_S;

	while (libssh2_channel_wait_closed(ssh->channel) ==
		       LIBSSH2_ERROR_EAGAIN &&
	       ssh_stream_wait(ssh, end, NULL) == 0)
		;
}

static int program_ended(struct ssh *ssh, struct error **err)
{
	char *words = ssh->words;
	char *signal = NULL;
	int status;
	size_t length;

	if (ssh->through)
		return error_set(err, ERROR_NETWORK, ECONNRESET,
				 "what is behind %s hung up", ssh->peer->name);
	wait_closed(ssh);
	take_words(ssh);
	status = libssh2_channel_get_exit_status(ssh->channel);
	if (ssh->peer->trail)
		ssh->peer->trail->status = status;
	(void)libssh2_channel_get_exit_signal(ssh->channel, &signal, NULL, NULL,
					      NULL, NULL, NULL);
	length = strlen(words);
	while (length && strchr("\r\n ", words[length - 1]))
		words[--length] = '\0';
	for (char *at = words; *at; at++)
		if (*at == '\n')
			*at = ' ';
	parse_make_printable(words);
	if (signal)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: the program there was ended by signal "
				 "%.16s%s%s",
				 ssh->peer->name, signal, *words ? ": " : "",
				 words);
	return error_set(err, ERROR_SOURCE, 0,
			 "%s: the program there ended with status %d%s%s",
			 ssh->peer->name, status, *words ? ": " : "", words);
}

static bool is_half_sent(const struct ssh *ssh)
{
	return libssh2_session_block_directions(ssh->session) &
	       LIBSSH2_SESSION_BLOCK_OUTBOUND;
}

/* Bytes that libssh2 has taken from the socket and nobody from libssh2. */
static unsigned long count_waiting(const struct ssh *ssh)
{
	unsigned long bytes = 0;

	(void)libssh2_channel_window_read_ex(ssh->channel, &bytes, NULL);
	return bytes;
}

/* Looking for complaints takes all from the socket, output that came since it
 * was looked for, too, and poll(2) never tells of that: so once more, while
 * there is more. */
ssize_t ssh_stream_read(struct ssh *ssh, void *buf, size_t length,
			struct error **err)
{
	unsigned long waiting = 0;
	unsigned long before;
	ssize_t n;

	if (ssh->half == SSH_HALF_WIDENED)
		ssh_window_widen(ssh);
	if (ssh->half == SSH_HALF_WRITTEN || ssh->half == SSH_HALF_WIDENED)
		return 0;
	do {
		n = libssh2_channel_read_ex(ssh->channel, 0, buf, length);
		ssh->half = n == LIBSSH2_ERROR_EAGAIN && is_half_sent(ssh)
				    ? SSH_HALF_READ
				    : SSH_FREE;
		if (n > 0) {
			ssh_window_took(ssh, (size_t)n);
			return n;
		}
		if (n < 0 && n != LIBSSH2_ERROR_EAGAIN)
			return ssh_session_failed(ssh, "reading", err);
		take_words(ssh);
		if (libssh2_channel_eof(ssh->channel))
			return program_ended(ssh, err);
		before = waiting;
		waiting = count_waiting(ssh);
	} while (ssh->half == SSH_FREE && waiting > before);
	return 0;
}

ssize_t ssh_stream_write(struct ssh *ssh, const void *buf, size_t length,
			 struct error **err)
{
	ssize_t n;

	if (ssh->half == SSH_HALF_WIDENED)
		ssh_window_widen(ssh);
	if (ssh->half == SSH_HALF_READ || ssh->half == SSH_HALF_WIDENED)
		return 0;
	n = libssh2_channel_write_ex(ssh->channel, 0, buf, length);
	ssh->half = n == LIBSSH2_ERROR_EAGAIN && is_half_sent(ssh)
			    ? SSH_HALF_WRITTEN
			    : SSH_FREE;
	if (n >= 0)
		return n;
	if (n != LIBSSH2_ERROR_EAGAIN) {
		struct error *why = NULL;

		/* Its end says more than that it takes no more. */
		if (libssh2_channel_eof(ssh->channel))
			return program_ended(ssh, err);
		(void)ssh_session_failed(ssh, "writing", &why);
		if (err)
			*err = why;
		else
			error_free(why);
		return -EPIPE;
	}
	return 0;
}
