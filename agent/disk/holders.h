/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_HOLDERS_H
#define LANDER_DISK_HOLDERS_H

/** holders_remove(device): whatever stands on this block device ("/dev/loop1")
 *  or on its partitions: mapped devices, as logical volumes and opened LUKS
 *  containers are, and MD arrays, the topmost first.  What can't be removed is
 *  logged.  Source: /sys/class/block/NAME/holders. */
void holders_remove(const char *device);

#endif
