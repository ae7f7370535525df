/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words behind `lander check`, and its help.
 */
#include "run/assess_words.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "config/config.h"
#include "plan/reason.h"
#include "run/assess_list.h"

#define LIST_MAX  ((size_t)16 << 20)
#define PARALLEL  8U
#define TIMEOUT_S 30U

static const char usage[] =
	"usage: lander check [OPTION]… [KEY=VALUE]… SOURCE…\n"
	"Look at SSH sources before a migration: can they be reached and read, "
	"what\n"
	"are they, how long would it take, what stands against it.  Nothing is "
	"written,\n"
	"here or there.  SOURCE is ssh://[user@]host[:port]/[disk].\n"
	"\n"
	"  --list=FILE      a source a line, hostkey=, identity= and disks= "
	"behind it;\n"
	"                   or CSV whose first line names columns: host, user, "
	"port,\n"
	"                   hostkey, identity, disks, source, jump, "
	"jump.hostkey,\n"
	"                   jump.identity, in any order; - is standard input\n"
	"  --key=FILE       log in with this private key, as identity=FILE\n"
	"  --json, --csv    all that was found out, for programs; CSV can be a "
	"list\n"
	"                   again\n"
	"  --details        all of it for people (a single source always has "
	"them)\n"
	"  --downtime=TIME  warn when the predicted downtime is longer (as of "
	"the job)\n"
	"  --timeout=TIME   for connecting, logging in and starting (30s)\n"
	"  --parallel=N     sources at once, 1 to 64 (8); lines are measured "
	"one by one\n"
	"  --reasons        the table of all reasons\n"
	"  --help           this text\n"
	"  hostkey=SHA256:…  identity=FILE  disks=NAME,…  "
	"jump=ssh://[user@]host[:port]\n"
	"  jump.hostkey=SHA256:…  jump.identity=FILE   for all sources "
	"without their own\n"
	"\n"
	"Exit status: 0 every source passes, perhaps with warnings; 3 at least "
	"one is\n"
	"refused; 6 no source could be reached; 2 the words above are wrong; "
	"10 stopped.\n";

/* The value of an option, in this word or the next. */
static const char *value_of(char *const **at, const char *name)
{
	const char *word = **at;
	size_t length = strlen(name);

	if (strncmp(word, name, length))
		return NULL;
	if (word[length] == '=')
		return word + length + 1;
	if (word[length] || !(*at)[1])
		return NULL;
	return *++*at;
}

static int read_all(FILE *in, const char *name, char **ret, struct error **err)
{
	char *text = malloc(LIST_MAX + 1);
	size_t length;
	char *less;

	if (!text)
		return error_memory(err);
	length = fread(text, 1, LIST_MAX, in);
	if (ferror(in) || !feof(in)) {
		free(text);
		return error_set(err, ERROR_CONFIG, feof(in) ? EIO : EFBIG,
				 "check: list '%s'", name);
	}
	if (memchr(text, '\0', length)) {
		free(text);
		return error_set(err, ERROR_CONFIG, 0,
				 "check: list '%s' is no text", name);
	}
	text[length] = '\0';
	less = realloc(text, length + 1);
	*ret = less ? less : text;
	return 0;
}

static int take_list(FILE *in, const char *name, struct assess_list *list,
		     struct error **err)
{
	const char *last = strrchr(name, '/');
	size_t before = list->count;
	char *text = NULL;
	int r = read_all(in, name, &text, err);

	if (r == 0)
		r = assess_list_read(list, last ? last + 1 : name, text, err);
	if (r == 0 && list->count == before)
		r = error_set(err, ERROR_CONFIG, 0,
			      "check: no source in list '%s'", name);
	free(text);
	return r;
}

static int read_list(const char *name, struct assess_list *list,
		     struct error **err)
{
	FILE *in;
	int r;

	if (!strcmp(name, "-"))
		return take_list(stdin, "stdin", list, err);
	in = fopen(name, "re");
	if (!in)
		return error_set(err, ERROR_CONFIG, errno, "check: list '%s'",
				 name);
	r = take_list(in, name, list, err);
	(void)fclose(in);
	return r;
}

static int read_seconds(const char *text, double *ret, struct error **err)
{
	uint64_t seconds = 0;
	int r = parse_duration(text, &seconds, err);

	if (r < 0)
		return error_wrap(err, "check");
	if (seconds < 1 || seconds > 86400)
		return error_set(err, ERROR_CONFIG, ERANGE, "check: '%s'",
				 text);
	*ret = (double)seconds;
	return 0;
}

static int read_parallel(const char *text, unsigned int *ret,
			 struct error **err)
{
	uint64_t number = 0;

	if (parse_number(text, 1, ASSESS_PARALLEL_MAX, &number, err) < 0)
		return error_wrap(err, "check: --parallel");
	*ret = (unsigned int)number;
	return 0;
}

static int set_key(const char *file, char **ret, struct error **err)
{
	free(*ret);
	if (asprintf(ret, "identity=%s", file) < 0) {
		*ret = NULL;
		return error_memory(err);
	}
	return 0;
}

static int read_switch(const char *word, struct assess_words *ret,
		       struct error **err)
{
	if (!strcmp(word, "--help"))
		ret->help = true;
	else if (!strcmp(word, "--reasons"))
		ret->help = ret->reasons = true;
	else if (!strcmp(word, "--json"))
		ret->json = true;
	else if (!strcmp(word, "--csv"))
		ret->csv = true;
	else if (!strcmp(word, "--details"))
		ret->details = true;
	else
		return error_set(err, ERROR_CONFIG, 0,
				 "check: no option '%s'; see lander check "
				 "--help",
				 word);
	return 0;
}

static int read_option(char *const **at, struct assess_words *ret,
		       struct assess_list *list, char **key, struct error **err)
{
	const char *value;

	if ((value = value_of(at, "--list")))
		return read_list(value, list, err);
	if ((value = value_of(at, "--key")))
		return set_key(value, key, err);
	if ((value = value_of(at, "--downtime")))
		return read_seconds(value, &ret->downtime, err);
	if ((value = value_of(at, "--timeout")))
		return read_seconds(value, &ret->timeout, err);
	if ((value = value_of(at, "--parallel")))
		return read_parallel(value, &ret->parallel, err);
	return read_switch(**at, ret, err);
}

static bool is_default(const char *word)
{
	return assess_list_key(word) != NULL;
}

int assess_words_read(char *const *words, struct assess_words *ret,
		      struct assess_list *list, struct error **err)
{
	char *key = NULL;
	int r = 0;

	*ret = (struct assess_words){.parallel = PARALLEL,

				     .timeout = TIMEOUT_S};
	r = read_seconds(config_parameter(CONFIG_DOWNTIME)->fallback,
			 &ret->downtime, err);
	for (char *const *at = words; r == 0 && *at; at++) {
		if (**at == '-')
			r = read_option(&at, ret, list, &key, err);
		else if (!is_default(*at))
			r = assess_list_add(list, "argument", *at, err);
	}
	for (char *const *at = words; r == 0 && *at; at++)
		if (is_default(*at))
			r = assess_list_defaults(list, *at, err);
	if (r == 0 && key)
		r = assess_list_defaults(list, key, err);
	free(key);
	if (r == 0 && ret->json && ret->csv)
		r = error_set(err, ERROR_CONFIG, 0,
			      "check: --json and --csv at once");
	if (r == 0 && !ret->help && !list->count)
		r = error_set(err, ERROR_CONFIG, 0,
			      "check: no source; see lander check --help");
	return r;
}

int assess_words_help(bool reasons)
{
	char *page = reasons ? reason_page() : NULL;

	if (reasons && !page)
		return ERROR_INTERNAL;
	(void)fputs(reasons ? page : usage, stdout);
	free(page);
	return fflush(stdout) == 0 ? 0 : ERROR_INTERNAL;
}
