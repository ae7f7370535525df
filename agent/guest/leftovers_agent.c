/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guest agent of the new hypervisor.  It installs nothing: a package comes
 * from the system's own repositories, at its first boot.
 */
#include "guest/leftovers_agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/text.h"
#include "guest/tree.h"

#define STEP "guest agent"
#define UNIT "qemu-guest-agent.service"
#define OWN  "/etc/systemd/system/"

static bool is_kvm(const char *hypervisor)
{
	return !strcmp(hypervisor, "kvm") || !strcmp(hypervisor, "qemu");
}

static bool is_installed(const char *root)
{
	return tree_has(root, "/usr/sbin/qemu-ga") ||
	       tree_has(root, "/usr/bin/qemu-ga");
}

/* The first line of this key, up to its end; NULL when there is none. */
static const char *find_key(const char *text, const char *key)
{
	const char *line = text;

	while (strncmp(line, key, strlen(key)) != 0) {
		line = strchr(line, '\n');
		if (!line)
			return NULL;
		line++;
	}
	return line + strlen(key);
}

static int enable(struct convert *convert, const char *unit, const char *wanted,
		  struct error **err)
{
	struct error *why = NULL;
	char by[200];
	char *path = NULL;
	size_t length = strcspn(wanted, " \t\r\n");
	int r;

	/* The word names a directory: nothing that leads elsewhere. */
	if (!length || length >= sizeof(by) || memchr(wanted, '/', length))
		return 0;
	memcpy(by, wanted, length);
	by[length] = '\0';
	if (asprintf(&path, OWN "%s.wants/" UNIT, by) < 0)
		return error_memory(err);
	r = edit_link(convert->root, path, unit, &why);
	r = text_forgive(convert, STEP, r, &why, err);
	free(path);
	if (r > 0)
		steps_add(&convert->steps, STEP_DONE, STEP,
			  "QEMU's guest agent is enabled, wanted by %s", by);
	else if (r == 0)
		steps_add(&convert->steps, STEP_SKIPPED, STEP,
			  "QEMU's guest agent is enabled already");
	return r < 0 ? r : 0;
}

/* systemd's unit, "" when there is none. */
static const char *find_unit(const char *root)
{
	static const char *const places[] = {OWN UNIT,
					     "/usr/lib/systemd/system/" UNIT,
					     "/lib/systemd/system/" UNIT};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (tree_has(root, places[i]))
			return places[i];
	return NULL;
}

int leftovers_agent(struct convert *convert, struct error **err)
{
	const char *unit = find_unit(convert->root);
	const char *wanted = NULL;
	char *text = NULL;
	int r = 0;

	if (!is_kvm(convert->hypervisor))
		return 0;
	if (!is_installed(convert->root)) {
		steps_add(&convert->steps, STEP_SKIPPED, STEP,
			  "QEMU's guest agent is not installed; %%firstboot "
			  "can install qemu-guest-agent");
		return 0;
	}
	if (unit)
		r = text_read(convert, STEP, unit, &text, err);
	if (r > 0)
		wanted = find_key(text, "WantedBy=");
	if (r >= 0 && wanted)
		r = enable(convert, unit, wanted, err);
	else if (r >= 0)
		steps_add(&convert->steps, STEP_SKIPPED, STEP,
			  "QEMU's guest agent is installed; %s",
			  unit ? "udev starts it" : "its own init starts it");
	free(text);
	return r < 0 ? r : 0;
}
