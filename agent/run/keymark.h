/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_KEYMARK_H
#define LANDER_RUN_KEYMARK_H

#define KEYMARK_ROOM 65

/** keymark_read(place, ret): what is now in a place that a parameter names, as
 *  secret_read_place() knows them, as its SHA-256; "" when that can't be read
 * or is no place. */
void keymark_read(const char *place, char ret[KEYMARK_ROOM]);

#endif
