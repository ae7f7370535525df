/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_TABLE_H
#define LANDER_DISK_TABLE_H

struct error;

/** table_move_backup(device, err): put the backup GPT at the end of a disk
 *  that is larger than the one it was made on (primary header, protective MBR
 *  size and backup only; nothing else changes).  1 when there was nothing to
 *  do (no GPT, or already there).  Source: UEFI 2.10 §5.3, sfdisk(8)
 *  --relocate. */
int table_move_backup(const char *device, struct error **err);

#endif
