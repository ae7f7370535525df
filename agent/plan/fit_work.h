/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_WORK_H
#define LANDER_PLAN_FIT_WORK_H

/* For fit.c and its parts, which fill it in turns. */

#include "plan/fit.h"
#include "source/storage.h"

#define FIT_NONE SIZE_MAX
#define FIT_MIB	 DESIGN_MIB

#define FIT_GUID_ESP   "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define FIT_GUID_BIOS  "21686148-6449-6e6f-744e-656564454649"
#define FIT_GUID_LINUX "0fc63daf-8483-4772-8e79-3d69d8477de4"
#define FIT_GUID_SWAP  "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"
#define FIT_GUID_LVM   "e6d6d379-f507-44c2-a23c-238f2a3df928"
#define FIT_GUID_RAID  "a19d880f-05fc-4d3b-a006-743f0f84911e"
#define FIT_GUID_LUKS  "ca7d7ccb-63ed-4c53-861c-1742536059cc"
#define FIT_GUID_PREP  "9e1a2d38-c612-4316-aa26-8b49521e5a8b"
#define FIT_GUID_BASIC "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"

/** What a node needs, beside what the design says of it. */
struct fit_need {
	uint64_t least;	 /* bytes; below it, it does not fit */
	uint64_t best;	 /* as large as it was */
	uint64_t weight; /* of a physical volume: its share of the group */
	bool grow;	 /* takes what is left */
	bool fixed;	 /* is as large as it was, always */
	bool leaf;	 /* something is made in it */
	size_t device;	 /* of the storage, FIT_NONE: new */
	/* Order on its disk: source disk, then place on it. */
	size_t disk;
	uint64_t start;
};

struct fit_work {
	const struct fit_order *order;
	const struct storage *storage;
	struct fit *fit;
	struct design *design;
	struct fit_need *need; /* one for each node */
	size_t *made;	       /* node of a device, FIT_NONE */
	size_t root;	       /* node of "/", FIT_NONE */
	struct error *refused; /* reasons so far */
	struct error *wrong;   /* wishes that can't be met */
};

/** FIT_WORK_SET(to, text): an array of characters, cut where it must be.
 *  FIT_WORK_DEVICE(work, which): one of the source. */
void fit_work_set(char *to, size_t room, const char *text);
#define FIT_WORK_SET(to, text)	     fit_work_set(to, sizeof(to), text)
#define FIT_WORK_DEVICE(work, which) (&(work)->storage->device[which])

/** fit_work_add(work, kind, device): a new node; its place, or FIT_NONE
 *  without memory. */
size_t fit_work_add(struct fit_work *work, enum design_kind kind,
		    size_t device);

/** fit_work_leave(work, place): no file of it is to be copied. */
void fit_work_leave(struct fit_work *work, const char *place);

/** fit_work_note(work, fmt, …): for people.  fit_work_refuse(…): a reason why
 *  none of it can be done. */
void fit_work_note(struct fit_work *work, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void fit_work_refuse(struct fit_work *work, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void fit_work_wrong(struct fit_work *work, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** fit_work_uuid(work, what, ret): an identity that is the same each time this
 *  job is planned. */
void fit_work_uuid(const struct fit_work *work, const char *what, char ret[37]);

/** fit_work_is_name(text): that LVM and device-mapper take, and no tool takes
 *  for an option: lvm(8), "valid names". */
bool fit_work_is_name(const char *text);

/** fit_work_target(work, node): the DESIGN_DISK that it lies on, the first of
 *  several. */
size_t fit_work_target(const struct fit_work *work, size_t node);

/** fit_work_disk(work, device): which of the job's disks it lies on, the first
 *  of several; FIT_NONE: on none. */
size_t fit_work_disk(const struct fit_work *work, size_t device);

#endif
