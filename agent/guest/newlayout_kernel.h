/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NEWLAYOUT_KERNEL_H
#define LANDER_GUEST_NEWLAYOUT_KERNEL_H

#include <stdbool.h>

#include "guest/devicename.h"

struct newlayout;

/** A word of a kernel command line, or of a setting that one is made of. */
struct newlayout_word {
	const char *key;   /* "root=", "rd.luks.uuid=" */
	const char *value; /* without what may follow behind a colon */
	bool root;	   /* the root's file system is meant */
	enum devicename_form form;
};

enum newlayout_word_fate {
	NEWLAYOUT_WORD_FOREIGN, /* not known here */
	NEWLAYOUT_WORD_KEEP,
	NEWLAYOUT_WORD_CHANGE, /* another value */
	NEWLAYOUT_WORD_REMOVE, /* what it is about is none any more */
	NEWLAYOUT_WORD_LOST,   /* that, too, and the word is needed */
};

/**
 * newlayout_kernel(layout, word, ret_value, ret_why): what becomes of it; with
 * CHANGE the new value, to free(), and with REMOVE and LOST why, in words. NULL
 * as the new value: no memory.  Source: kernel-command-line(7),
 * dracut.cmdline(7), initramfs.conf(5).
 */
enum newlayout_word_fate newlayout_kernel(const struct newlayout *layout,
					  const struct newlayout_word *word,
					  char **ret_value,
					  const char **ret_why);

#endif
