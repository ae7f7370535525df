/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_HOLDER_H
#define LANDER_SOURCE_HOLDER_H

struct devices;
struct text;

/** holder_tell(number, to): ": cat (812) has /srv/log", the first few processes
 *  that have files of the file system with this number open for writing;
 *  nothing on kernels that do not tell. */
void holder_tell(const char *number, struct text *to);

/** holder_tell_raw(devices, to): likewise, who writes to one of these devices
 *  themselves: virtual machines, data bases. */
void holder_tell_raw(struct devices *devices, struct text *to);

#endif
