/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FINISH_H
#define LANDER_RUN_FINISH_H

struct error;
struct job_disk;
struct migrate;

/** finish_commit(m, err): park everywhere, then the first sectors, the boot
 *  disk's last. */
int finish_commit(struct migrate *m, struct error **err);

/** finish_boot_disk(m): the disk that this machine is to start from. */
const struct job_disk *finish_boot_disk(const struct migrate *m);

#endif
