/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the words of a job agree with each other.  What a single value may
 * be is its row's affair, in config.c.
 */
#include "config/config_check.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/config_card.h"
#include "config/config_digest.h"
#include "net/ssh_public.h"

static int check_conversion(const struct config *config, struct error **err)
{
	const struct config_script *script =
		config_script_inside(&config->scripts);

	if (!config_is(config, CONFIG_CONVERT, "none"))
		return 0;
	if (config_is(config, CONFIG_FIRMWARE, "convert"))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: firmware=convert is a conversion, "
				 "convert=none asks for none",
				 config_origin(config, CONFIG_FIRMWARE));
	if (script)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: this script cannot run with "
				 "lander.convert=none (%s), which leaves the "
				 "copy as it is",
				 script->origin,
				 config_origin(config, CONFIG_CONVERT));
	if (config_switch(config, CONFIG_REHEARSE))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.rehearse: with convert=none there "
				 "is no conversion to rehearse",
				 config_origin(config, CONFIG_REHEARSE));
	return 0;
}

/* /proc/cmdline, and the list of processes. */
static bool is_public(const char *origin)
{
	return !strcmp(origin, "kernel command line") ||
	       !strcmp(origin, "argument");
}

static int check_secrets(const struct config *config, struct error **err)
{
	const char *hash = config_text(config, CONFIG_PASSWORD);
	const char *luks = config_text(config, CONFIG_LUKS);

	if (config_is(config, CONFIG_ONFAIL, "shell") && !hash)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.onfail: 'shell' needs "
				 "lander.password, because no shell opens "
				 "without one",
				 config_origin(config, CONFIG_ONFAIL));
	if (hash && (hash[0] != '$' || strpbrk(hash, ": \t\n")))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.password takes a crypt(5) hash "
				 "($6$…, from openssl passwd -6), never the "
				 "password itself",
				 config_origin(config, CONFIG_PASSWORD));
	if (luks && is_public(config_origin(config, CONFIG_LUKS)) &&
	    strncmp(luks, "file:", 5) != 0 && strncmp(luks, "fw_cfg:", 7) != 0)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.luks takes file:NAME or "
				 "fw_cfg:NAME here, never the passphrase "
				 "itself, which everybody could read",
				 config_origin(config, CONFIG_LUKS));
	return 0;
}

/* It goes on, and what it writes from then on is nowhere else. */
static int check_snapshot(const struct config *config, struct error **err)
{
	if (!config_is(config, CONFIG_QUIESCE, "snapshot"))
		return 0;
	/* What is free now was not free for sure when the snapshot was made. */
	if (config_is(config, CONFIG_FREE, "skip"))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.free=skip asks file systems that "
				 "stand still, with quiesce=snapshot (%s) they "
				 "go on: copy all of it",
				 config_origin(config, CONFIG_FREE),
				 config_origin(config, CONFIG_QUIESCE));
	if (config_is(config, CONFIG_FENCE, "none"))
		return 0;
	return error_set(
		err, ERROR_CONFIG, 0,
		"%s: lander.fence=%s with quiesce=snapshot (%s): the "
		"source goes on after its snapshot, and what it writes "
		"from then on would be lost with it; a snapshot is for "
		"a clone to try, and nothing is fenced for that",
		config_origin(config, CONFIG_FENCE),
		config_text(config, CONFIG_FENCE),
		config_origin(config, CONFIG_QUIESCE));
}

/* A disk that is copied whole keeps its layout, and no part is left out. */
static int check_files(const struct config *config, struct error **err)
{
	static const enum config_key keys[] = {CONFIG_EXCLUDE,
					       CONFIG_ENCRYPTION};
	const char *origin =
		config->parts.count ? config->parts.part[0].origin : NULL;
	const char *name = config_parameter(CONFIG_PART)->name;

	if (config_is(config, CONFIG_MODE, "file"))
		return 0;
	for (size_t i = 0; !origin && i < sizeof(keys) / sizeof(*keys); i++)
		if (config->value[keys[i]].text) {
			origin = config_origin(config, keys[i]);
			name = config_parameter(keys[i])->name;
		}
	if (!origin)
		return 0;
	return error_set(err, ERROR_CONFIG, 0,
			 "%s: lander.%s is for lander.mode=file; with mode=%s "
			 "it would mean nothing",
			 origin, name, config_text(config, CONFIG_MODE));
}

/* Only an SSH source is a machine that can be told to stop. */
static int check_running(const struct config *config, struct error **err)
{
	static const struct {
		enum config_key key;
		const char *harmless;
	} rows[] = {{CONFIG_CUTOVER, "auto"},
		    {CONFIG_QUIESCE, "none"},
		    {CONFIG_FENCE, "none"},
		    {CONFIG_FREE, "copy"}};
	const char *source = config_text(config, CONFIG_SOURCE);

	/* It may come from another place. */
	if (!source || !strncmp(source, "ssh://", 6))
		return check_snapshot(config, err);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (config->value[rows[i].key].text &&
		    !config_is(config, rows[i].key, "auto") &&
		    !config_is(config, rows[i].key, rows[i].harmless))
			return error_set(err, ERROR_CONFIG, 0,
					 "%s: lander.%s=%s can be done to a "
					 "source over SSH (ssh://) only",
					 config_origin(config, rows[i].key),
					 config_parameter(rows[i].key)->name,
					 config_text(config, rows[i].key));
	return 0;
}

/* A way to a source, and who must be met on it. */
static int check_jump(const struct config *config, struct error **err)
{
	static const enum config_key keys[] = {CONFIG_JUMP_HOSTKEY,
					       CONFIG_JUMP_IDENTITY};
	const char *identity = config_text(config, CONFIG_JUMP_IDENTITY);
	const char *jump = config_text(config, CONFIG_JUMP);
	const char *source = config_text(config, CONFIG_SOURCE);

	for (size_t i = 0; !jump && i < sizeof(keys) / sizeof(*keys); i++)
		if (config->value[keys[i]].text)
			return error_set(err, ERROR_CONFIG, 0,
					 "%s: lander.%s means nothing without "
					 "lander.jump",
					 config_origin(config, keys[i]),
					 config_parameter(keys[i])->name);
	if (!jump)
		return 0;
	if (source && strncmp(source, "ssh://", 6) != 0)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.jump leads to a source over SSH "
				 "(ssh://) only",
				 config_origin(config, CONFIG_JUMP));
	if (identity && !strcmp(identity, "code"))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.jump.identity: a code is a served "
				 "source's, never a jump host's",
				 config_origin(config, CONFIG_JUMP_IDENTITY));
	if (!identity && config_is(config, CONFIG_IDENTITY, "code"))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.jump: the code of lander.identity "
				 "opens the source, not the jump host: give "
				 "lander.jump.identity",
				 config_origin(config, CONFIG_JUMP));
	return 0;
}

/* Either kind of job can be told of. */
static int check_report(const struct config *config, struct error **err)
{
	if (config_text(config, CONFIG_REPORT) ||
	    !config_text(config, CONFIG_REPORT_KEY))
		return 0;
	return error_set(err, ERROR_CONFIG, 0,
			 "%s: lander.report.key means nothing without "
			 "lander.report",
			 config_origin(config, CONFIG_REPORT_KEY));
}

/* A machine is a source or a target. */
int config_check_serve(const struct config *config, struct error **err)
{
	const char *key = config_text(config, CONFIG_SERVE_KEY);

	if (config_text(config, CONFIG_SOURCE))
		return error_set(err, ERROR_CONFIG, 0,
				 "lander.serve (%s) makes this machine a "
				 "source, lander.source (%s) a target: one of "
				 "them must go",
				 config_origin(config, CONFIG_SERVE),
				 config_origin(config, CONFIG_SOURCE));
	if (config->scripts.count)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: this script belongs to a migration, and "
				 "lander.serve (%s) is none",
				 config->scripts.script[0].origin,
				 config_origin(config, CONFIG_SERVE));
	if (!key)
		return error_set(
			err, ERROR_CONFIG, 0,
			"%s: lander.serve: nobody may read the disks without "
			"lander.serve.key: the target's public key (its AAAA… "
			"part, or file:NAME on a volume labelled LANDER), or "
			"code, for one that is shown here and typed there",
			config_origin(config, CONFIG_SERVE));
	if (config_text(config, CONFIG_SSHD) &&
	    config_number(config, CONFIG_SERVE_PORT) == 22)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.sshd takes port 22: give another "
				 "lander.serve.port",
				 config_origin(config, CONFIG_SSHD));
	if (!strcmp(key, "code") && config_text(config, CONFIG_SERVE_HOSTKEY))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.serve.hostkey: with "
				 "lander.serve.key=code the host key comes "
				 "from the code",
				 config_origin(config, CONFIG_SERVE_HOSTKEY));
	return check_report(config, err);
}

/* Words of a source that somebody forgot to make one. */
static int check_target(const struct config *config, struct error **err)
{
	static const enum config_key keys[] = {
		CONFIG_SERVE_KEY, CONFIG_SERVE_HOSTKEY, CONFIG_SERVE_PORT};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (config->value[keys[i]].text)
			return error_set(err, ERROR_CONFIG, 0,
					 "%s: lander.%s means nothing without "
					 "lander.serve",
					 config_origin(config, keys[i]),
					 config_parameter(keys[i])->name);
	return 0;
}

/* Who may come in; what is named by a place is looked at when it is read. */
static int check_sshd(const struct config *config, struct error **err)
{
	const char *text = config_text(config, CONFIG_SSHD);
	struct ssh_public key;
	char **word = NULL;
	int r;

	if (!text || !strncmp(text, "file:", 5) || !strncmp(text, "fw_cfg:", 7))
		return 0;
	r = parse_split(text, ',', &word, err);
	for (size_t i = 0; r == 0 && word[i]; i++)
		r = ssh_public_read(word[i], &key, err);
	parse_free_list(word);
	return r < 0 ? error_wrap(err, "%s: lander.sshd",
				  config_origin(config, CONFIG_SSHD))
		     : 0;
}

static int check_break(const struct config *config, struct error **err)
{
	if (!config_text(config, CONFIG_BREAK) ||
	    config_text(config, CONFIG_PASSWORD))
		return 0;
	return error_set(err, ERROR_CONFIG, 0,
			 "%s: lander.break needs lander.password, because no "
			 "shell opens without one",
			 config_origin(config, CONFIG_BREAK));
}

/* 8-4-4-4-12 */
static bool is_uuid(const char *text)
{
	size_t at = 0;

	for (; text[at]; at++)
		if (at == 8 || at == 13 || at == 18 || at == 23
			    ? text[at] != '-'
			    : !strchr("0123456789abcdef", text[at]))
			return false;
	return at == 36;
}

static int check_job(const struct config *config, struct error **err)
{
	const char *job = config_text(config, CONFIG_JOB);

	if (job && !is_uuid(job))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.job: '%s' is not a UUID in lower "
				 "case",
				 config_origin(config, CONFIG_JOB), job);
	return 0;
}

/* All that is wrong, not only the first. */
static int check_migration(const struct config *config, struct error **err)
{
	int (*const checks[])(const struct config *config,
			      struct error **err) = {
		check_target,  check_conversion,  check_secrets,
		check_running, check_jump,	  check_job,
		check_report,  check_sshd,	  check_break,
		check_files,   config_card_check, config_digest_check};
	struct error *all = NULL;

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		struct error *one = NULL;

		if (checks[i](config, &one) < 0)
			error_gather(&all, one);
	}
	if (!all)
		return 0;
	if (err)
		*err = all;
	else
		error_free(all);
	return -EINVAL;
}

int config_check_words(const struct config *config, struct error **err)
{
	return config_text(config, CONFIG_SERVE)
		       ? config_check_serve(config, err)
		       : check_migration(config, err);
}

int config_check(const struct config *config, struct error **err)
{
	if (!config_text(config, CONFIG_SOURCE))
		return error_set(err, ERROR_CONFIG, 0,
				 "no source is given: lander.source=nbd://"
				 "host/export on the kernel command line, or "
				 "in lander.args or lander.ks on a volume "
				 "labelled LANDER");
	return check_migration(config, err);
}
