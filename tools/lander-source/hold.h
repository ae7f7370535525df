/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_HOLD_H
#define LANDER_SOURCE_HOLD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/wire.h"

struct text;
struct view;

#define HOLD_SYSTEMS 192U
#define HOLD_SWAPS   16U
#define HOLD_UNITS   256U /* with those that are stopped along */

enum hold_state { HOLD_IDLE, HOLD_DOING, HOLD_DONE };

struct hold_unit {
	char name[WIRE_UNIT_MAX];
	bool running;
	size_t because; /* 1 + the one it is stopped along with, or 0 */
	_Atomic int state;
};

struct hold_swap {
	char path[512];
	uint64_t used; /* bytes */
	int priority;  /* below zero: the kernel's choice */
	_Atomic int state;
};

/** A file system that may be written to. */
struct hold_system {
	char number[24]; /* as in mount tables */
	char device[64];
	char place[256]; /* one of them, shortened when it is long */
	char type[32];
	char process[16];    /* in whose mount namespace that is; "": ours */
	unsigned long flags; /* MS_… of that mount */
	int fd;		     /* on it, through that mount; -1: out of reach */
	unsigned int rank;   /* of that mount; only the best can be remounted */
	bool freeze;	     /* else it becomes read-only */
	bool bystander;	     /* on no disk of ours: only sysrq-u touches it */
	_Atomic int state;
};

struct hold_disk {
	char number[24];
	int fd;
};

/** All that is done to hold the disks still, and how far it got.  It lies in
 *  memory that all processes of ours share, so that any of them can undo what
 *  another one did. */
struct hold {
	enum wire_quiesce kind;
	struct hold_disk disk[WIRE_DISKS_MAX];
	size_t disks;
	struct hold_unit unit[HOLD_UNITS];
	size_t units;
	struct hold_swap swap[HOLD_SWAPS];
	size_t swaps;
	/* What lies on another one is behind it. */
	struct hold_system system[HOLD_SYSTEMS];
	size_t systems;
	bool array;		  /* MD: it writes on its own for a while */
	bool forced;		  /* sysrq-u was used */
	bool forceable;		  /* … and may be */
	size_t files;		  /* disks that are files: out of our hands */
	struct view *view;	  /* WIRE_QUIESCE_SNAPSHOT: likewise shared */
	_Atomic uint64_t holding; /* system_milliseconds() of the first */
	_Atomic bool done;	  /* the answer below is that of success */
	int code;		  /* errno of failure */
	_Atomic long worker;	  /* who does it */
	uint64_t worker_began;	  /* process_began() of it */
	char said[WIRE_TEXT_MAX]; /* what was done, or what was in the way */
	char undone[WIRE_TEXT_MAX];
};

/** hold_work(hold): all of it.  Fills done, code and said. */
void hold_work(struct hold *hold);

/** hold_tell(to, before, system, after): words, its name as in "/srv (ext4 on
 *  sda1)", words. */
void hold_tell(struct text *to, const char *before,
	       const struct hold_system *system, const char *after);

/** hold_set_read_only(system, on): for all mounts of it; a negative errno. */
long hold_set_read_only(const struct hold_system *system, bool on);

#endif
