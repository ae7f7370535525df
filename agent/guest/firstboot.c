/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scripts that the migrated system runs once by itself.  It writes files with
 * names of its own only, and refuses an init that it does not know.
 */
#include "guest/firstboot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/scrap.h"
#include "guest/script.h"
#include "guest/tree.h"

#define STEP   "script"
#define NAME   "lander-firstboot"
#define RUNNER FIRSTBOOT_DIRECTORY "/run"
#define UNIT   "/etc/systemd/system/" NAME ".service"
#define WANTS  "/etc/systemd/system/multi-user.target.wants/" NAME ".service"
#define OPENRC "/etc/runlevels/default/" NAME

static const char unit[] =
	"# Written by lander; removes itself when it runs.\n"
	"[Unit]\n"
	"Description=Scripts of the migration job, at the first boot\n"
	"ConditionPathExists=" RUNNER "\n"
	"RequiresMountsFor=" FIRSTBOOT_DIRECTORY " /var/log\n"
	"Wants=network-online.target\n"
	"After=network-online.target local-fs.target\n"
	"\n"
	"[Service]\n"
	"Type=simple\n"
	"ExecStart=/bin/sh " RUNNER "\n"
	"RuntimeMaxSec=2h\n"
	"\n"
	"[Install]\n"
	"WantedBy=multi-user.target\n";

static const char openrc[] =
	"#!/sbin/openrc-run\n"
	"# Written by lander; removes itself when it runs.\n"
	"description=\"Scripts of the migration job, at the first boot\"\n"
	"depend()\n"
	"{\n"
	"	need localmount\n"
	"	after net\n"
	"}\n"
	"start()\n"
	"{\n"
	"	/bin/sh " RUNNER " &\n"
	"	return 0\n"
	"}\n";

static const char sysv[] =
	"#!/bin/sh\n"
	"# Written by lander; removes itself when it runs.\n"
	"# chkconfig: 2345 99 01\n"
	"# description: Scripts of the migration job, at the first boot\n"
	"### BEGIN INIT INFO\n"
	"# Provides: " NAME "\n"
	"# Required-Start: $remote_fs $syslog\n"
	"# Required-Stop:\n"
	"# Should-Start: $network\n"
	"# Default-Start: 2 3 4 5\n"
	"# Default-Stop:\n"
	"# Short-Description: Scripts of the migration job, at the first boot\n"
	"### END INIT INFO\n"
	"if [ \"$1\" = start ]; then\n"
	"	/bin/sh " RUNNER " &\n"
	"fi\n"
	"exit 0\n";

/* Where System V inits keep their scripts and the links to them. */
static const struct {
	const char *scripts;
	const char *levels; /* "%s/rc3.d" */
} sysv_places[] = {
	{"/etc/init.d", "/etc"},
	{"/etc/rc.d/init.d", "/etc/rc.d"},
	{"/etc/init.d", "/etc/init.d"},
};

static bool has_systemd(const char *root)
{
	return tree_has(root, "/lib/systemd/systemd") ||
	       tree_has(root, "/usr/lib/systemd/systemd");
}

static bool has_openrc(const char *root)
{
	return tree_has(root, "/sbin/openrc-run") &&
	       tree_has(root, "/etc/runlevels/default");
}

/* Which of sysv_places; -1: none. */
static int find_sysv(const char *root)
{
	int found = -1;

	for (int i = 0; found < 0 && i < 3; i++) {
		char level[100];

		(void)snprintf(level, sizeof(level), "%s/rc3.d",
			       sysv_places[i].levels);
		if (tree_has(root, sysv_places[i].scripts) &&
		    tree_has(root, level))
			found = i;
	}
	return found;
}

static void sysv_link(int which, int level, char path[100])
{
	(void)snprintf(path, 100, "%s/rc%d.d/S99" NAME,
		       sysv_places[which].levels, level);
}

/* Text as one word of a shell. */
static void put_word(FILE *out, const char *text)
{
	(void)fputc('\'', out);
	for (; *text; text++)
		if (*text == '\'')
			(void)fputs("'\\''", out);
		else
			(void)fputc(*text, out);
	(void)fputc('\'', out);
}

/* Every way to be started, as words. */
static void put_ways(FILE *out, const char *root)
{
	int which = find_sysv(root);

	if (has_systemd(root)) {
		(void)fputs(WANTS " " UNIT, out);
		return;
	}
	if (has_openrc(root)) {
		(void)fputs(OPENRC " /etc/init.d/" NAME, out);
		return;
	}
	for (int level = 2; level <= 5; level++) {
		char path[100];

		sysv_link(which, level, path);
		(void)fprintf(out, "%s ", path);
	}
	(void)fprintf(out, "%s/" NAME, sysv_places[which].scripts);
}

static void put_runner(FILE *out, const struct convert *convert)
{
	size_t number = 0;

	(void)fputs(
		"#!/bin/sh\n"
		"# Written by lander: the job's scripts for the first boot, "
		"once.\n"
		"now=" FIRSTBOOT_DIRECTORY ".now\n"
		"mv " FIRSTBOOT_DIRECTORY " \"$now\" || exit 1\n"
		"rm -f ",
		out);
	put_ways(out, convert->root);
	(void)fputs(
		"\n"
		"sync\n"
		"mkdir -p /var/log/lander\n"
		"(umask 077; : >>" FIRSTBOOT_LOG ")\n"
		"exec >>" FIRSTBOOT_LOG " 2>&1 </dev/null\n"
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
		"/bin\n"
		"export PATH LANDER_ROOT=/\n"
		"export LANDER_JOB=",
		out);
	put_word(out, convert->job ? convert->job : "");
	(void)fputs("\nexport LANDER_DISKS=", out);
	put_word(out, convert->targets ? convert->targets : "");
	(void)fprintf(out,
		      "\nexport LANDER_FIRMWARE=%s\n"
		      "result=0\n"
		      "run()\n"
		      "{\n"
		      "    echo \"lander: $(date): $1 begins\"\n"
		      "    LANDER_SCRIPT=$1 \"$2\" \"$3\"\n"
		      "    status=$?\n"
		      "    echo \"lander: $(date): $1 ended with $status\"\n"
		      "    [ \"$status\" = 0 ] || result=$status\n"
		      "}\n",
		      convert->uefi ? "uefi" : "bios");
	for (size_t i = 0; i < convert->scripts; i++) {
		const struct script *script = &convert->script[i];

		if (script->when != SCRIPT_FIRSTBOOT)
			continue;
		(void)fputs("run ", out);
		put_word(out, script->origin);
		(void)fprintf(out, " %s \"$now/%zu\"\n", script->interpreter,
			      ++number);
	}
	(void)fputs("rm -rf \"$now\"\n"
		    "rmdir /var/lib/lander 2>/dev/null\n"
		    "sync\n"
		    "exit \"$result\"\n",
		    out);
}

static int write_runner(const struct convert *convert, struct error **err)
{
	struct edit_content content = {.mode = 0700};
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	int r;

	if (!out)
		return error_memory(err);
	put_runner(out, convert);
	if (fclose(out) != 0) {
		free(text);
		return error_memory(err);
	}
	content.data = text;
	content.length = length;
	r = edit_file(convert->root, RUNNER, &content, err);
	free(text);
	return r;
}

static int write_text(const struct convert *convert, const char *path,
		      const char *text, mode_t mode, struct error **err)
{
	const struct edit_content content = {text, strlen(text), mode, false};

	return edit_file(convert->root, path, &content, err);
}

static int start_by_systemd(const struct convert *convert, struct error **err)
{
	int r = write_text(convert, UNIT, unit, 0644, err);
	int linked = r < 0 ? r : edit_link(convert->root, WANTS, UNIT, err);

	return linked < 0 ? linked : r || linked;
}

static int start_by_openrc(const struct convert *convert, struct error **err)
{
	int r = write_text(convert, "/etc/init.d/" NAME, openrc, 0755, err);
	int linked = r < 0 ? r
			   : edit_link(convert->root, OPENRC,
				       "/etc/init.d/" NAME, err);

	return linked < 0 ? linked : r || linked;
}

static int start_by_sysv(const struct convert *convert, int which,
			 struct error **err)
{
	char script[100];
	int r;

	(void)snprintf(script, sizeof(script), "%s/" NAME,
		       sysv_places[which].scripts);
	r = write_text(convert, script, sysv, 0755, err);
	for (int level = 2; r >= 0 && level <= 5; level++) {
		char path[100];
		int linked;

		sysv_link(which, level, path);
		linked = edit_link(convert->root, path, script, err);
		r = linked < 0 ? linked : r || linked;
	}
	return r;
}

/* Returns 1 when it changed something. */
static int have_started(const struct convert *convert, const char **ret_how,
			struct error **err)
{
	int which = find_sysv(convert->root);

	if (has_systemd(convert->root)) {
		*ret_how = "a unit of systemd";
		return start_by_systemd(convert, err);
	}
	if (has_openrc(convert->root)) {
		*ret_how = "a service of OpenRC";
		return start_by_openrc(convert, err);
	}
	if (which >= 0) {
		*ret_how = "a System V script";
		return start_by_sysv(convert, which, err);
	}
	return error_set(err, ERROR_CONVERT, 0,
			 "%%firstboot: the copied system has no systemd, no "
			 "OpenRC and no System V scripts to start it"),
	       -ENOSYS;
}

/* Of an earlier conversion; beyond is the first number that is not wanted. */
static int drop_old(const struct convert *convert, size_t beyond,
		    struct error **err)
{
	static const char *const paths[] = {FIRSTBOOT_DIRECTORY,
					    WANTS,
					    UNIT,
					    OPENRC,
					    "/etc/init.d/" NAME,
					    "/etc/rc.d/init.d/" NAME};
	char path[100];
	int r = 1;

	for (size_t number = beyond + 1; beyond && r > 0; number++) {
		(void)snprintf(path, sizeof(path), FIRSTBOOT_DIRECTORY "/%zu",
			       number);
		r = scrap_remove(convert->root, path, err);
	}
	if (beyond)
		return r < 0 ? r : 0;
	r = 0;
	for (size_t i = 0; r >= 0 && i < sizeof(paths) / sizeof(*paths); i++)
		r = scrap_remove(convert->root, paths[i], err);
	for (int i = 0; r >= 0 && i < 3 * 4; i++) {
		sysv_link(i / 4, 2 + i % 4, path);
		r = scrap_remove(convert->root, path, err);
	}
	return r < 0 ? r : 0;
}

int firstboot_set(struct convert *convert, struct error **err)
{
	const char *how = NULL;
	size_t number = 0;
	int changed = 0;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < convert->scripts; i++) {
		char path[100];

		if (convert->script[i].when != SCRIPT_FIRSTBOOT)
			continue;
		(void)snprintf(path, sizeof(path), FIRSTBOOT_DIRECTORY "/%zu",
			       ++number);
		r = write_text(convert, path, convert->script[i].text, 0700,
			       err);
		changed |= r;
	}
	if (r >= 0)
		r = drop_old(convert, number, err);
	if (r < 0 || !number)
		return r;
	r = have_started(convert, &how, err);
	changed |= r;
	if (r >= 0)
		r = write_runner(convert, err);
	if (r < 0)
		return r;
	steps_add(&convert->steps, changed || r ? STEP_DONE : STEP_SKIPPED,
		  STEP,
		  "%%firstboot: %zu script%s at the first boot, by %s; output "
		  "in " FIRSTBOOT_LOG,
		  number, number == 1 ? "" : "s", how);
	return 0;
}
