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
	 * "/dev/md/0", "/dev/disk/by-partlabel/data"; NULL at the end. */
	char **name;
	char *device; /* the first of them: for people */
	char *fs;     /* "ext4", "crypto_LUKS", "linux_raid_member"; or "" */
	char *uuid;   /* what is written in it; or "" */
	char *label;
	char *partuuid;	 /* of a partition; or "" */
	char *partlabel; /* of GPT's; or "" */
	char *array;	 /* of an MD array: its own UUID; or "" */
	size_t node;	 /* of the design; NEWLAYOUT_GONE */
	const char *why; /* … NEWLAYOUT_GONE, in words: "it is not mounted
			  * there" */
};

/** A finished design and what it was made of. */
struct newlayout {
	const struct design *design;
	struct newlayout_old *old;
	size_t count;
};

void newlayout_done(struct newlayout *layout);

/**
 * newlayout_fstab(layout, crypttab, text, ret_text, steps, err): fstab(5) for
 * the new layout, to free().  A line changes only where it has to: its name of
 * a device when that means nothing any more (UUID= then), its type and options
 * when the file system is of another kind.  Lines of what is gone become
 * comments with the reason above them; what is new gets a line at the end.
 * crypttab: the text that newlayout_crypttab() made, or NULL.
 * Returns 1 when ret_text differs from text, 0 when it does not.
 */
int newlayout_fstab(const struct newlayout *layout, const char *crypttab,
		    const char *text, char **ret_text, struct steps *steps,
		    struct error **err);

/** newlayout_crypttab(layout, text, ret_text, steps, err): crypttab(5), in the
 *  same way.  A container that is new opens with the job's key only: a line
 *  that has a key file is told. */
int newlayout_crypttab(const struct newlayout *layout, const char *text,
		       char **ret_text, struct steps *steps,
		       struct error **err);

/** newlayout_mdadm(layout, text, ret_text, steps, err): mdadm.conf(5): ARRAY
 *  lines of arrays that are none any more become comments. */
int newlayout_mdadm(const struct newlayout *layout, const char *text,
		    char **ret_text, struct steps *steps, struct error **err);

/**
 * newlayout_apply(layout, root, steps, err): all three, and the words of kernel
 * command lines that open what is gone (newlayout_kernel()), in the tree at
 * root.  May be called again.  Returns 1 when an initramfs of that system
 * holds a copy of what changed, so that it has to be made anew; else 0.
 * Errors: ERROR_CONVERT.
 */
int newlayout_apply(const struct newlayout *layout, const char *root,
		    struct steps *steps, struct error **err);

#endif
