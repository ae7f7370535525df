/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_LOOP_H
#define LANDER_DISK_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct error;

/**
 * loop_attach(backing, block, scan, ret_device, err): a free loop device over
 * a file or block device, sectors of block bytes.  scan: partitions appear as
 * /dev/loopNpM, and the backing device is read and written directly.
 * Errors: ENOTSUP when the kernel has no loop driver.  Source: loop(4).
 */
int loop_attach(const char *backing, uint32_t block, bool scan,
		char **ret_device, struct error **err);

/** loop_look(image, block, ret_device, err): over a file that can only be read;
 *  its partitions appear where the kernel makes them. */
int loop_look(const char *image, uint32_t block, char **ret_device,
	      struct error **err);

/** loop_detach(device, deadline, err): write back and detach; waits for
 *  whoever still has it open until deadline (io_seconds()), then EBUSY, and
 *  the error says who. */
int loop_detach(const char *device, double deadline, struct error **err);

/** loop_drop(device, deadline, err): the same for one whose content nobody
 * wants any more, and which may be unable to take it: nothing is written back.
 */
int loop_drop(const char *device, double deadline, struct error **err);

/** loop_find(backing, ret_device, err): the loop device over this path; 1 when
 *  there is none. */
int loop_find(const char *backing, char **ret_device, struct error **err);

#endif
