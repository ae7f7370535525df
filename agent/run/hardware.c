/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * This machine, as far as a copied system must know it.  It asks the running
 * kernel only: what the live system found a driver for is what is there.
 */
#include "run/hardware.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/process.h"
#include "disk/lineage.h"
#include "run/migrate.h"

int hardware_add_disk(const struct blockdev *disk, struct hardware *hardware,
		      struct error **err)
{
	char path[PATH_MAX];

	if (!disk->is_block)
		return 0;
	(void)snprintf(path, sizeof(path), "/sys/class/block/%s/device",
		       disk->name);
	/* What the kernel calls sd is driven by sd_mod, whatever is below. */
	if (strncmp(disk->name, "sd", 2) == 0)
		hardware->scsi = true;
	return lineage_add(path, &hardware->modalias, err);
}

static int add_cards(struct hardware *hardware, struct error **err)
{
	struct cards cards = {0};
	int r = card_list(&cards, err);

	if (r < 0)
		return r;
	hardware->nic = calloc(cards.count + 1, sizeof(*hardware->nic));
	if (!hardware->nic)
		r = error_memory(err);
	for (size_t i = 0; r == 0 && i < cards.count; i++) {
		struct convert_nic *nic = &hardware->nic[hardware->nics++];

		(void)snprintf(nic->mac, sizeof(nic->mac), "%s",
			       cards.card[i].mac);
		(void)snprintf(nic->driver, sizeof(nic->driver), "%s",
			       cards.card[i].driver);
		r = lineage_add(cards.card[i].device, &hardware->modalias, err);
	}
	card_free(&cards);
	return r;
}

/* It exits with 1 and says "none" on hardware. */
static char *ask_hypervisor(void)
{
	static const char *const argv[] = {"systemd-detect-virt", "--vm", NULL};
	const struct process process = {.argv = argv, .timeout_s = 20};
	char *said = NULL;

	if (process_run(&process, &said, NULL) < 0 || !said) {
		free(said);
		return NULL;
	}
	said[strcspn(said, "\n")] = '\0';
	/* QEMU without KVM is the same machine to a guest. */
	if (!strcmp(said, "qemu")) {
		free(said);
		return strdup("kvm");
	}
	if (*said && !strchr(said, ' '))
		return said;
	free(said);
	return NULL;
}

int hardware_add_machine(struct hardware *hardware, struct error **err)
{
	int r = add_cards(hardware, err);

	if (r == 0)
		hardware->hypervisor = ask_hypervisor();
	return r;
}

int hardware_read(const struct migrate *m, struct hardware *ret_hardware,
		  struct error **err)
{
	struct hardware hardware = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->count; i++)
		r = hardware_add_disk(&m->disk[i].target, &hardware, err);
	if (r == 0)
		r = hardware_add_machine(&hardware, err);
	if (r < 0) {
		hardware_done(&hardware);
		return r;
	}
	*ret_hardware = hardware;
	return 0;
}

void hardware_done(struct hardware *hardware)
{
	lineage_free(hardware->modalias);
	free(hardware->nic);
	free(hardware->hypervisor);
	*hardware = (struct hardware){0};
}
