/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a device calls itself.  Patterns are the guest's; fnmatch(3) may take
 * for ever over one with many stars, this one goes back to the last star only.
 */
#include "guest/modalias.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *pattern;
	const char *driver;
	bool disk;
	bool network;
} known[] = {
	/* First match counts. */
	{"virtio:d00000001v*", "virtio_net", false, true},
	{"virtio:d00000002v*", "virtio_blk", true, false},
	{"virtio:d00000008v*", "virtio_scsi", true, false},
	{"scsi:t-0x00*", "sd_mod", true, false},
	{"pci:v00001AF4d*bc02*", "virtio_pci", false, true},
	{"pci:v00001AF4d*bc01*", "virtio_pci", true, false},
	{"pci:v00001AF4d00001001*", "virtio_pci", true, false},
	{"pci:v00001AF4d00001004*", "virtio_pci", true, false},
	{"pci:v000015ADd000007C0*", "vmw_pvscsi", true, false},
	{"pci:v000015ADd000007B0*", "vmxnet3", false, true},
	{"pci:v00001000d00000030*", "mptspi", true, false},
	{"pci:v00001000d00000054*", "mptsas", true, false},
	{"pci:v00001000d00000012*", "sym53c8xx", true, false},
	{"pci:v00001000d00000060*", "megaraid_sas", true, false},
	{"pci:v00008086d0000100E*", "e1000", false, true},
	{"pci:v00008086d000010D3*", "e1000e", false, true},
	{"pci:v00008086d00007010*", "ata_piix", true, false},
	{"pci:v00008086d00007111*", "ata_piix", true, false},
	{"pci:*bc01sc06i01*", "ahci", true, false},
	{"pci:*bc01sc08i02*", "nvme", true, false},
	{"pci:*bc01*", NULL, true, false},
	{"pci:*bc02*", NULL, false, true},
	{"vmbus:d96361baa104294db60572e2ffb1dc7f", "hv_storvsc", true, false},
	{"vmbus:635161f83edfc546913ff2d2f965ed0e", "hv_netvsc", false, true},
	{"xen:vbd", "xen_blkfront", true, false},
	{"xen:vif", "xen_netfront", false, true},
	{"usb:*ic08isc06ip62*", "uas", true, false},
	{"usb:*ic08*", "usb_storage", true, false},
	{"mmc:block", "mmc_block", true, false},
};

static char plain(char c)
{
	return c == '-' ? '_' : c;
}

/* A set "[…]" at *pattern, which is moved behind it.  One that does not end
 * matches nothing. */
static bool in_set(const char **pattern, char c)
{
	const char *at = *pattern + 1;
	bool negated = *at == '!' || *at == '^';
	bool found = false;

	at += negated;
	while (*at && *at != ']') {
		char low = *at++;
		char high = low;

		if (*at == '-' && at[1] && at[1] != ']') {
			high = at[1];
			at += 2;
		}
		if (c >= low && c <= high)
			found = true;
	}
	if (!*at)
		return false;
	*pattern = at + 1;
	return found != negated;
}

static bool one(const char **pattern, char c)
{
	if (**pattern == '[')
		return in_set(pattern, c);
	if (**pattern == '\0' ||
	    (**pattern != '?' && plain(**pattern) != plain(c)))
		return false;
	(*pattern)++;
	return true;
}

bool modalias_matches(const char *pattern, const char *text)
{
	const char *star = NULL;
	const char *from = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			from = text;
		} else if (one(&pattern, *text)) {
			text++;
		} else if (star) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	pattern += strspn(pattern, "*");
	return *pattern == '\0';
}

static size_t find(const char *modalias)
{
	size_t i = 0;

	while (i < sizeof(known) / sizeof(*known) &&
	       !modalias_matches(known[i].pattern, modalias))
		i++;
	return i;
}

bool modalias_for_disk(const char *modalias)
{
	size_t i = find(modalias);

	return i < sizeof(known) / sizeof(*known) && known[i].disk;
}

bool modalias_for_network(const char *modalias)
{
	size_t i = find(modalias);

	return i < sizeof(known) / sizeof(*known) && known[i].network;
}

const char *modalias_usual_driver(const char *modalias)
{
	size_t i = find(modalias);

	return i < sizeof(known) / sizeof(*known) ? known[i].driver : NULL;
}
