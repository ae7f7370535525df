/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CMDLINE_H
#define LANDER_CONFIG_CMDLINE_H

struct config;
struct error;

/** Whose words they are: decides what a word without "lander." means. */
enum cmdline_form {
	CMDLINE_KERNEL,	  /* other words belong to somebody else */
	CMDLINE_ARGUMENTS /* other words are errors; "#" begins a comment */
};

/**
 * cmdline_read(config, text, form, origin, rank, err): every lander.KEY=VALUE
 * or lander.KEY word of text into config_set().  Words are split as the
 * kernel does it: white space, with "…" keeping it together.  All bad words
 * are named, not only the first.  Origins of CMDLINE_ARGUMENTS get ":LINE".
 * Source: Documentation/admin-guide/kernel-parameters.rst, lib/cmdline.c.
 */
int cmdline_read(struct config *config, const char *text,
		 enum cmdline_form form, const char *origin, int rank,
		 struct error **err);

#endif
