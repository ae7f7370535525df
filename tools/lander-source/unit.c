/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Services of this machine, by its own systemctl or, where there is no systemd,
 * by its scripts in /etc/init.d.  A name is looked at before any program sees
 * it.
 * Source: systemctl(1), systemd.unit(5), sd_booted(3), the Linux Standard
 * Base on init scripts.
 */
#include "lander-source/unit.h"

#include <sys/stat.h>

#include <errno.h>

#include "lander-source/process.h"
#include "lander-source/system.h"
#include "lander-source/text.h"
#include "source/wire.h"

#define LOOK_S 30
#define STOP_S 330 /* more than any service of a distribution asks for */
#define SAID   400
#define SHOWN  8192 /* of who depends on it */

static bool is_there(const char *path)
{
	struct stat st = {0};

	return system_stat(path, &st) >= 0;
}

static const char *systemctl(void)
{
	return is_there("/usr/bin/systemctl") ? "/usr/bin/systemctl"
					      : "/bin/systemctl";
}

static bool has_systemd(void)
{
	return is_there("/run/systemd/system") && is_there(systemctl());
}

static bool is_name(const char *name)
{
	for (const char *at = name; *at; at++) {
		bool letter = (*at >= 'a' && *at <= 'z') ||
			      (*at >= 'A' && *at <= 'Z') ||
			      (*at >= '0' && *at <= '9');

		if (!letter && !text_find(":_.@-\\", (char[2]){*at, '\0'}))
			return false;
	}
	/* An option or a directory is none. */
	return name[0] && name[0] != '-' && name[0] != '.';
}

static void script_of(const char *name, char *path, size_t room)
{
	struct text text;

	text_begin(&text, path, room);
	text_add(&text, "/etc/init.d/");
	text_add(&text, name);
}

static int failed(const char *name, const char *doing, const char *said,
		  struct text *why)
{
	text_add(why, "unit ");
	text_add(why, name);
	text_add(why, " does not ");
	text_add(why, doing);
	if (*said)
		text_add(why, ": ");
	for (; *said; said++)
		text_add_bytes(why, *said == '\n' ? " " : said, 1);
	return EIO;
}

static int not_there(const char *name, struct text *why)
{
	text_add(why, "there is no unit ");
	text_add(why, name);
	return ENOENT;
}

static int look_at_script(const char *name, bool *ret_running, struct text *why)
{
	char path[WIRE_UNIT_MAX + 16];
	char said[SAID];
	struct text text;

	text_begin(&text, said, sizeof(said));
	script_of(name, path, sizeof(path));
	if (!is_there(path))
		return not_there(name, why);
	/* 3: it is there and does not run. */
	*ret_running = process_run((const char *[]){path, "status", NULL},
				   LOOK_S, &text) != 3;
	return 0;
}

/* "RequiredBy=one.service two.service", for each way to be stopped along. */
static void take_followers(const char *shown, struct text *followers)
{
	const char *line = shown;

	while (line) {
		const char *at = line;

		line = text_find(at, "\n");
		line = line ? line + 1 : NULL;
		if (text_begins(at, "LoadState=") ||
		    text_begins(at, "ActiveState="))
			continue;
		while (*at && *at != '\n' && *at != '=')
			at++;
		at += *at == '=';
		for (; *at && *at != '\n'; at++)
			text_add_bytes(followers, at, 1);
		text_add(followers, " ");
	}
}

int unit_look(const char *name, bool *ret_running, struct text *followers,
	      struct text *why)
{
	static char said[SHOWN];
	struct text text;
	int r;

	text_begin(&text, said, sizeof(said));
	if (!is_name(name)) {
		text_add(why, "'");
		text_add(why, name);
		text_add(why, "' is no name of a unit");
		return EINVAL;
	}
	if (!has_systemd())
		return look_at_script(name, ret_running, why);
	r = process_run((const char *[]){systemctl(), "show", "-p", "LoadState",
					 "-p", "ActiveState", "-p",
					 "RequiredBy", "-p", "RequisiteOf",
					 "-p", "BoundBy", "-p", "ConsistsOf",
					 "-p", "PropagatesStopTo", "--", name,
					 NULL},
			LOOK_S, &text);
	if (r || text.full) {
		said[r ? SAID - 1 : 0] = '\0';
		return failed(name, "show its state", said, why);
	}
	if (text_find(said, "LoadState=not-found"))
		return not_there(name, why);
	*ret_running = !text_find(said, "ActiveState=inactive") &&
		       !text_find(said, "ActiveState=failed");
	take_followers(said, followers);
	return 0;
}

static int tell_to(const char *name, const char *what, struct text *why)
{
	char path[WIRE_UNIT_MAX + 16];
	char said[SAID];
	struct text text;
	int r;

	text_begin(&text, said, sizeof(said));
	script_of(name, path, sizeof(path));
	r = has_systemd() ? process_run((const char *[]){systemctl(), what,
							 "--", name, NULL},
					STOP_S, &text)
			  : process_run((const char *[]){path, what, NULL},
					STOP_S, &text);
	if (r == -ETIMEDOUT)
		text_add(&text, "it takes too long");
	return r ? failed(name, what, said, why) : 0;
}

int unit_stop(const char *name, struct text *why)
{
	return tell_to(name, "stop", why);
}

int unit_start(const char *name, struct text *why)
{
	return tell_to(name, "start", why);
}

static bool is_target(const char *name)
{
	const char *end = name;

	for (const char *at = name; *at; at++)
		if (*at == '.')
			end = at;
	return text_equal(end, ".target");
}

/* Whoever was stopped with a target is started by his own name; others that it
 * wants were stopped by somebody else. */
int unit_return(const char *name, struct text *why)
{
	char said[SAID];
	struct text text;

	if (!is_target(name))
		return unit_start(name, why);
	text_begin(&text, said, sizeof(said));
	if (!process_run((const char *[]){systemctl(), "start",
					  "--job-mode=ignore-dependencies",
					  "--", name, NULL},
			 LOOK_S, &text))
		return 0;
	return failed(name, "start", said, why);
}
