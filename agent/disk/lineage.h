/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_LINEAGE_H
#define LANDER_DISK_LINEAGE_H

struct error;

/**
 * lineage_add(device, list, err): appends what a kernel needs drivers for to
 * get at a device: the modalias of /sys/…/device and of everything above it,
 * up to its bus: "virtio:d00000002v00001AF4", "pci:v00001AF4d00001001…".  None
 * twice.  device: "/sys/class/block/vda/device".  list: *list is NULL at
 * first; NULL-terminated; to lineage_free().  A device that is not there adds
 * nothing.  Source: Documentation/ABI/testing/sysfs-bus-pci, modprobe(8).
 */
int lineage_add(const char *device, char ***list, struct error **err);

void lineage_free(char **list);

#endif
