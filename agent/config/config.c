/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * THE parameter table.  The kernel command line, a volume, fw_cfg and argv all
 * end in config_set(), and the help, the explanation and the checks come from
 * the same rows.  A word that is not in the table, or a value that its row does
 * not take, is an error with its origin; nothing is guessed.
 */
#include "config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"

static const struct config_parameter table[CONFIG_KEYS] = {
	[CONFIG_SOURCE] = {"source", CONFIG_TEXT, "URI", NULL,
			   "where the disks come from: ssh://[user@]host"
			   "[:port]/[disk], nbd://host[:port]/"
			   "[export], nbds://…, nbd+unix:///[export]"
			   "?socket=PATH, or a file",
			   false},
	[CONFIG_DISKS] = {"disks", CONFIG_LIST, "[SRC:]DST,…", NULL,
			  "which source disk (export name) goes to which "
			  "target (name, path, serial or wwn); without it, "
			  "the one match by size",
			  false},
	[CONFIG_MODE] = {"mode", CONFIG_CHOICE, "auto block", "auto",
			 "block copies whole disks", false},
	[CONFIG_OVERWRITE] = {"overwrite", CONFIG_LIST, "DST,…", NULL,
			      "target disks whose present content may be "
			      "lost",
			      false},
	[CONFIG_CONVERT] = {"convert", CONFIG_CHOICE, "auto none", "auto",
			    "auto makes the copied system start on this "
			    "machine and leaves a receipt in it; none leaves "
			    "the copy as it is, bit for bit",
			    false},
	[CONFIG_FIRMWARE] = {"firmware", CONFIG_CHOICE, "keep convert", "keep",
			     "keep refuses a source that this machine's "
			     "firmware does not start; convert makes one for "
			     "BIOS start by UEFI, too",
			     false},
	[CONFIG_LOADER] = {"loader", CONFIG_CHOICE, "keep reinstall", "keep",
			   "reinstall has the copied system's own grub-install "
			   "write its boot code for BIOS again; keep does so "
			   "only where it is broken",
			   false},
	[CONFIG_ROOT] = {"root", CONFIG_TEXT, "UUID=…|LABEL=…|/dev/…", NULL,
			 "which Linux system on the disks this machine will "
			 "run, where there are several; a partition by the "
			 "name that the source has for it",
			 false},
	[CONFIG_LUKS] = {"luks", CONFIG_TEXT,
			 "PASSPHRASE|file:NAME|fw_cfg:NAME", NULL,
			 "what opens the disks' LUKS containers for "
			 "conversion: the passphrase, a file on the volume "
			 "LANDER, or an item of fw_cfg (opt/…); on the kernel "
			 "command line only the last two",
			 true},
	[CONFIG_INITRAMFS] = {"initramfs", CONFIG_CHOICE, "auto rebuild",
			      "auto",
			      "how a copied Linux gets this machine's drivers: "
			      "auto appends what is missing, rebuild runs its "
			      "own tool",
			      false},
	[CONFIG_NICS] = {"nics", CONFIG_LIST, "NAME=MAC,…", NULL,
			 "which network card of this machine an interface of "
			 "the copied system is, where that is not plain",
			 false},
	[CONFIG_NETWORK] = {"network", CONFIG_TEXT,
			    "keep|dhcp|static:ADDRESS/PREFIX,GATEWAY[,DNS…]",
			    "keep",
			    "what the first interface of the copied system "
			    "gets",
			    false},
	[CONFIG_AFTER] = {"after", CONFIG_CHOICE,
			  "disk reboot poweroff kexec wait", "disk",
			  "what follows a finished migration", false},
	[CONFIG_ONFAIL] = {"onfail", CONFIG_CHOICE,
			   "wait shell reboot poweroff", "wait",
			   "what follows a failed one; wait retries by itself "
			   "what a network failure stopped",
			   false},
	[CONFIG_JOB] = {"job", CONFIG_TEXT, "UUID", NULL,
			"name of the job in the record and the receipt; "
			"without it, made from source and disks",
			false},
	[CONFIG_HOSTKEY] =
		{"hostkey", CONFIG_LIST, "SHA256:…", NULL,
		 "the source's SSH host key as ssh-keygen -lf prints it; "
		 "without it that key is shown and the job refused",
		 false},
	[CONFIG_IDENTITY] =
		{"identity", CONFIG_TEXT,
		 "file:NAME|fw_cfg:NAME|cred:NAME|PATH|code", NULL,
		 "private key for an SSH source: on the LANDER volume, in "
		 "fw_cfg, a credential of systemd, or a file; code asks for "
		 "the one that a source with serve.key=code shows",
		 false},
	[CONFIG_RECONNECT] = {"reconnect", CONFIG_DURATION, "TIME", "10m",
			      "how long a source that went away is waited for",
			      false},
	[CONFIG_SERVE] = {"serve", CONFIG_ALL, "[DISK,…]", NULL,
			  "this machine is a source: its disks, or these, can "
			  "be read over SSH, and nothing writes to them",
			  false},
	[CONFIG_SERVE_KEY] =
		{"serve.key", CONFIG_TEXT, "AAAA…,…|file:NAME|fw_cfg:NAME|code",
		 NULL,
		 "who may read them: SSH public keys, or code: whoever types "
		 "the code that this machine shows",
		 false},
	[CONFIG_SERVE_HOSTKEY] =
		{"serve.hostkey", CONFIG_TEXT,
		 "file:NAME|fw_cfg:NAME|cred:NAME|PATH", NULL,
		 "private host key for it, so that its fingerprint is known "
		 "beforehand; without it a new one is made and shown",
		 false},
	[CONFIG_SERVE_PORT] = {"serve.port", CONFIG_TEXT, "1..65535", "22",
			       "TCP port to listen on", false},
	[CONFIG_DRYRUN] = {"dryrun", CONFIG_SWITCH, "yes|no", "no",
			   "end after the plan, with nothing written", false},
	[CONFIG_REHEARSE] = {"rehearse", CONFIG_SWITCH, "yes|no", "no",
			     "copy and verify, then convert on a copy in "
			     "memory and tell whether the system would "
			     "boot; the next start without it goes on from "
			     "there",
			     false},
	[CONFIG_EXPLAIN] = {"explain", CONFIG_SWITCH, "yes|no", "no",
			    "print every value and where it came from", false},
	[CONFIG_PASSWORD] = {"password", CONFIG_TEXT, "CRYPT-HASH", NULL,
			     "crypt(5) hash that opens the shell of "
			     "onfail=shell; never the password itself",
			     true},
	[CONFIG_LOGLEVEL] = {"loglevel", CONFIG_CHOICE, "error warn info debug",
			     "info", "how much the log holds", false},
	[CONFIG_GUARD] = {"guard", CONFIG_CHOICE, "record nodisk forced pxe",
			  NULL, "set by the boot menu: why it started lander",
			  false},
};

const struct config_parameter *config_parameter(enum config_key key)
{
	return &table[key];
}

/* Rows of one insertion, deletion or replaced letter away: for a hint. */
static bool nearly(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return !strcmp(*a ? a + 1 : a, *b ? b + 1 : b) ||
	       (*a && !strcmp(a + 1, b)) || (*b && !strcmp(a, b + 1));
}

static int unknown(const char *name, const char *origin, struct error **err)
{
	/* It may be a secret that lost its name: repeat no more than a name. */
	int length = (int)strspn(name, "abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-");

	for (int key = 0; key < CONFIG_KEYS; key++)
		if (nearly(name, table[key].name))
			return error_set(err, ERROR_CONFIG, 0,
					 "%s: lander.%.*s: no such parameter; "
					 "did you mean lander.%s?",
					 origin, length, name, table[key].name);
	return error_set(err, ERROR_CONFIG, 0,
			 "%s: lander.%.*s: no such parameter", origin, length,
			 name);
}

static bool is_choice(const char *values, const char *text)
{
	size_t length = strlen(text);

	for (const char *at = values; length && *at;) {
		size_t word = strcspn(at, " ");

		if (word == length && !strncmp(at, text, length))
			return true;
		at += word + strspn(at + word, " ");
	}
	return false;
}

static int check_list(const char *text, struct error **err)
{
	char **word = NULL;
	int r = parse_split(text, ',', &word, err);

	if (r < 0)
		return r;
	if (!word[0])
		r = error_set(err, ERROR_CONFIG, 0, "the list is empty");
	for (size_t i = 0; r == 0 && word[i]; i++)
		if (!*word[i])
			r = error_set(err, ERROR_CONFIG, 0,
				      "'%s' has an empty entry", text);
	parse_free_list(word);
	return r;
}

static int check_value(const struct config_parameter *row, const char *text,
		       struct error **err)
{
	uint64_t seconds;
	bool on;

	switch (row->type) {
	case CONFIG_SWITCH:
		return parse_switch(text, &on, err);
	case CONFIG_DURATION:
		if (parse_duration(text, &seconds, err) < 0)
			return -EINVAL;
		if (seconds > INT32_MAX)
			return error_set(err, ERROR_CONFIG, 0,
					 "'%s' is longer than a life", text);
		return 0;
	case CONFIG_ALL:
		return *text ? check_list(text, err) : 0;
	case CONFIG_LIST:
		return check_list(text, err);
	case CONFIG_CHOICE:
		if (!is_choice(row->values, text))
			return error_set(err, ERROR_CONFIG, 0,
					 "'%s' is not one of: %s", text,
					 row->values);
		return 0;
	case CONFIG_TEXT:
		if (!*text)
			return error_set(err, ERROR_CONFIG, 0,
					 "a value is missing");
		return 0;
	}
	return 0;
}

int config_set(struct config *config, const char *name, const char *text,
	       const char *origin, int rank, struct error **err)
{
	struct config_value *value = NULL;
	char *copy;
	char *from;
	int key;

	for (key = 0; key < CONFIG_KEYS; key++)
		if (!strcmp(name, table[key].name))
			break;
	if (key == CONFIG_KEYS)
		return unknown(name, origin, err);
	value = &config->value[key];
	if (value->text && value->rank == rank)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.%s is given twice (first: %s)",
				 origin, name, value->origin);
	if (check_value(&table[key], text, err) < 0)
		return error_wrap(err, "%s: lander.%s", origin, name);
	if (value->text && value->rank > rank)
		return 0;
	copy = strdup(text);
	from = strdup(origin);
	if (!copy || !from) {
		free(copy);
		free(from);
		return error_memory(err);
	}
	free(value->text);
	free(value->origin);
	*value = (struct config_value){copy, from, rank};
	return 0;
}

const char *config_text(const struct config *config, enum config_key key)
{
	const char *text = config->value[key].text;

	return text ? text : table[key].fallback;
}

bool config_switch(const struct config *config, enum config_key key)
{
	const char *text = config_text(config, key);
	bool on = false;

	return text && parse_switch(text, &on, NULL) == 0 && on;
}

uint64_t config_seconds(const struct config *config, enum config_key key)
{
	const char *text = config_text(config, key);
	uint64_t seconds = 0;

	if (text)
		(void)parse_duration(text, &seconds, NULL);
	return seconds;
}

bool config_is(const struct config *config, enum config_key key,
	       const char *word)
{
	const char *text = config_text(config, key);

	return text && !strcmp(text, word);
}

const char *config_origin(const struct config *config, enum config_key key)
{
	return config->value[key].text ? config->value[key].origin : "default";
}

int config_explain(const struct config *config, char **ret_text,
		   struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return error_memory(err);
	for (int key = 0; key < CONFIG_KEYS; key++) {
		const char *value = config_text(config, (enum config_key)key);

		if (value && table[key].secret)
			value = "(set)";
		(void)fprintf(out, "lander.%-10s %-32s %s\n", table[key].name,
			      value ? value : "-",
			      config_origin(config, (enum config_key)key));
	}
	config_script_explain(&config->scripts, out);
	if (fclose(out) != 0) {
		free(text);
		return error_memory(err);
	}
	*ret_text = text;
	return 0;
}

int config_help(char **ret_text, struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return error_memory(err);
	for (int key = 0; key < CONFIG_KEYS; key++) {
		const struct config_parameter *row = &table[key];

		(void)fprintf(out, "  lander.%s=%s\n      %s", row->name,
			      row->values, row->help);
		if (row->fallback)
			(void)fprintf(out, " (%s)", row->fallback);
		(void)fputc('\n', out);
	}
	if (fclose(out) != 0) {
		free(text);
		return error_memory(err);
	}
	*ret_text = text;
	return 0;
}

void config_done(struct config *config)
{
	for (int key = 0; key < CONFIG_KEYS; key++) {
		free(config->value[key].text);
		free(config->value[key].origin);
	}
	config_script_free(&config->scripts);
	*config = (struct config){0};
}
