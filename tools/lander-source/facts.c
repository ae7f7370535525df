/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What this machine is, as the agent's checks and its plan want to know it.
 * What can't be found out is left out.
 * Sources: proc(5), os-release(5), sysfs-class-net and sysfs-block of the
 * kernel's ABI documents.
 */
#include "lander-source/facts.h"

#include <sys/stat.h>

#include <fcntl.h>

#include "base/version.h"
#include "lander-source/facts_disk.h"
#include "lander-source/facts_health.h"
#include "lander-source/file.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

static char buffer[1 << 20];
static char file[65536];

/* KEY=value or KEY="value" of os-release. */
static void field_of(struct text *to, const char *name, const char *key)
{
	const char *at = file;
	char value[256];
	struct text text;

	while (at && *at && !text_begins(at, key)) {
		at = text_find(at, "\n");
		at = at ? at + 1 : NULL;
	}
	if (!at || !*at)
		return;
	while (*key++)
		at++;
	text_begin(&text, value, sizeof(value));
	for (; *at && *at != '\n'; at++)
		if (*at != '"')
			text_add_bytes(&text, at, 1);
	text_field(to, name, value);
}

static void tell_system(struct text *to)
{
	char line[256];

	text_field(to, "hostname",
		   file_read_line(line, sizeof(line),
				  "/proc/sys/kernel/hostname", NULL));
	text_field(to, "kernel",
		   file_read_line(line, sizeof(line),
				  "/proc/sys/kernel/osrelease", NULL));
	text_field(to, "arch", SYSTEM_MACHINE);
	if (file_read("/etc/os-release", file, sizeof(file)) > 0 ||
	    file_read("/usr/lib/os-release", file, sizeof(file)) > 0) {
		field_of(to, "os", "PRETTY_NAME=");
		field_of(to, "os_id", "ID=");
		field_of(to, "os_version", "VERSION_ID=");
	} else {
		text_field(to, "os",
			   file_read_line(line, sizeof(line),
					  "/etc/redhat-release", NULL));
	}
	text_field(to, "load",
		   file_read_line(line, sizeof(line), "/proc/loadavg", NULL));
	text_field(to, "uptime",
		   file_read_line(line, sizeof(line), "/proc/uptime", NULL));
	text_field(to, "boot_id",
		   file_read_line(line, sizeof(line),
				  "/proc/sys/kernel/random/boot_id", NULL));
	text_field(to, "vendor",
		   file_read_line(line, sizeof(line),
				  "/sys/class/dmi/id/sys_vendor", NULL));
	text_field(to, "product",
		   file_read_line(line, sizeof(line),
				  "/sys/class/dmi/id/product_name", NULL));
}

static bool is_there(const char *path)
{
	struct stat st = {0};

	return system_stat(path, &st) >= 0;
}

static int tell_nic(void *owner, const char *name)
{
	struct text *to = owner;
	char path[128];
	char line[128];
	struct text text;

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/sys/class/net/");
	text_add(&text, name);
	text_add(&text, "/device");
	text_open(to, "{");
	text_field(to, "name", name);
	text_field(to, "mac",
		   file_read_line(line, sizeof(line), "/sys/class/net/", name,
				  "/address", NULL));
	text_field(to, "state",
		   file_read_line(line, sizeof(line), "/sys/class/net/", name,
				  "/operstate", NULL));
	text_field(to, "speed",
		   file_read_line(line, sizeof(line), "/sys/class/net/", name,
				  "/speed", NULL));
	text_field_truth(to, "hardware", is_there(path));
	text_close(to, "},");
	return 0;
}

const char *facts_collect(size_t *ret_length)
{
	struct text text;

	text_begin(&text, buffer, sizeof(buffer));
	text_open(&text, "{");
	text_field(&text, "version", LANDER_VERSION);
	tell_system(&text);
	facts_health_tell(&text);
	text_field(&text, "firmware",
		   is_there("/sys/firmware/efi") ? "uefi" : "bios");
	text_add(&text, "\"nics\":[");
	(void)file_list("/sys/class/net", tell_nic, &text);
	text_close(&text, "],");
	text_add(&text, "\"disks\":[");
	facts_disk_tell(&text);
	text_close(&text, "]");
	text_close(&text, "}");
	/* Half an object is none. */
	if (text.full) {
		text_begin(&text, buffer, sizeof(buffer));
		text_add(&text, "{\"version\":\"" LANDER_VERSION "\"}");
	}
	*ret_length = text.length;
	return buffer;
}
