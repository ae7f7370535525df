/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asks for the code of a served machine.  It waits for a person as long as it
 * takes, keeps the code for the tries that follow, and writes it nowhere.
 */
#include "run/code.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "run/console.h"
#include "run/migrate.h"
#include "run/report.h"
#include "source/source.h"

#define CONSOLES 8
#define LINE	 64

/* As it was typed, once it was a code. */
static char known[LINE];

static bool is_stopped(const struct migrate *m)
{
	return m->stop && atomic_load(m->stop);
}

static int wait_line(struct migrate *m, char *buf, struct error **err)
{
	struct console *console = report_lines(m->report);
	struct pollfd fds[CONSOLES];

	while (!console_take(console, buf, LINE)) {
		size_t count = console_want(console, fds, CONSOLES);

		if (is_stopped(m))
			return error_set(err, ERROR_ABORTED, ECANCELED,
					 "waiting for the code");
		if (!count)
			return error_set(err, ERROR_CONFIG, 0,
					 "lander.identity=code: there is no "
					 "console where it could be typed");
		(void)poll(fds, count, 1000);
	}
	return 0;
}

static int ask(struct migrate *m, struct ssh_code_keys *ret, struct error **err)
{
	char line[LINE];
	int r;

	console_listen(report_lines(m->report));
	report_say(m->report, "type the code that the source's screen shows, "
			      "and Enter:");
	report_state(m->report, "waiting");
	for (;;) {
		struct error *why = NULL;

		r = wait_line(m, line, err);
		if (r < 0)
			break;
		r = ssh_code_keys(line, ret, &why);
		if (r == 0) {
			memcpy(known, line, sizeof(known));
			report_say(m->report, "the code is complete");
			break;
		}
		report_say(m->report, "%s; once more:", why->msg);
		error_free(why);
	}
	explicit_bzero(line, sizeof(line));
	report_state(m->report, "running");
	return r;
}

int code_ask(struct migrate *m, struct source_spec *spec,
	     struct ssh_code_keys *ret, struct error **err)
{
	int r;

	if (!spec->identity || strcmp(spec->identity, "code") != 0)
		return 0;
	r = *known ? ssh_code_keys(known, ret, err) : ask(m, ret, err);
	if (r < 0)
		return r;
	spec->key = ret->reader.private.at;
	spec->key_length = ret->reader.private.length;
	if (!spec->hostkey)
		spec->hostkey = ret->host.public.print;
	return 0;
}

int code_refused(const struct source_spec *spec, int r, struct error **err)
{
	if (!*known || !spec->identity || strcmp(spec->identity, "code") != 0 ||
	    (r != -EKEYREJECTED && r != -EACCES))
		return r;
	explicit_bzero(known, sizeof(known));
	return error_wrap(err, "the code that was typed is not the one of this "
			       "source, or no longer");
}
