/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_FACTS_DISK_H
#define LANDER_SOURCE_FACTS_DISK_H

struct text;

/** facts_disk_tell(to): every disk of this machine as an entry of a JSON list;
 *  not what stands on disks, lies in memory or in files, or takes a medium. */
void facts_disk_tell(struct text *to);

#endif
