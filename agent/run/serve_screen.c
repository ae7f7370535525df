/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of a served machine.  A line is written when something changed, and
 * a stranger who knocks all day does not fill the console.
 */
#include "run/serve_screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "config/config.h"
#include "disk/record.h"
#include "network/network_status.h"
#include "run/console.h"
#include "run/report.h"
#include "run/serve_keys.h"
#include "serve/offer.h"

#define REFUSED_S 10.0

static const char *served_name(const struct offer *offer)
{
	return offer->disk.is_block ? offer->disk.name : offer->disk.path;
}

static void tell_disk(struct report *report, const struct offer *offer)
{
	const struct blockdev *disk = &offer->disk;
	char size[32];

	(void)parse_format_size(disk->size, size, sizeof(size));
	if (offer->left_out) {
		report_say(report, "  not %s, %s: %s", disk->name, size,
			   offer->left_out);
		return;
	}
	report_say(report, "  %s, %s%s%s%s%s: %s", served_name(offer), size,
		   disk->model ? ", " : "", disk->model ? disk->model : "",
		   disk->serial ? ", serial " : "",
		   disk->serial ? disk->serial : "",
		   offer->content.text ? offer->content.text : "empty");
	if (offer->content.kind == CONTENT_RECORD ||
	    offer->content.kind == CONTENT_DAMAGED)
		report_say(report,
			   "  warning: %s is the unfinished target of lander's "
			   "job %s; it is served as it is, and would not boot",
			   disk->name, offer->content.record.job);
}

static void tell_readers(const struct serve_screen *screen)
{
	const struct serve_keys *keys = screen->keys;

	if (*keys->code)
		return;
	for (size_t i = 0; i < keys->readers; i++)
		report_say(screen->report, "the key %s %s may read them",
			   ssh_public_word(&keys->reader[i]),
			   keys->reader[i].print);
}

void serve_screen_begin(struct serve_screen *screen)
{
	struct report *report = screen->report;
	const struct serve_keys *keys = screen->keys;

	report_say(report, "this machine's disks can be read over SSH now; "
			   "nothing here writes to them:");
	for (size_t i = 0; i < screen->offers->count; i++)
		tell_disk(report, &screen->offers->offer[i]);
	tell_readers(screen);
	report_say(report, "the host key is %s %s",
		   ssh_public_word(&keys->host.public),
		   keys->host.public.print);
	screen->drawn = io_seconds();
}

/* "10.0.0.5/24" as it stands in a URI, port behind it */
static void print_place(const char *address, const char *port, char *buf,
			size_t room)
{
	int length = (int)strcspn(address, "/");
	bool colon = memchr(address, ':', (size_t)length);

	(void)snprintf(buf, room, "%s%.*s%s%s%s", colon ? "[" : "", length,
		       address, colon ? "]" : "",
		       strcmp(port, "22") != 0 ? ":" : "",
		       strcmp(port, "22") != 0 ? port : "");
}

/* "vda:DISK,vdb:DISK", where the target can't know by itself */
static char *print_pairs(const struct offers *offers)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	bool more = false;

	for (size_t i = 0; out && i < offers->count; i++) {
		if (offers->offer[i].left_out)
			continue;
		(void)fprintf(out, "%s%s:DISK", more ? "," : "",
			      served_name(&offers->offer[i]));
		more = true;
	}
	return out && fclose(out) == 0 ? text : NULL;
}

/* The code goes to the consoles and into no log. */
static void tell_code(const struct serve_screen *screen)
{
	char line[128];

	(void)snprintf(line, sizeof(line),
		       "lander: and type there, when it asks:  %s\n",
		       screen->keys->code);
	console_write(report_lines(screen->report), line);
}

static void tell_target(const struct serve_screen *screen, const char *address)
{
	const struct serve_keys *keys = screen->keys;
	struct report *report = screen->report;
	char *pairs = print_pairs(screen->offers);
	char place[80];

	print_place(address, config_text(screen->config, CONFIG_SERVE_PORT),
		    place, sizeof(place));
	if (*keys->code)
		report_say(report,
			   "on the target: lander.source=ssh://root@%s/ "
			   "lander.identity=code",
			   place);
	else
		report_say(report,
			   "on the target: lander.source=ssh://root@%s/ "
			   "lander.hostkey=%s lander.identity=… (the private "
			   "half of that key)",
			   place, keys->host.public.print);
	report_say(report,
		   "  and lander.disks=%s where it can't match the disks by "
		   "size",
		   pairs ? pairs : "");
	if (*keys->code)
		tell_code(screen);
	report_say(report,
		   "when it is done there, type poweroff here or press the "
		   "power button; cutting the power does no harm either");
	free(pairs);
}

/* Of all interfaces, in their order. */
static void collect_addresses(char *buf, size_t room)
{
	struct network_status status = {0};
	size_t used = 0;

	*buf = '\0';
	if (network_status_read("", &status, NULL) < 0)
		return;
	for (size_t i = 0; i < status.count; i++) {
		const char *text = status.link[i].addresses;

		if (*text && used + strlen(text) + 2 < room)
			used += (size_t)snprintf(buf + used, room - used,
						 "%s%s", used ? " " : "", text);
	}
	network_status_done(&status);
}

static void step_addresses(struct serve_screen *screen)
{
	char now[sizeof(screen->addresses)];
	char *copy = NULL;
	char *save = NULL;
	char *first;

	collect_addresses(now, sizeof(now));
	if (!strcmp(now, screen->addresses))
		return;
	(void)snprintf(screen->addresses, sizeof(screen->addresses), "%s", now);
	copy = strdup(now);
	first = copy ? strtok_r(copy, " ", &save) : NULL;
	if (!first)
		report_say(screen->report, "this machine has no address now; "
					   "nobody can reach it");
	for (char *other = first ? strtok_r(NULL, " ", &save) : NULL; other;
	     other = strtok_r(NULL, " ", &save))
		report_say(screen->report, "this machine is at %.*s, too",
			   (int)strcspn(other, "/"), other);
	if (first)
		tell_target(screen, first);
	free(copy);
}

static void step_clients(struct serve_screen *screen, const char *program)
{
	struct clients now;

	clients_look(program, &now);
	for (size_t i = 0; i < now.count; i++)
		if (!clients_find(&screen->told, now.client[i].address)) {
			report_say(screen->report, "%s reads",
				   now.client[i].address);
			screen->began = io_seconds();
		}
	for (size_t i = 0; i < screen->told.count; i++)
		if (!clients_find(&now, screen->told.client[i].address))
			report_say(screen->report, "%s is gone",
				   screen->told.client[i].address);
	screen->told = now;
}

/* How long between two lines: short at first, then quiet. */
static double pause_after(double age)
{
	return age < 60 ? 5 : age < 600 ? 15 : 60;
}

/* "vda 12.5 MB, vdb 1.0 MB read" */
static void step_bytes(struct serve_screen *screen)
{
	double now = io_seconds();
	char *text = NULL;
	size_t length = 0;
	unsigned long long sum = 0;
	FILE *out;

	if (now - screen->drawn < pause_after(now - screen->began))
		return;
	for (size_t i = 0; i < screen->offers->count; i++)
		sum += offer_read(&screen->offers->offer[i]);
	out = sum != screen->read ? open_memstream(&text, &length) : NULL;
	if (!out)
		return;
	for (size_t i = 0; i < screen->offers->count; i++) {
		const struct offer *offer = &screen->offers->offer[i];

		if (!offer->left_out)
			(void)fprintf(out, "%s %.0f of %.0f MB, ",
				      offer->disk.name,
				      (double)offer_read(offer) / 1e6,
				      (double)offer->disk.size / 1e6);
	}
	(void)fprintf(out, "%.1f MB/s",
		      (double)(sum - screen->read) / 1e6 /
			      (now - screen->drawn));
	if (fclose(out) == 0)
		report_say(screen->report, "read so far: %s", text);
	free(text);
	screen->read = sum;
	screen->drawn = now;
}

void serve_screen_step(struct serve_screen *screen, const char *program)
{
	step_addresses(screen);
	step_clients(screen, program);
	step_bytes(screen);
}

/* "Failed publickey for USER from ADDRESS port N ssh2: ED25519 SHA256:…",
 * "Invalid user USER from ADDRESS port N": whatever the user's name is, the
 * last " from " is the server's own. */
static bool find_stranger(const char *line, char *address, size_t room,
			  const char **ret_key)
{
	const char *from = NULL;
	const char *key;

	if (strncmp(line, "Failed publickey for ", 21) != 0 &&
	    strncmp(line, "Invalid user ", 13) != 0)
		return false;
	for (const char *at = line; (at = strstr(at, " from ")); at++)
		from = at + 6;
	if (!from)
		return false;
	(void)snprintf(address, room, "%.*s", (int)strcspn(from, " "), from);
	key = strstr(from, " ssh2: ");
	*ret_key = key ? key + 7 : NULL;
	return true;
}

void serve_screen_heard(struct serve_screen *screen, const char *line)
{
	double now = io_seconds();
	char address[48];
	const char *key;

	log_debug("sshd", "%s", line);
	if (!find_stranger(line, address, sizeof(address), &key))
		return;
	if (screen->refused > 0 && now - screen->refused < REFUSED_S) {
		screen->unsaid++;
		return;
	}
	report_say(screen->report, "%s was turned away: %s%s", address,
		   key ? "its key is " : "only root may log in here",
		   key ? key : "");
	if (screen->unsaid)
		report_say(screen->report, "  and %u more since the last one",
			   screen->unsaid);
	screen->refused = now;
	screen->unsaid = 0;
}
