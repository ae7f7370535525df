/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What this machine is, for who must know it before a migration.  It reads and
 * tells; what it can't read it says so of.
 */
#include "run/facts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/parse.h"
#include "boot/lockdown.h"
#include "disk/blockdev.h"
#include "disk/content.h"
#include "network/network_status.h"
#include "run/machine_id.h"
#include "run/report.h"

#define DMI "/sys/class/dmi/id/"

void facts_start(struct report *report)
{
	char text[128];

	lockdown_describe(text, sizeof(text));
	report_say(report, "this machine was started by %s", text);
}

static void tell_machine(struct report *report)
{
	char *vendor = io_read_line(DMI "sys_vendor");
	char *product = io_read_line(DMI "product_name");
	struct machine_id id;

	machine_id_read(&id);
	report_say(report, "machine: %s %s, serial %s, UUID %s",
		   vendor ? vendor : "?", product ? product : "?",
		   *id.serial ? id.serial : "-", *id.uuid ? id.uuid : "-");
	free(vendor);
	free(product);
}

/* A number of /proc/meminfo, in bytes; 0 when it is not there. */
static uint64_t read_memory(const char *text, const char *name)
{
	const char *at = text ? strstr(text, name) : NULL;

	return at ? strtoull(at + strlen(name), NULL, 10) << 10 : 0;
}

static void tell_memory(struct report *report)
{
	char *text = NULL;
	uint64_t broken;
	char all[32];
	char left[32];
	char bad[32];

	(void)io_read_file("/proc/meminfo", 1 << 16, &text, NULL, NULL);
	broken = read_memory(text, "HardwareCorrupted:");
	report_say(report, "processors: %ld; memory: %s, %s of it free%s%s",
		   sysconf(_SC_NPROCESSORS_ONLN),
		   parse_format_size(read_memory(text, "MemTotal:"), all,
				     sizeof(all)),
		   parse_format_size(memory_available(), left, sizeof(left)),
		   broken ? "; known to be broken: " : "",
		   broken ? parse_format_size(broken, bad, sizeof(bad)) : "");
	free(text);
}

static void tell_cards(struct report *report)
{
	struct network_status status = {0};

	if (network_status_read("", &status, NULL) < 0)
		return;
	for (size_t i = 0; i < status.count; i++) {
		const struct network_link *link = &status.link[i];

		if (!link->physical)
			continue;
		report_say(report, "network card: %s, %s, %s, %s%s%s",
			   link->name, link->mac,
			   *link->driver ? link->driver : "no driver",
			   link->carrier ? "with a cable" : "without a cable",
			   *link->addresses ? ", " : "", link->addresses);
	}
	if (!status.count)
		report_say(report, "network card: none that has a driver");
	network_status_done(&status);
}

static void tell_disk(struct report *report, const struct blockdev *disk)
{
	struct content content = {0};
	const char *what = "blank";
	struct error *error = NULL;
	char size[32];

	if (content_read(disk, &content, &error) < 0)
		what = error->msg;
	else if (content.text)
		what = content.text;
	report_say(
		report, "disk: %s, %s, %s%s%s%s%s, sectors of %u: %s%s%s",
		disk->path, parse_format_size(disk->size, size, sizeof(size)),
		disk->bus, disk->model ? ", " : "",
		disk->model ? disk->model : "", disk->serial ? ", serial " : "",
		disk->serial ? disk->serial : "", disk->logical_block, what,
		disk->busy ? "; in use: " : "", disk->busy ? disk->busy : "");
	if (content.kind == CONTENT_RECORD)
		report_say(report, "  the unfinished target of job %s",
			   content.record.job);
	error_free(error);
	content_done(&content);
}

static void tell_disks(struct report *report)
{
	struct blockdevs disks = {0};
	struct error *error = NULL;

	if (blockdev_list(&disks, &error) < 0) {
		report_error(report, "disks", error);
		return;
	}
	for (size_t i = 0; i < disks.count; i++)
		tell_disk(report, &disks.disk[i]);
	if (!disks.count)
		report_say(report, "disk: none that has a driver");
	blockdev_free_list(&disks);
}

void facts_tell(struct report *report)
{
	tell_machine(report);
	facts_start(report);
	tell_memory(report);
	tell_cards(report);
	tell_disks(report);
}
