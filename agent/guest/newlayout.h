/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NEWLAYOUT_H
#define LANDER_GUEST_NEWLAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct design;
struct error;
struct steps;

#define NEWLAYOUT_GONE SIZE_MAX

/** Something that held something on the old machine, and what became of it. */
struct newlayout_old {
	/* What the old machine calls it, "/dev/sda2", "/dev/mapper/vg-root",
	 * "/dev/md/0"; NULL at the end. */
	char **name;
	char *device; /* for people: "sda2", "vg-root" */
	char *fs;     /* "ext4", "crypto_LUKS", "linux_raid_member"; or "" */
	char *uuid;   /* what is written in it; or "" */
	char *label;
	char *partuuid;	 /* of a partition; or "" */
	char *partlabel; /* of GPT's; or "" */
	char *array;	 /* of an MD array: its own UUID; or "" */
	size_t node;	 /* of the design; NEWLAYOUT_GONE */
	const char *why; /* … NEWLAYOUT_GONE, in words: "it was not mounted" */
};

/** A finished design and what it was made of. */
struct newlayout {
	const struct design *design;
	struct newlayout_old *old;
	size_t count;
};

void newlayout_done(struct newlayout *layout);

/**
 * newlayout_apply(layout, root, steps, err): fstab, crypttab and mdadm.conf of
 * the tree at root (newlayout_fstab() and its neighbours); kernel command lines
 * are for the conversion, with convert->layout (newlayout_kernel()).  May be
 * called again.  Returns 1 when an initramfs of that system was made for what
 * is not so any more and has to be made anew; else 0.  Errors: ERROR_CONVERT.
 */
int newlayout_apply(const struct newlayout *layout, const char *root,
		    struct steps *steps, struct error **err);

/** A text and what is done to it, for the rooms below. */
struct newlayout_text {
	const struct newlayout *layout;
	const char *text;
	const char *root; /* of its system, for files beside it; or NULL */
	struct steps *steps;
	char *fresh; /* the whole new text, to free() */
};

/** newlayout_may_rebuild(layout): whether that may return 1, by the devices
 * alone: for who predicts how long a conversion takes. */
bool newlayout_may_rebuild(const struct newlayout *layout);

#endif
