/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screens of the network.  An address that is typed becomes the ip= word of
 * a kernel command line, and goes the way of those: there is one reader of such
 * words.
 */
#include "run/wizard_network.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/process.h"
#include "network/network.h"
#include "network/network_describe.h"
#include "network/network_status.h"
#include "run/wizard_answers.h"
#include "run/wizard_box.h"

#define FILES	"/run/systemd/network"
#define PATIENT 60U /* seconds, for the words only */

/* The address that somebody types. */
struct fixed {
	char card[16];
	char address[64];
	char prefix[4];
	char gateway[64];
	char dns[64];
};

static void describe(char *buf, size_t room, struct fixed *fixed)
{
	struct network_status status = {0};
	size_t used;

	(void)snprintf(buf, room,
		       "This machine needs a way to the source. Its network "
		       "now:\n\n");
	used = strlen(buf);
	if (network_status_read("", &status, NULL) < 0)
		return;
	network_describe(&status, PATIENT, buf + used, room - used);
	for (size_t i = status.count; i > 0; i--)
		if (status.link[i - 1].physical)
			(void)snprintf(fixed->card, sizeof(fixed->card), "%s",
				       status.link[i - 1].name);
	if (!buf[used])
		(void)snprintf(buf + used, room - used, "no network card");
	network_status_done(&status);
}

/* Restarted, networkd reads its files and lets go of what they do not name. */
static int apply(const struct fixed *fixed, struct error **err)
{
	const char *const argv[] = {"systemctl", "restart",
				    "systemd-networkd.service", NULL};
	struct process restart = {.argv = argv, .timeout_s = 30};
	bool six = strchr(fixed->address, ':');
	char words[512];
	int used;

	used = snprintf(words, sizeof(words), "ip=%s%s%s::%s%s%s:%s::%s:none",
			six ? "[" : "", fixed->address, six ? "]" : "",
			six && *fixed->gateway ? "[" : "", fixed->gateway,
			six && *fixed->gateway ? "]" : "", fixed->prefix,
			fixed->card);
	if (*fixed->dns)
		(void)snprintf(words + used, sizeof(words) - (size_t)used,
			       " nameserver=%s", fixed->dns);
	if (!*fixed->address)
		(void)snprintf(words, sizeof(words), "ip=dhcp");
	if (network_generate(words, FILES, err) < 0)
		return -1;
	return process_check(&restart, ERROR_CONFIG, err);
}

static enum wizard_turn set_address(struct fixed *fixed)
{
	static const char *const buttons[] = {"Use it", "Back", NULL};
	const struct wizard_field fields[] = {
		{"Network card", fixed->card, sizeof(fixed->card), NULL},
		{"Address", fixed->address, sizeof(fixed->address), NULL},
		{"Prefix length", fixed->prefix, sizeof(fixed->prefix), NULL},
		{"Gateway (may be empty)", fixed->gateway,
		 sizeof(fixed->gateway), NULL},
		{"DNS server (may be empty)", fixed->dns, sizeof(fixed->dns),
		 NULL}};
	struct wizard_box box = {
		.title = "A fixed address",
		.text = "The address that this machine has during the "
			"migration; the copied system keeps its own. Without "
			"an address here, it is asked for by DHCP.",
		.field = fields,
		.fields = sizeof(fields) / sizeof(*fields),
		.focus = 1,
		.button = buttons};
	struct error *error = NULL;

	for (;;) {
		int answer = wizard_box_run(&box);

		if (answer)
			return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
		if (apply(fixed, &error) == 0)
			return WIZARD_NEXT;
		answer = wizard_box_tell("That is no network", error->msg,
					 "Back");
		error_clear(&error);
		if (answer < 0)
			return WIZARD_QUIT;
	}
}

enum wizard_turn wizard_network(struct wizard_answers *answers)
{
	static const char *const here[] = {"Next", "Look again",
					   "Fixed address", "Quit", NULL};
	static const char *const there[] = {"Next", "Look again", "Quit", NULL};
	struct fixed fixed = {.prefix = "24"};
	char text[2048];
	struct wizard_box box = {.title = "1 of 6: the network",
				 .text = text,
				 .button = answers->machine ? here : there};

	for (;;) {
		int answer;

		describe(text, sizeof(text), &fixed);
		answer = wizard_box_run(&box);
		if (answer == 0)
			return WIZARD_NEXT;
		if (answer == 2 && answers->machine &&
		    set_address(&fixed) == WIZARD_QUIT)
			return WIZARD_QUIT;
		if (answer != 1 && !(answer == 2 && answers->machine))
			return WIZARD_QUIT;
	}
}
