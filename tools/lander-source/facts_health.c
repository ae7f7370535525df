/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a migration of this machine would meet: rights, room, the kernel's
 * means.  It looks and changes nothing; what can't be found out is left out.
 * Sources: proc(5), kernel_lockdown(7), UEFI 2.10 3.3 for SecureBoot, the
 * kernel's documents on tracefs and sysfs.
 */
#include "lander-source/facts_health.h"

#include <sys/stat.h>

#include <time.h>

#include "lander-source/file.h"
#include "lander-source/space.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define SECURE_BOOT                            \
	"/sys/firmware/efi/efivars/SecureBoot" \
	"-8be4df61-93ca-11d2-aa0d-00e098032b8c"

static char file[65536];

static bool is_there(const char *path)
{
	struct stat st = {0};

	return system_stat(path, &st) >= 0;
}

/* "MemFree:   123 kB" */
static void tell_kib(struct text *to, const char *name, const char *key)
{
	const char *at = text_find(file, key);
	uint64_t kib;

	if (!at)
		return;
	while (*at && *at != ':')
		at++;
	for (at += *at == ':'; *at == ' '; at++)
		;
	if (text_number(at, &kib))
		text_field_number(to, name, kib << 10);
}

static void tell_memory(struct text *to)
{
	if (file_read("/proc/meminfo", file, sizeof(file)) < 0)
		return;
	tell_kib(to, "memory", "MemTotal:");
	/* Linux before 3.14 does not say what could be freed. */
	tell_kib(to, "memory_free",
		 text_find(file, "MemAvailable:") ? "MemAvailable:"
						  : "MemFree:");
	tell_kib(to, "swap", "SwapTotal:");
	tell_kib(to, "swap_free", "SwapFree:");
}

static int count_cpu(void *owner, const char *name)
{
	uint64_t *count = owner;

	*count += text_begins(name, "cpu") && name[3] >= '0' && name[3] <= '9';
	return 0;
}

static void tell_processors(struct text *to)
{
	uint64_t count = 0;

	(void)file_list("/sys/devices/system/cpu", count_cpu, &count);
	if (count)
		text_field_number(to, "cpus", count);
}

/* "none [integrity] confidentiality" */
static void tell_lockdown(struct text *to)
{
	char word[32];
	struct text text;
	const char *at;

	if (file_read("/sys/kernel/security/lockdown", file, sizeof(file)) < 0)
		return;
	at = text_find(file, "[");
	if (!at)
		return;
	text_begin(&text, word, sizeof(word));
	for (at++; *at && *at != ']'; at++)
		text_add_bytes(&text, at, 1);
	text_field(to, "lockdown", word);
}

static void tell_tracing(struct text *to)
{
	static const char *const places[] = {"/sys/kernel/tracing",
					     "/sys/kernel/debug/tracing"};
	char path[128];
	struct text text;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		text_begin(&text, path, sizeof(path));
		text_add(&text, places[i]);
		text_add(&text, "/events/block/block_rq_complete");
		if (is_there(path)) {
			text_field(to, "tracing", places[i]);
			break;
		}
	}
	/* It could be mounted. */
	if (file_read("/proc/filesystems", file, sizeof(file)) > 0)
		text_field_truth(to, "tracefs", text_find(file, "\ttracefs\n"));
}

/* Four bytes of attributes, then the value. */
static void tell_secure_boot(struct text *to)
{
	if (file_read(SECURE_BOOT, file, sizeof(file)) == 5)
		text_field_truth(to, "secure_boot", file[4] == 1);
}

static void tell_container(struct text *to)
{
	char line[64];

	(void)file_read_line(line, sizeof(line), "/run/systemd/container",
			     NULL);
	if (line[0])
		text_field(to, "container", line);
	else if (is_there("/.dockerenv"))
		text_field(to, "container", "docker");
	else if (is_there("/run/.containerenv"))
		text_field(to, "container", "podman");
}

static void tell_places(struct text *to)
{
	static const char *const places[] = {"/run", "/dev/shm", "/tmp"};

	text_add(to, "\"places\":[");
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		space_tell_place(to, places[i]);
	text_close(to, "],");
}

void facts_health_tell(struct text *to)
{
	struct timespec now = {0};

	text_field_truth(to, "root", system_user() == 0);
	tell_processors(to);
	tell_memory(to);
	tell_lockdown(to);
	tell_tracing(to);
	tell_secure_boot(to);
	tell_container(to);
	text_field_truth(to, "zfs", is_there("/sys/module/zfs"));
	if (system_clock(CLOCK_REALTIME, &now) >= 0 && now.tv_sec > 0)
		text_field_number(to, "time", (uint64_t)now.tv_sec);
	tell_places(to);
}
