/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_FACTS_DISK_H
#define LANDER_SOURCE_FACTS_DISK_H

struct devices;
struct text;

/** facts_disk_tell(to): every disk of this machine as an entry of a JSON list;
 *  not what stands on disks, lies in memory or in files, or takes a medium,
 *  unless it was noted. */
void facts_disk_tell(struct text *to);

/** facts_disk_note(disk, number): the block device ("8:0") that was opened
 *  under this number of the protocol is told in any case. */
void facts_disk_note(unsigned int disk, const char *number);

/** facts_disk_gather(ret): the disks that were opened, or else all that FACTS
 *  tells of, and all that stands on them. */
void facts_disk_gather(struct devices *ret);

#endif
