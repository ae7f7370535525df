/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CONFIG_H
#define LANDER_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config_include.h"
#include "config/config_part.h"
#include "config/config_script.h"

struct error;

/** Every parameter of a job, in the order of the table in config.c. */
enum config_key {
	CONFIG_SOURCE,
	CONFIG_DISKS,
	CONFIG_MODE,
	CONFIG_PART,
	CONFIG_ENCRYPTION,
	CONFIG_OVERWRITE,
	CONFIG_EXCLUDE,
	CONFIG_CONVERT,
	CONFIG_FIRMWARE,
	CONFIG_LOADER,
	CONFIG_ROOT,
	CONFIG_LUKS,
	CONFIG_INITRAMFS,
	CONFIG_NICS,
	CONFIG_NETWORK,
	CONFIG_AFTER,
	CONFIG_ONFAIL,
	CONFIG_JOB,
	CONFIG_HOSTKEY,
	CONFIG_IDENTITY,
	CONFIG_JUMP,
	CONFIG_JUMP_HOSTKEY,
	CONFIG_JUMP_IDENTITY,
	CONFIG_CACERT,
	CONFIG_CLIENTCERT,
	CONFIG_CONFIG,
	CONFIG_CONFIG_SHA256,
	CONFIG_REPORT,
	CONFIG_REPORT_KEY,
	CONFIG_SYSLOG,
	CONFIG_RECONNECT,
	CONFIG_COMPRESS,
	CONFIG_BWLIMIT,
	CONFIG_FREE,
	CONFIG_ROUNDS,
	CONFIG_DOWNTIME,
	CONFIG_CUTOVER,
	CONFIG_QUIESCE,
	CONFIG_FENCE,
	CONFIG_SERVE,
	CONFIG_SERVE_KEY,
	CONFIG_SERVE_HOSTKEY,
	CONFIG_SERVE_PORT,
	CONFIG_DRYRUN,
	CONFIG_REHEARSE,
	CONFIG_EXPLAIN,
	CONFIG_BREAK,
	CONFIG_RESCUE,
	CONFIG_PASSWORD,
	CONFIG_SSHD,
	CONFIG_PORT,
	CONFIG_LOGLEVEL,
	CONFIG_GUARD,
	CONFIG_KEYS,
};

/** What kind of text a parameter takes. */
enum config_type {
	CONFIG_TEXT,	 /* anything */
	CONFIG_ADDRESS,	 /* of a machine: a URI without a password, or a path */
	CONFIG_PLACE,	 /* where something is: a URL, NAME:…, a path */
	CONFIG_LIST,	 /* words between commas */
	CONFIG_ALL,	 /* the same; the bare word is all of them */
	CONFIG_CHOICE,	 /* one of the words in values */
	CONFIG_STAGES,	 /* some of them, between commas */
	CONFIG_SWITCH,	 /* yes or no; the bare word is yes */
	CONFIG_DURATION, /* seconds; s m h d may follow */
	CONFIG_NUMBER,	 /* decimal; values is "LOW..HIGH" */
	CONFIG_RATE,	 /* bytes a second, K M G may follow; or off */
	CONFIG_HTTPS,	 /* a URL of https; it may be a secret */
	CONFIG_LOGHOST,	 /* a server of syslog, net/syslog_link.h */
	CONFIG_WHEN,	 /* config/cutover.h, when */
	CONFIG_HOW,	 /* … and how */
};

struct config_parameter {
	const char *name; /* "source"; "lander.source" outside */
	enum config_type type;
	const char *values;   /* CONFIG_CHOICE: "disk reboot …", else a form
			       * for the help text */
	const char *fallback; /* NULL: unset */
	const char *help;     /* one line */
	bool secret;	      /* never printed */
};

struct config_value {
	char *text;   /* NULL: unset, the fallback holds */
	char *origin; /* "kernel command line", "lander.args:3" */
	int rank;     /* a higher rank wins over a lower one */
};

struct config {
	struct config_value value[CONFIG_KEYS];
	struct config_scripts scripts;
	struct config_parts parts; /* part, which may be given again */
	struct config_includes includes;
};

/** config_parameter(key): its row of THE table. */
const struct config_parameter *config_parameter(enum config_key key);

/**
 * config_set(config, name, text, origin, rank, err): one word of a job.
 * name without "lander.".  A value of a lower rank is replaced, one of the
 * same rank is an error, one of a higher rank stays.
 * Errors: ERROR_CONFIG "origin: lander.name: what is wrong".
 */
int config_set(struct config *config, const char *name, const char *text,
	       const char *origin, int rank, struct error **err);

/** config_text(config, key): the text in force, NULL when unset. */
const char *config_text(const struct config *config, enum config_key key);
bool config_switch(const struct config *config, enum config_key key);
uint64_t config_seconds(const struct config *config, enum config_key key);
/** config_rate(config, key): bytes a second, 0 for off. */
uint64_t config_rate(const struct config *config, enum config_key key);
uint64_t config_number(const struct config *config, enum config_key key);
bool config_is(const struct config *config, enum config_key key,
	       const char *word);

/** config_lists(config, key, word): it is one of the words between commas. */
bool config_lists(const struct config *config, enum config_key key,
		  const char *word);

/** config_origin(config, key): where the value in force came from, "default"
 *  when from the table. */
const char *config_origin(const struct config *config, enum config_key key);

/** config_explain(config, ret, err): every parameter, its value in force and
 *  its origin, a line each; secrets as "(set)"; then the scripts. */
int config_explain(const struct config *config, char **ret_text,
		   struct error **err);

/** config_help(ret, err): every parameter with its form, default and help. */
int config_help(char **ret_text, struct error **err);

void config_done(struct config *config);

#endif
