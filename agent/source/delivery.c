/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Brings lander-source to a machine and starts it.  A login that talks before
 * the program does is put up with, up to a limit; a program that does not greet
 * is not.
 */
#include "source/delivery.h"

#include <sys/random.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "net/ssh.h"
#include "net/ssh_stream.h"
#include "source/helper.h"
#include "source/wire.h"

#define NOISE_MAX   16384U
#define NOISE_SHOWN 80

/* All that was said while it is found out what it is. */
struct noise {
	char text[NOISE_MAX + 1];
	size_t length;
};

/* The first of it, on one line. */
static void show(struct noise *noise)
{
	size_t end = noise->length < NOISE_SHOWN ? noise->length : NOISE_SHOWN;

	while (end && strchr("\r\n ", noise->text[end - 1]))
		end--;
	noise->text[end] = '\0';
	parse_make_printable(noise->text);
}

static int not_understood(struct noise *noise, const char *name,
			  struct error **err)
{
	show(noise);
	return error_set(err, ERROR_SOURCE, 0,
			 "%s: what runs there is not lander-source: it says "
			 "'%s'",
			 name, noise->text);
}

static bool has_greeting(const struct noise *noise)
{
	return noise->length >= WIRE_GREETING_BYTES &&
	       memcmp(noise->text + noise->length - WIRE_GREETING_BYTES,
		      WIRE_GREETING, WIRE_GREETING_BYTES) == 0;
}

/* "NAME go MACHINE": which of them is wanted. */
static const struct helper *find_wish(const struct noise *noise,
				      const char *directory)
{
	for (size_t i = 0; directory && i < HELPERS; i++) {
		char words[80];

		(void)snprintf(words, sizeof(words), "%s go %s\n", directory,
			       helper_each[i].machine);
		if (memmem(noise->text, noise->length, words, strlen(words)))
			return &helper_each[i];
	}
	return NULL;
}

/* Something more is said, or nothing is: then what was said is told. */
static int wait_more(struct ssh *ssh, const char *name, struct noise *noise,
		     double end, struct error **err)
{
	struct error *why = NULL;
	int r = ssh_stream_wait(ssh, end, &why);

	if (r == 0)
		return 1;
	if (r == -ETIMEDOUT && noise->length) {
		error_free(why);
		return not_understood(noise, name, err);
	}
	if (err)
		*err = why;
	else
		error_free(why);
	return r;
}

/* It ended, or the connection did: what it said on stdout may say why. */
static int ended(struct noise *noise, int r, struct error **err)
{
	show(noise);
	return *noise->text ? error_wrap(err, "it says '%s'", noise->text) : r;
}

/* Until the greeting came (0) or a program is asked for (1).  Nothing follows
 * either of them: the other side waits for us then. */
static int listen_for(struct ssh *ssh, const char *name, const char *directory,
		      double end, const struct helper **ret, struct error **err)
{
	struct noise *noise = calloc(1, sizeof(*noise));
	int r = 1;

	if (!noise)
		return error_memory(err);
	while (r > 0) {
		ssize_t n = ssh_stream_read(ssh, noise->text + noise->length,
					    NOISE_MAX - noise->length, err);

		if (n < 0) {
			r = ended(noise, (int)n, err);
			break;
		}
		noise->length += (size_t)n;
		if (has_greeting(noise))
			r = 0;
		else if ((*ret = find_wish(noise, directory)))
			break;
		else if (noise->length == NOISE_MAX)
			r = not_understood(noise, name, err);
		else if (n == 0)
			r = wait_more(ssh, name, noise, end, err);
	}
	free(noise);
	return r;
}

static int send_program(struct ssh *ssh, const struct helper *helper,
			double end, struct error **err)
{
	const size_t size = helper_size(helper);
	size_t sent = 0;

	while (sent < size) {
		ssize_t n = ssh_stream_write(ssh, helper->program + sent,
					     size - sent, err);
		int r;

		if (n < 0)
			return (int)n;
		sent += (size_t)n;
		r = n ? 0 : ssh_stream_wait(ssh, end, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Nobody can put something else under a name that nobody knows before. */
static int make_name(char *ret, size_t room, struct error **err)
{
	uint64_t random[2];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return error_set(err, ERROR_INTERNAL, errno, "random name");
	(void)snprintf(ret, room, ".lander-%016llx%016llx",
		       (unsigned long long)random[0],
		       (unsigned long long)random[1]);
	return 0;
}

int delivery_start(struct ssh *ssh, const char *name, double end,
		   struct error **err)
{
	char directory[48];
	const struct helper *helper = NULL;
	char *script;
	int r = make_name(directory, sizeof(directory), err);

	if (r < 0)
		return r;
	script = helper_script(directory);
	if (!script)
		return error_memory(err);
	r = ssh_stream_run(ssh, script, end, err);
	free(script);
	if (r == 0)
		r = listen_for(ssh, name, directory, end, &helper, err);
	if (r > 0 && helper) {
		r = send_program(ssh, helper, end, err);
		if (r == 0)
			r = listen_for(ssh, name, NULL, end, &helper, err);
	}
	return r;
}
