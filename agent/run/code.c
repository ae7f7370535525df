/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asks for the code of a served machine.  It waits for a person as long as it
 * takes, keeps what the code stands for, for the tries that follow, and writes
 * it nowhere.
 */
#include "run/code.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "net/ssh_code.h"
#include "run/console.h"
#include "run/migrate.h"
#include "run/report.h"
#include "source/source.h"

#define CONSOLES 8
#define LINE	 64
#define LOOK_MS	 1000

static struct ssh_code_keys known; /* {0}: none was typed yet */

static bool is_wanted(const struct source_spec *spec)
{
	return spec->identity && !strcmp(spec->identity, "code");
}

static int wait_line(struct migrate *m, char *buf, struct error **err)
{
	struct console *console = report_lines(m->report);
	struct pollfd fds[CONSOLES];

	while (!console_take(console, buf, LINE)) {
		size_t count = console_want(console, fds, CONSOLES);

		if (m->stop && atomic_load(m->stop))
			return error_set(err, ERROR_ABORTED, ECANCELED,
					 "waiting for the code");
		if (!count)
			return error_set(err, ERROR_CONFIG, 0,
					 "lander.identity=code: there is no "
					 "console where it could be typed");
		(void)poll(fds, count, LOOK_MS);
	}
	return 0;
}

static int ask(struct migrate *m, struct error **err)
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
		r = ssh_code_keys(line, &known, &why);
		if (r == 0) {
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

void code_fill(struct source_spec *spec)
{
	spec->key = known.reader.private.at;
	spec->key_length = known.reader.private.length;
	if (!spec->hostkey && known.host.private.at)
		spec->hostkey = known.host.public.print;
}

int code_ask(struct migrate *m, struct source_spec *spec, struct error **err)
{
	int r = 0;

	if (!is_wanted(spec))
		return 0;
	if (!known.reader.private.at)
		r = ask(m, err);
	if (r == 0)
		code_fill(spec);
	return r;
}

int code_refused(const struct source_spec *spec, int r, struct error **err)
{
	if (!is_wanted(spec) || (r != -EKEYREJECTED && r != -EACCES))
		return r;
	ssh_code_keys_done(&known);
	return error_wrap(err, "the code that was typed is not the one of this "
			       "source, or no longer");
}

int code_give(const char *text, struct error **err)
{
	code_forget();
	return ssh_code_keys(text, &known, err);
}

void code_forget(void)
{
	ssh_code_keys_done(&known);
}
