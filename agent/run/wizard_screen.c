/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal under the wizard's screens.  newt reads descriptor 0 and writes
 * to 1, so these two are lent to it and taken back.  It never lets the library
 * end the program: what kind of terminal it is is tried before.
 */
#include "run/wizard_screen.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <newt.h>
#define ENABLE_SLFUTURE_CONST 1
#include <slang.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/version.h"

static const char headline[] =
	" lander " LANDER_VERSION ": this machine becomes a copy of another";
static const char keys[] = " Tab and arrows move, Enter chooses, Esc goes back";

/* newt knows one screen. */
static struct {
	const _Atomic bool *stop;
	int kept[2]; /* what 0 and 1 were; -1: nothing was taken away */
	bool lost;
} screen = {.kept = {-1, -1}};

static int take(const char *terminal, struct error **err)
{
	int fd = open(terminal, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return error_set(err, ERROR_CONFIG, errno, "%s", terminal);
	for (int i = 0; i < 2; i++) {
		screen.kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 3);
		(void)dup2(fd, i);
	}
	(void)close(fd);
	return 0;
}

static void give_back(void)
{
	for (int i = 0; i < 2; i++) {
		if (screen.kept[i] < 0)
			continue;
		(void)dup2(screen.kept[i], i);
		(void)close(screen.kept[i]);
		screen.kept[i] = -1;
	}
}

static const char *guess(const char *terminal)
{
	const char *name = getenv("TERM");

	if (!terminal)
		return name && *name ? name : "vt100";
	/* "/dev/tty1" is a screen, "/dev/ttyS0" a line. */
	if (!strncmp(terminal, "/dev/tty", 8) && terminal[8] >= '0' &&
	    terminal[8] <= '9')
		return "linux";
	return "vt220";
}

/* Unknown is no reason to send anybody away; incapable is. */
static int choose_kind(const char *terminal, struct error **err)
{
	const char *name = guess(terminal);
	int r = SLtt_initialize(name);

	if (r == -1) {
		name = "vt100";
		r = SLtt_initialize(name);
	}
	if (r < 0)
		return error_set(err, ERROR_CONFIG, 0,
				 "a terminal of the kind '%s' can't show "
				 "screens; give the job as words instead",
				 name);
	(void)setenv("TERM", name, 1);
	return 0;
}

/* slang takes all of the user's locale; numbers in files must not follow it,
 * only the letters on the screen. */
static void restrict_locale(void)
{
	(void)setlocale(LC_ALL, "C");
	(void)setlocale(LC_CTYPE, "");
}

static void draw_root(void)
{
	newtCls();
	newtDrawRootText(0, 0, headline);
	newtPushHelpLine(keys);
}

int wizard_screen_open(const char *terminal, const _Atomic bool *stop,
		       struct error **err)
{
	int r = terminal ? take(terminal, err) : 0;

	if (r == 0 && (!isatty(0) || !isatty(1)))
		r = error_set(err, ERROR_CONFIG, 0,
			      "the wizard needs a terminal to show its screens "
			      "on");
	if (r == 0)
		r = choose_kind(terminal, err);
	if (r == 0) {
		SLang_TT_Read_FD = 0;
		SLang_TT_Write_FD = 1;
		if (newtInit() < 0)
			r = error_set(err, ERROR_CONFIG, 0,
				      "this terminal can't be used");
	}
	if (r < 0) {
		give_back();
		return r;
	}
	restrict_locale();
	screen.stop = stop;
	screen.lost = false;
	draw_root();
	return 0;
}

void wizard_screen_close(void)
{
	(void)newtFinished();
	give_back();
}

bool wizard_screen_over(void)
{
	return screen.lost || (screen.stop && atomic_load(screen.stop));
}

void wizard_screen_lost(void)
{
	screen.lost = true;
}

void wizard_screen_renew(void)
{
	(void)newtFinished();
	SLang_TT_Read_FD = 0;
	if (newtInit() < 0)
		screen.lost = true;
	else
		draw_root();
	restrict_locale();
}

void wizard_screen_plain(char *text)
{
	char *to = text;

	for (const char *at = text; *at; at++) {
		unsigned char byte = (unsigned char)*at;

		/* The rest of a letter of several bytes. */
		if ((byte & 0xc0) == 0x80)
			continue;
		*to++ = byte >= 0xc0 || (byte < 0x20 && byte != '\n') ||
					byte == 0x7f
				? '?'
				: *at;
	}
	*to = '\0';
}

void wizard_screen_fit(char *text, size_t columns)
{
	static const char mark[] = "...";

	wizard_screen_plain(text);
	if (strlen(text) <= columns || columns < sizeof(mark) - 1)
		return;
	memcpy(text + columns - (sizeof(mark) - 1), mark, sizeof(mark));
}
