/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_MODALIAS_H
#define LANDER_GUEST_MODALIAS_H

#include <stdbool.h>

/** modalias_for_disk(modalias): a device without whose driver this machine
 *  can't reach its disk: a storage controller, or the virtio, SCSI, Hyper-V,
 *  Xen or USB device that is one.
 *  Sources: the kernel's Documentation/ABI/testing/sysfs-bus-pci and
 *  scripts/mod/file2alias.c; PCI class codes (pci_ids.h); virtio device ids
 *  (virtio_ids.h); the GUID of storvsc (hyperv.h). */
bool modalias_for_disk(const char *modalias);

/** modalias_for_network(modalias): a network card. */
bool modalias_for_network(const char *modalias);

/** modalias_usual_driver(modalias): the module that drives it in the kernels
 *  of today, "virtio_blk"; NULL when not known. */
const char *modalias_usual_driver(const char *modalias);

/** modalias_matches(pattern, text): '*', '?' and '[a-f]', as in modules.alias;
 *  '-' is '_'.  Its time is bounded, whatever the pattern. */
bool modalias_matches(const char *pattern, const char *text);

#endif
