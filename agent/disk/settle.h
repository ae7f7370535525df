/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_SETTLE_H
#define LANDER_DISK_SETTLE_H

/** settle(): returns when udev has worked off what it was told of so far, after
 *  30 s at the latest; at once where no udev runs.  Links and nodes of devices
 *  that just came are there then; a device that is later still is not.
 *  Source: udevadm(8). */
void settle(void);

#endif
