/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_PERSISTENT_H
#define LANDER_GUEST_PERSISTENT_H

struct interfaces;
struct netfile;

/** persistent_read(file, list): the MACs that udev rules give names to, as the
 *  generator of persistent-net rules writes them; completes interfaces that
 *  are in the list.  Source: udev(7); rule_generator of udev before 209. */
void persistent_read(const struct netfile *file, struct interfaces *list);

#endif
