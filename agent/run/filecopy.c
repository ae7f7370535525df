/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `lander files`: the passes of file mode, on directories that somebody names.
 * It makes no file system, stops nothing on the source and starts nothing here.
 */
#include "run/filecopy.h"

#include <sys/resource.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/parse.h"
#include "files/files.h"
#include "source/source.h"

#define EXCLUDES_MAX 256U
#define OPEN_FILES   65536U

static const char usage[] =
	"usage: lander files --hostkey=SHA256:… --identity=FILE [OPTION]…\n"
	"                    ssh://[user@]host[:port] SOURCE:TARGET…\n"
	"Copy directories of a running machine into directories of this one,\n"
	"with everything that a file has; what is in a TARGET and not in its\n"
	"SOURCE is removed.  File systems that are mounted in a SOURCE are "
	"named\n"
	"by themselves.\n"
	"\n"
	"  --exclude=PATTERN  leave out: /a/path, /what/is/in/it/, a-name; "
	"*, ?, **\n"
	"  --passes=N         so many passes (1), each short after the first\n"
	"  --step             wait for Enter before each further pass; at the\n"
	"                     end of the input the copy is complete\n"
	"  --deep             compare contents, whatever sizes and times say\n"
	"  --verify           change nothing: compare everything, SHA-256 of "
	"every\n"
	"                     file; status 8 when something differs\n"
	"  --streams=N        connections (2)\n"
	"  --log=FILE         append the log there\n";

struct words {
	struct source_spec spec;
	struct files_settings settings;
	char *exclude[EXCLUDES_MAX + 1];
	unsigned int excludes;
	uint64_t passes;
	bool step;
	enum files_kind kind;
	char *const *pair; /* NULL at the end */
};

static int misuse(const char *what, const char *word, struct error **err)
{
	return error_set(err, ERROR_CONFIG, 0, "files: %s%s", what, word);
}

static const char *value_of(const char *word, const char *option)
{
	size_t length = strlen(option);

	return strncmp(word, option, length) != 0 ? NULL : word + length;
}

static int add_exclude(struct words *words, const char *pattern,
		       struct error **err)
{
	if (words->excludes == EXCLUDES_MAX)
		return misuse("too many: --exclude=", pattern, err);
	words->exclude[words->excludes++] = (char *)(uintptr_t)pattern;
	return files_glob_check(pattern, err);
}

static int read_number(const char *text, uint64_t high, uint64_t *ret,
		       struct error **err)
{
	return parse_number(text, 1, high, ret, err);
}

static int read_option(struct words *words, const char *word,
		       struct error **err)
{
	uint64_t streams = 0;
	const char *value;
	int r = 0;

	if ((value = value_of(word, "--hostkey=")))
		words->spec.hostkey = value;
	else if ((value = value_of(word, "--identity=")))
		words->spec.identity = value;
	else if ((value = value_of(word, "--exclude=")))
		r = add_exclude(words, value, err);
	else if ((value = value_of(word, "--passes=")))
		r = read_number(value, 1000, &words->passes, err);
	else if ((value = value_of(word, "--streams=")))
		r = read_number(value, 8, &streams, err);
	else if ((value = value_of(word, "--log=")))
		r = log_open(value, err);
	else if (!strcmp(word, "--step"))
		words->step = true;
	else if (!strcmp(word, "--deep"))
		words->kind = FILES_DEEP;
	else if (!strcmp(word, "--verify"))
		words->kind = FILES_VERIFY;
	else
		r = misuse("no option ", word, err);
	if (streams)
		words->settings.streams = (unsigned int)streams;
	return r;
}

static int read_words(char *const *word, struct words *words,
		      struct error **err)
{
	int r = 0;

	words->passes = 1;
	words->kind = FILES_COPY;
	for (; r == 0 && *word && **word == '-'; word++)
		r = read_option(words, *word, err);
	if (r < 0)
		return r;
	if (!*word || !word[1])
		return misuse("ssh://HOST and SOURCE:TARGET are missing; see "
			      "lander files --help",
			      "", err);
	words->spec.uri = *word++;
	words->spec.connect_s = 30;
	words->pair = word;
	words->settings.spec = &words->spec;
	words->settings.exclude = words->exclude;
	return 0;
}

/* The place in the system is what it is called on the source. */
static int add_pair(struct files *files, const char *word, struct error **err)
{
	char *copy = strdup(word);
	char *target = copy ? strchr(copy, ':') : NULL;
	int r;

	if (!copy)
		return error_memory(err);
	if (!target || *copy != '/' || target[1] != '/') {
		r = misuse("not /SOURCE:/TARGET: ", word, err);
	} else {
		struct files_pair pair = {
			.source = copy, .directory = target + 1, .place = copy};

		*target = '\0';
		r = files_add(files, &pair, err);
	}
	free(copy);
	return r;
}

static void tell(const struct files_result *result)
{
	(void)printf(
		"entries %" PRIu64 ", files %" PRIu64 ", bytes %" PRIu64
		", made %" PRIu64 ", mended %" PRIu64 ", removed %" PRIu64
		", compared %" PRIu64 ", unreadable %" PRIu64
		", changed %" PRIu64 ", lost %" PRIu64 ", different %" PRIu64
		", left out %" PRIu64 ", seconds %.2f\n",
		result->entries, result->files, result->bytes, result->made,
		result->mended, result->removed, result->compared,
		result->note[FILES_NOTE_UNREADABLE],
		result->note[FILES_NOTE_CHANGED], result->note[FILES_NOTE_LOST],
		result->note[FILES_NOTE_DIFFERENT],
		result->note[FILES_NOTE_LEFT_OUT], result->seconds);
	(void)fflush(stdout);
}

static bool wait_for_enter(void)
{
	char line[64];

	return fgets(line, sizeof(line), stdin) != NULL;
}

static int run_passes(struct files *files, const struct words *words,
		      struct error **err)
{
	struct files_result result;
	uint64_t i = 0;
	int r;

	do {
		r = files_pass(files, words->kind, &result, err);
		tell(&result);
	} while (r == 0 &&
		 (words->step ? wait_for_enter() : ++i < words->passes));
	if (r == 0 && words->kind != FILES_VERIFY)
		r = files_finish(files, err);
	if (r == 0 && words->kind == FILES_VERIFY &&
	    (result.note[FILES_NOTE_DIFFERENT] ||
	     result.note[FILES_NOTE_UNREADABLE]))
		r = error_set(err, ERROR_VERIFY, 0,
			      "%" PRIu64 " files differ from the source, "
			      "%" PRIu64 " could not be read there",
			      result.note[FILES_NOTE_DIFFERENT],
			      result.note[FILES_NOTE_UNREADABLE]);
	return r;
}

static void say_line(void *owner, enum log_level level, const char *line)
{
	(void)owner;
	if (level <= LOG_LEVEL_INFO)
		(void)fprintf(stderr, "%s\n", line);
}

int filecopy_run(char *const *words, const _Atomic bool *stop)
{
	const struct rlimit limit = {OPEN_FILES, OPEN_FILES};
	struct words read = {0};
	struct error *error = NULL;
	struct files *files = NULL;
	int r;

	if (*words && !strcmp(*words, "--help"))
		return printf("%s", usage) < 0;
	read.settings.stop = stop;
	log_set_sink(say_line, NULL);
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	r = read_words(words, &read, &error);
	if (r == 0)
		r = files_open(&read.settings, &files, &error);
	for (char *const *pair = read.pair; r == 0 && *pair; pair++)
		r = add_pair(files, *pair, &error);
	if (r == 0)
		r = run_passes(files, &read, &error);
	files_close(files);
	log_set_sink(NULL, NULL);
	log_close();
	if (r == 0)
		return 0;
	(void)fprintf(stderr, "lander: %s\n", error->msg);
	r = (int)error->kind;
	error_free(error);
	return r;
}
