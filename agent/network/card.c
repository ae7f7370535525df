/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network cards of this machine, out of sysfs.  What has no device behind
 * it (bonds, VLANs, loopback) is none.
 */
#include "network/card.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"

#define SYS_NET	 "/sys/class/net"
#define ETHERNET "1" /* ARPHRD_ETHER, linux/if_arp.h */

static char *attribute(const char *name, const char *what)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), SYS_NET "/%s/%s", name, what);
	return io_read_line(path);
}

/* A bond gives its cards its own address; the burnt-in one stays theirs
 * (ETHTOOL_GPERMADDR, linux/ethtool.h). */
static void use_burnt_in(const char *name, struct mac *mac)
{
	union {
		struct ethtool_perm_addr head;
		unsigned char room[sizeof(struct ethtool_perm_addr) + 32];
	} answer = {.head = {.cmd = ETHTOOL_GPERMADDR, .size = 32}};
	static const unsigned char none[6];
	struct ifreq request = {.ifr_data = (char *)&answer};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(fd, SIOCETHTOOL, &request) == 0 &&
	    answer.head.size == sizeof(mac->octet) &&
	    memcmp(answer.head.data, none, sizeof(none)) != 0)
		memcpy(mac->octet, answer.head.data, sizeof(mac->octet));
	(void)close(fd);
}

/* False for what is no card. */
static bool read_card(const char *name, struct card *ret)
{
	char path[PATH_MAX];
	char real[PATH_MAX];
	char *type = attribute(name, "type");
	char *address = attribute(name, "address");
	struct mac mac;
	bool good;

	(void)snprintf(path, sizeof(path), SYS_NET "/%s/device", name);
	good = type && address && !strcmp(type, ETHERNET) &&
	       mac_parse(address, &mac) && realpath(path, real) &&
	       strlen(real) < sizeof(ret->device) &&
	       strlen(name) < sizeof(ret->name);
	free(type);
	free(address);
	if (!good)
		return false;
	*ret = (struct card){0};
	use_burnt_in(name, &mac);
	(void)mac_format(&mac, ':', ret->mac);
	(void)snprintf(ret->name, sizeof(ret->name), "%s", name);
	memcpy(ret->device, real, strlen(real) + 1);
	(void)snprintf(path, sizeof(path), SYS_NET "/%s/device/driver", name);
	if (realpath(path, real) &&
	    strlen(strrchr(real, '/') + 1) < sizeof(ret->driver))
		(void)snprintf(ret->driver, sizeof(ret->driver), "%s",
			       strrchr(real, '/') + 1);
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct card *one = a;
	const struct card *other = b;
	/* The numbers of PCI addresses have all their zeros. */
	int order = strcmp(one->device, other->device);

	return order ? order : strcmp(one->mac, other->mac);
}

int card_list(struct cards *ret_cards, struct error **err)
{
	struct cards cards = {0};
	DIR *directory = opendir(SYS_NET);
	struct dirent *entry;
	int r = 0;

	if (!directory)
		return error_set(err, ERROR_INTERNAL, errno, SYS_NET);
	while (r == 0 && (entry = readdir(directory))) {
		struct card card;
		struct card *grown;

		if (*entry->d_name == '.' || !read_card(entry->d_name, &card))
			continue;
		grown = reallocarray(cards.card, cards.count + 1,
				     sizeof(*grown));
		if (!grown) {
			r = error_memory(err);
			break;
		}
		cards.card = grown;
		cards.card[cards.count++] = card;
	}
	(void)closedir(directory);
	if (r < 0) {
		card_free(&cards);
		return r;
	}
	if (cards.count)
		qsort(cards.card, cards.count, sizeof(*cards.card), by_place);
	*ret_cards = cards;
	return 0;
}

void card_free(struct cards *cards)
{
	free(cards->card);
	*cards = (struct cards){0};
}
