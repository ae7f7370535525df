/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What follows the last stage.  It leaves this machine by the way that was
 * asked for, and says so first; a way that fails is told and the next safer
 * one is taken.
 */
#include "run/handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "boot/firmware.h"
#include "boot/handoff.h"
#include "config/config.h"
#include "disk/layout.h"
#include "disk/volume.h"
#include "guest/grub.h"
#include "guest/root.h"
#include "run/migrate.h"
#include "run/report.h"

#define RETRY_S	    60
#define HEARTBEAT_S 60

/* In the order of preference: path in the ESP, then as firmware writes it. */
static const char *const loaders[][2] = {
	{"EFI/BOOT/BOOTX64.EFI", "\\EFI\\BOOT\\BOOTX64.EFI"},
	{"EFI/Microsoft/Boot/bootmgfw.efi",
	 "\\EFI\\Microsoft\\Boot\\bootmgfw.efi"},
	{"EFI/debian/shimx64.efi", "\\EFI\\debian\\shimx64.efi"},
	{"EFI/debian/grubx64.efi", "\\EFI\\debian\\grubx64.efi"},
	{"EFI/systemd/systemd-bootx64.efi",
	 "\\EFI\\systemd\\systemd-bootx64.efi"},
};

static void say_error(struct report *report, const char *what,
		      struct error *error)
{
	report_say(report, "%s: %s", what,
		   error ? error->msg : "failed without a reason");
	error_free(error);
}

static const char *find_loader(const char *esp)
{
	const char *found = NULL;
	char *directory = NULL;

	if (volume_mount(esp, "vfat", true, &directory, NULL) < 0)
		return NULL;
	for (size_t i = 0; !found && i < sizeof(loaders) / sizeof(*loaders);
	     i++) {
		char path[512];

		(void)snprintf(path, sizeof(path), "%s/%s", directory,
			       loaders[i][0]);
		if (access(path, R_OK) == 0)
			found = loaders[i][1];
	}
	(void)volume_unmount(directory, NULL);
	return found;
}

/* "/dev/vda" and 2 is "/dev/vda2"; "/dev/nvme0n1" and 2 "/dev/nvme0n1p2". */
static void part_path(const char *disk, unsigned int number, char *buf,
		      size_t room)
{
	char last = disk[strlen(disk) - 1];

	(void)snprintf(buf, room, "%s%s%u", disk,
		       last >= '0' && last <= '9' ? "p" : "", number);
}

static int set_boot_next(const char *disk, struct error **err)
{
	const struct layout_part *esp;
	struct layout layout = {0};
	const char *loader;
	char path[96];
	int r = layout_read(disk, &layout, err);

	if (r < 0)
		return r;
	esp = layout_esp(&layout);
	if (!esp || !esp->uuid) {
		r = error_set(err, ERROR_CONVERT, 0,
			      "%s has no EFI System Partition and this machine "
			      "starts by UEFI",
			      disk);
		goto out;
	}
	part_path(disk, esp->number, path, sizeof(path));
	loader = find_loader(path);
	if (!loader)
		r = error_set(err, ERROR_CONVERT, 0,
			      "no loader that this firmware could start is in "
			      "%s",
			      path);
	else
		r = firmware_boot_next(disk, esp->number, esp->uuid, loader,
				       err);
out:
	layout_done(&layout);
	return r;
}

static int load_kexec(struct report *report, const char *disk,
		      struct error **err)
{
	struct grub_entry entry = {0};
	struct root root = {0};
	int r = root_open(disk, true, &root, err);

	if (r == 1)
		return error_set(err, ERROR_CONVERT, 0,
				 "no Linux system is on %s", disk);
	if (r < 0)
		return r;
	r = grub_read(root.directory, &entry, err);
	if (r == 0) {
		report_say(report, "kexec: %s %s", entry.kernel, entry.cmdline);
		r = handoff_kexec_load(entry.kernel, entry.initrd,
				       entry.cmdline, err);
	}
	grub_done(&entry);
	if (root_close(&root, r < 0 ? NULL : err) < 0)
		r = r < 0 ? r : -5;
	return r;
}

static bool do_kexec(struct report *report, const char *disk)
{
	struct error *error = NULL;

	if (load_kexec(report, disk, &error) == 0)
		(void)handoff_kexec(&error);
	say_error(report, "kexec", error);
	return false;
}

static void do_reboot(struct report *report)
{
	struct error *error = NULL;

	(void)handoff_reboot(&error);
	say_error(report, "reboot", error);
}

static void go_to_disk(struct report *report, const struct migrate_end *end)
{
	struct error *error = NULL;

	if (!*end->boot_disk) {
		do_reboot(report);
		return;
	}
	if (firmware_is_uefi()) {
		if (set_boot_next(end->boot_disk, &error) < 0) {
			say_error(report, "boot entry", error);
			(void)do_kexec(report, end->boot_disk);
		}
	} else if (end->arrived) {
		/* BIOS brought us here over a finished disk: another reboot
		 * would end here again. */
		(void)do_kexec(report, end->boot_disk);
	}
	report_say(report, "rebooting into %s", end->boot_disk);
	do_reboot(report);
}

void handover_after(const struct config *config, struct report *report,
		    const struct migrate_end *end)
{
	struct error *error = NULL;

	report_stage(report, "hand-over");
	report_state(report, "done");
	if (end->dryrun || config_is(config, CONFIG_AFTER, "wait")) {
		handover_wait(report, 0,
			      end->dryrun ? "dry run finished" : "finished");
		return;
	}
	if (config_is(config, CONFIG_AFTER, "poweroff") && !end->arrived) {
		report_say(report, "powering off");
		(void)handoff_poweroff(&error);
		say_error(report, "power off", error);
	}
	if (config_is(config, CONFIG_AFTER, "kexec"))
		(void)do_kexec(report, end->boot_disk);
	if (config_is(config, CONFIG_AFTER, "reboot") && !end->arrived) {
		report_say(report, "rebooting");
		do_reboot(report);
	}
	go_to_disk(report, end);
	handover_wait(report, 0,
		      "finished, but this machine could not be left");
}

static void open_shell(const struct config *config, struct report *report)
{
	struct error *error = NULL;
	const char *hash = config_text(config, CONFIG_PASSWORD);

	if (hash && handoff_password(hash, &error) == 0) {
		report_say(report,
			   "a shell opens on %s for who has the "
			   "password; leaving it tries the job again",
			   report_console(report));
		(void)handoff_shell(report_console(report), &error);
	}
	if (error)
		say_error(report, "shell", error);
}

void handover_onfail(const struct config *config, struct report *report,
		     const struct migrate_end *end)
{
	struct error *error = NULL;

	if (config_is(config, CONFIG_ONFAIL, "reboot")) {
		report_say(report, "rebooting, as lander.onfail asks");
		handover_wait(report, 5, NULL);
		do_reboot(report);
	} else if (config_is(config, CONFIG_ONFAIL, "poweroff")) {
		report_say(report, "powering off, as lander.onfail asks");
		handover_wait(report, 5, NULL);
		(void)handoff_poweroff(&error);
		say_error(report, "power off", error);
	} else if (config_is(config, CONFIG_ONFAIL, "shell")) {
		open_shell(config, report);
		return;
	}
	if (end->retry) {
		report_say(report, "trying again in %d s", RETRY_S);
		handover_wait(report, RETRY_S, NULL);
		report_state(report, "running");
		return;
	}
	handover_wait(report, 0, "waiting after the failure above");
}

void handover_wait(struct report *report, unsigned int seconds,
		   const char *text)
{
	time_t began = time(NULL);

	if (seconds) {
		(void)sleep(seconds);
		return;
	}
	report_say(report, "%s; this machine waits for a person", text);
	for (;;) {
		(void)sleep(HEARTBEAT_S);
		report_say(report, "%s; waiting for %ld min", text,
			   (long)((time(NULL) - began) / 60));
	}
}
