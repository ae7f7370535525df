/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_LOAD_H
#define LANDER_CONFIG_LOAD_H

#include <stdbool.h>

struct config;
struct error;

/** Where a job may come from. */
struct load {
	const char *cmdline;   /* this text instead of /proc/cmdline, or NULL */
	const char *kickstart; /* this file, too, or NULL */
	char *const *words;    /* argv words KEY=VALUE, NULL-terminated */
	char *const *typed;    /* the same, from a person at the console */
	bool machine;	       /* look at /proc/cmdline, fw_cfg and volumes */
};

/**
 * load_config(load, config, err): fill config.  Rank, lowest first: the files
 * lander.ks and lander.args on a volume labelled LANDER, fw_cfg opt/lander/ks
 * and opt/lander/args, load->kickstart, the kernel command line, argv,
 * load->typed.  Scripts of all of them run, those of a lower rank first.  A
 * source of words that is not there is passed over; one that is there and can't
 * be read is an error. Source: Linux drivers/firmware/qemu_fw_cfg.c
 * (by_name/NAME/raw).
 */
int load_config(const struct load *load, struct config *config,
		struct error **err);

/** load_named(config, text, name, err): the file that lander.config names, as
 *  kickstart_read().  It ranks between load->kickstart and the kernel command
 *  line. */
int load_named(struct config *config, const char *text, const char *name,
	       struct error **err);

/** load_included(config, text, name, err): a file that such a file includes.
 *  What that says itself is worth more. */
int load_included(struct config *config, const char *text, const char *name,
		  struct error **err);
/** load_included_file(config, path, err): the same of a file of this machine,
 *  which must be there. */
int load_included_file(struct config *config, const char *path,
		       struct error **err);

/** load_find_volume(): the device of the volume labelled LANDER, to free();
 *  NULL when there is none. */
char *load_find_volume(void);

#endif
