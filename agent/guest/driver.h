/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_DRIVER_H
#define LANDER_GUEST_DRIVER_H

#include <stddef.h>

struct error;

/** The modules of one kernel, as depmod wrote them down. */
struct driver_index;

/**
 * driver_open(root, directory, ret, err): reads modules.dep, .alias, .softdep,
 * .builtin and .builtin.modinfo of a directory such as
 * "/usr/lib/modules/6.1.0-50-amd64".  The .bin forms are not used: they are
 * foreign bytes with offsets in them, and the texts say the same.
 * Errors: ERROR_CONVERT; ENOENT without modules.dep or modules.alias.
 * Source: modules.dep(5), depmod(8), the kernel's Documentation/kbuild/
 * kbuild.rst (modules.builtin.modinfo).
 */
int driver_open(const char *root, const char *directory,
		struct driver_index **ret_index, struct error **err);
void driver_close(struct driver_index *index);

/** A module that is needed. */
struct driver {
	const char *name; /* "virtio_blk": '_' for '-'; the index's own */
	const char *path; /* "kernel/drivers/block/virtio_blk.ko.xz" */
};

struct drivers {
	struct driver *driver;
	size_t count;
};

/** How a kernel answers to an alias or a name. */
enum driver_answer { DRIVER_NONE, DRIVER_MODULE, DRIVER_BUILTIN };

/**
 * driver_add(index, word, drivers, ret_answer): the modules that a modalias
 * ("pci:v00001AF4d…") or a name ("sd_mod") stands for, with what they depend
 * on, hard and soft, each once.  Returns 0 or -ENOMEM.
 */
int driver_add(const struct driver_index *index, const char *word,
	       struct drivers *drivers, enum driver_answer *ret_answer);

/** driver_match(index, word, drivers, ret_answer): the modules that answer to
 *  such a word, without what they depend on.  Returns 0 or -ENOMEM. */
int driver_match(const struct driver_index *index, const char *word,
		 struct drivers *drivers, enum driver_answer *ret_answer);

/** driver_need(index, name, drivers): a module, by its name ('_' for '-'), and
 *  what it can't be loaded without; not what it would only like to have
 *  (softdep).  Nothing for what is built in.  Returns 0 or -ENOMEM. */
int driver_need(const struct driver_index *index, const char *name,
		struct drivers *drivers);
void driver_free(struct drivers *drivers);

#endif
