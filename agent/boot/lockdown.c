/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether this machine was started with Secure Boot, and what its kernel makes
 * of that.  It only reads; what cannot be read is not claimed.
 */
#include "boot/lockdown.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "boot/firmware.h"

/* Attributes in four bytes, then the value. */
#define SECURE_BOOT                  \
	"/sys/firmware/efi/efivars/" \
	"SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define VALUE_AT 4U
#define LOCKDOWN "/sys/kernel/security/lockdown"

bool lockdown_secure_boot(void)
{
	char *bytes = NULL;
	size_t length = 0;
	bool on;

	if (io_read_file(SECURE_BOOT, 64, &bytes, &length, NULL) < 0)
		return false;
	on = length == VALUE_AT + 1 && bytes[VALUE_AT] == 1;
	free(bytes);
	return on;
}

/* "none [integrity] confidentiality": the one that holds, to free(); NULL
 * where the kernel knows of none. */
static char *read_level(void)
{
	char *line = io_read_line(LOCKDOWN);
	char *from = line ? strchr(line, '[') : NULL;
	char *level = from ? strndup(from + 1, strcspn(from + 1, "]")) : NULL;

	free(line);
	return level;
}

bool lockdown_on(void)
{
	char *level = read_level();
	bool on = level && strcmp(level, "none") != 0;

	free(level);
	return on;
}

void lockdown_describe(char *buf, size_t room)
{
	char *level = read_level();

	if (!firmware_started_uefi())
		(void)snprintf(buf, room, "BIOS");
	else
		(void)snprintf(buf, room, "UEFI %s Secure Boot",
			       lockdown_secure_boot() ? "with" : "without");
	if (level && strcmp(level, "none") != 0)
		(void)snprintf(buf + strlen(buf), room - strlen(buf),
			       ", kernel lockdown %s", level);
	free(level);
}
