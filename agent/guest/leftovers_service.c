/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeping one service of a copied system from starting, with the means of its
 * own init.  The links in rc?.d stay: System V runs whatever is called S* in
 * there, also a link that was put aside.
 */
#include "guest/leftovers_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/text.h"
#include "guest/tree.h"

#define STEP "old tools"
#define MARK "exit 0 # lander: a tool of another hypervisor\n"

static const char *const unit_places[] = {"/etc/systemd/system/",
					  "/usr/lib/systemd/system/",
					  "/lib/systemd/system/"};
static const char *const script_places[] = {"/etc/init.d/",
					    "/etc/rc.d/init.d/"};

static bool has_systemd(const char *root)
{
	return tree_has(root, "/lib/systemd/systemd") ||
	       tree_has(root, "/usr/lib/systemd/systemd");
}

/* "vmtoolsd" is "vmtoolsd.service"; units of other kinds say so. */
static void unit_name(const char *name, char *unit, size_t room)
{
	(void)snprintf(unit, room, "%s%s", name,
		       strchr(name, '.') ? "" : ".service");
}

static bool find_file(const char *root, const char *const *places, size_t count,
		      const char *name, char path[300])
{
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(path, 300, "%s%s", places[i], name);
		if (tree_has(root, path))
			return true;
	}
	return false;
}

static bool find_unit(const char *root, const char *name)
{
	char unit[200];
	char path[300];

	unit_name(name, unit, sizeof(unit));
	return find_file(root, unit_places, 3, unit, path);
}

static bool find_script(const char *root, const char *name, char path[300])
{
	return find_file(root, script_places, 2, name, path);
}

static bool find_job(const char *root, const char *name, char path[300])
{
	(void)snprintf(path, 300, "/etc/init/%s.conf", name);
	return tree_has(root, path);
}

bool leftovers_service_has(const char *root, const char *name)
{
	char path[300];

	return find_unit(root, name) || find_script(root, name, path) ||
	       find_job(root, name, path);
}

static int mask(struct convert *convert, const char *name, struct error **err)
{
	struct error *why = NULL;
	char unit[200];
	char path[300];
	int r;

	unit_name(name, unit, sizeof(unit));
	(void)snprintf(path, sizeof(path), "/etc/systemd/system/%s", unit);
	r = edit_link(convert->root, path, "/dev/null", &why);
	return text_forgive(convert, STEP, r, &why, err);
}

/* Where the comments at the top end: headers of LSB and chkconfig stay. */
static size_t first_command(const char *text)
{
	size_t at = 0;

	while (text[at]) {
		size_t blank = strspn(text + at, " \t\r");

		if (text[at + blank] != '#' && text[at + blank] != '\n')
			break;
		at += strcspn(text + at, "\n");
		at += text[at] == '\n';
	}
	return at;
}

static bool is_shell(const char *text)
{
	size_t length = strcspn(text, "\n");
	char line[100];

	if (strncmp(text, "#!", 2) != 0 || length >= sizeof(line))
		return false;
	memcpy(line, text, length);
	line[length] = '\0';
	return strstr(line, "/sh") || strstr(line, "bash") ||
	       strstr(line, "dash") || strstr(line, "ksh");
}

/* The script ends before it does anything. */
static int end_script(struct convert *convert, const char *path,
		      struct error **err)
{
	char *text = NULL;
	int r = text_read(convert, STEP, path, &text, err);
	struct text_edit edit = {.old = text};
	size_t at = r > 0 ? first_command(text) : 0;

	if (r > 0 && !is_shell(text)) {
		steps_add(&convert->steps, STEP_FAILED, STEP,
			  "%s: no shell script, so it still starts", path);
		r = 0;
	} else if (r > 0 && !strncmp(text + at, MARK, strlen(MARK))) {
		r = 0;
	} else if (r > 0) {
		bool open = at && text[at - 1] != '\n';

		text_replace(&edit, at, 0, open ? "\n" MARK : MARK);
		if (text_finish(&edit))
			r = text_write(convert, STEP, path, edit.fresh, err);
		else
			r = error_memory(err);
	}
	free(edit.fresh);
	free(text);
	return r;
}

static int stop_sysv(struct convert *convert, const char *name,
		     struct error **err)
{
	struct error *why = NULL;
	char script[300];
	char job[300];
	int stopped = 0;
	int r = 0;

	if (find_script(convert->root, name, script))
		stopped = end_script(convert, script, err);
	if (stopped < 0 || !find_job(convert->root, name, job))
		return stopped;
	r = edit_remove(convert->root, job, &why);
	r = text_forgive(convert, STEP, r, &why, err);
	return r < 0 ? r : stopped || r;
}

int leftovers_service_stop(struct convert *convert, const char *name,
			   struct error **err)
{
	int r;

	if (!leftovers_service_has(convert->root, name))
		return LEFTOVERS_SERVICE_NONE;
	r = has_systemd(convert->root) ? mask(convert, name, err)
				       : stop_sysv(convert, name, err);
	return r < 0 ? r
	       : r   ? LEFTOVERS_SERVICE_STOPPED
		     : LEFTOVERS_SERVICE_ALREADY;
}
