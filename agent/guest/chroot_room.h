/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_CHROOT_ROOM_H
#define LANDER_GUEST_CHROOT_ROOM_H

#include <stdbool.h>

#include "guest/chroot.h"

#define CHROOT_ROOM_POLICY                                                \
	"#!/bin/sh\n"                                                     \
	"# lander: no service is started while the system is converted\n" \
	"exit 101\n"
#define CHROOT_ROOM_RESOLV "# lander: only while the system is converted\n"

/** What the child needs, made before it is there: it may not ask for memory. */
struct chroot_room {
	const struct chroot_job *job;
	char **environment;		     /* all of it */
	char *dev, *proc, *sys, *run, *udev; /* in root */
	char *firmware, *efi, *efivars;	     /* in sys */
	bool shared; /* some mounts here are seen in other namespaces */
	bool names;  /* CHROOT_SCRATCH/resolv.conf is there */
};

/** chroot_room_live(room): a struct process's body: the first process of new
 *  namespaces furnishes the room, runs the job in it and ends with its status;
 *  125 when the room can't be had, 127 when the program can't be run, after a
 *  line that says why. */
int chroot_room_live(const void *room);

#endif
