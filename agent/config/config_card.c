/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The form of what a job says of the copied system's network: it is needed
 * hours after it was said, and a slip must not wait for that.  Whether the
 * machine has such cards is not known here.
 */
#include "config/config_card.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "network/address.h"
#include "network/mac.h"

#define NAME_MOST 15U /* IFNAMSIZ - 1, linux/if.h */

static int check_address(const struct config *config, struct error **err)
{
	const char *text = config_text(config, CONFIG_NETWORK);
	struct address address;

	if (!strcmp(text, "keep") || address_parse(text, &address))
		return 0;
	return error_set(err, ERROR_CONFIG, 0,
			 "%s: lander.network: '%.80s' is none of keep, dhcp "
			 "and static:ADDRESS/PREFIX[,GATEWAY[,DNS...]], as in "
			 "static:192.0.2.5/24,192.0.2.1,192.0.2.53",
			 config_origin(config, CONFIG_NETWORK), text);
}

/* "eth0=52:54:00:12:34:56", up to the next comma */
static bool is_pair(const char *text, size_t length)
{
	const char *sign = memchr(text, '=', length);
	char address[MAC_TEXT];
	size_t name = sign ? (size_t)(sign - text) : 0;
	struct mac mac;

	if (!name || name > NAME_MOST || length - name != sizeof(address))
		return false;
	(void)snprintf(address, sizeof(address), "%.*s",
		       (int)(length - name - 1), sign + 1);
	return mac_parse(address, &mac);
}

static int check_pairs(const struct config *config, struct error **err)
{
	const char *at = config_text(config, CONFIG_NICS);

	while (at) {
		size_t length = strcspn(at, ",");

		if (!is_pair(at, length))
			return error_set(err, ERROR_CONFIG, 0,
					 "%s: lander.nics: '%.*s' is not "
					 "NAME=MAC, as in "
					 "eth0=52:54:00:12:34:56",
					 config_origin(config, CONFIG_NICS),
					 length < 60 ? (int)length : 60, at);
		at = at[length] ? at + length + 1 : NULL;
	}
	return 0;
}

int config_card_check(const struct config *config, struct error **err)
{
	struct error *more = NULL;
	int r = check_address(config, err);

	if (check_pairs(config, &more) == 0)
		return r;
	if (r == 0 && err)
		*err = more;
	else if (err)
		error_gather(err, more);
	else
		error_free(more);
	return -1;
}
