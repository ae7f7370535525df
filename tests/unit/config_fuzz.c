/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Jobs that nobody would write: the example jobs and words of the table, cut,
 * doubled, mixed and spoilt at random, as a command line, lander.args and a
 * kickstart file.  Whatever comes: it is taken or refused by name, what is said
 * is bounded and printable as far as it repeats a name, and a planted secret is
 * in none of it.
 *
 *   LANDER_SEED=N        another run (it is shown)
 *   LANDER_FUZZ_S=N      for so many seconds, not a fixed number of jobs
 */
#include <fcntl.h>
#include <glob.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "config/cmdline.h"
#include "config/config_check.h"
#include "config/kickstart.h"
#include "config_case.h"

#define ROUNDS	   20000U
#define SEEDS_MAX  128
#define TEXT_ROOM  8192
#define SECRET	   "pl4nted"
#define SAID_LIMIT ((size_t)64 << 10)

static char *seeds[SEEDS_MAX];
static size_t seed_count;
static unsigned int run;

static void add_seed(const char *text)
{
	assert_true(seed_count < SEEDS_MAX);
	seeds[seed_count] = strdup(text);
	assert_non_null(seeds[seed_count]);
	seed_count++;
}

/* What mutations alone would take long to find. */
static const char *const words[] = {
	"lander.",
	"lander.source=ssh://me:" SECRET "@h/sda ",
	"lander.luks=" SECRET " ",
	"lander.luks=\"a " SECRET "\"",
	"lander.password=$6$" SECRET "\n",
	"source ssh://me:" SECRET "@h/sda\n",
	"luks " SECRET "\n",
	"luks \"a " SECRET "\"\n",
	"password $6$" SECRET "\n",
	"identity https://h/" SECRET "\n",
	"report https://me:" SECRET "@h/?" SECRET "\n",
	"config tftp://h/?" SECRET "\n",
	"report.key " SECRET "\n",
	"%pre\n" SECRET "\n%end\n",
	"%post --interpreter=/bin/sh\n" SECRET "\n",
	"%end\n",
	"\"",
	"#",
	"=",
	"\n",
	"\r\n",
	" ",
	"\xef\xbb\xbf",
	"\xff",
	"\x1b[2J",
	"%",
	"99999999999999999999",
	"at:2026-11-28T02:00Z",
	"stop:",
	"://",
	"@",
	",",
};

static int read_seeds(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob("kickstart/*.[ak][rs]*", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text = NULL;

		assert_int_equal(io_read_file(found.gl_pathv[i], TEXT_ROOM - 1,
					      &text, NULL, NULL),
				 0);
		add_seed(text);
		free(text);
	}
	assert_true(found.gl_pathc >= 6);
	globfree(&found);
	for (int key = 0; key < CONFIG_KEYS; key++) {
		const struct config_parameter *row =
			config_parameter((enum config_key)key);
		char text[512];

		(void)snprintf(text, sizeof(text), "%s %s\nlander.%s=%s",
			       row->name, row->fallback ? row->fallback : "x",
			       row->name, row->values);
		add_seed(text);
	}
	for (size_t i = 0; i < COUNT(words) && seed_count < SEEDS_MAX; i++)
		add_seed(words[i]);
	return 0;
}

static int free_seeds(void **state)
{
	(void)state;
	while (seed_count)
		free(seeds[--seed_count]);
	return 0;
}

static size_t pick(size_t below)
{
	return below ? (size_t)random() % below : 0;
}

/* Puts length bytes of from at a random place of text. */
static void insert(char *text, const char *from, size_t length)
{
	size_t used = strlen(text);
	size_t at = pick(used + 1);

	if (used + length + 1 > TEXT_ROOM)
		return;
	memmove(text + at + length, text + at, used - at + 1);
	memcpy(text + at, from, length);
}

static void spoil(char *text)
{
	const char *seed = seeds[pick(seed_count)];
	const char *word = words[pick(COUNT(words))];
	size_t used = strlen(text);
	size_t at = pick(used);
	size_t length;

	switch (pick(6)) {
	case 0:
		if (used)
			text[at] = (char)(1 + pick(255));
		break;
	case 1: /* some of it is lost */
		length = pick(used - at) + (used > at);
		memmove(text + at, text + at + length, used - at - length + 1);
		break;
	case 2: /* … or there twice */
		length = pick(used - at);
		insert(text, strndupa(text + at, length), length);
		break;
	case 3:
		insert(text, word, strlen(word));
		break;
	case 4: /* part of another one */
		at = pick(strlen(seed));
		insert(text, seed + at, pick(strlen(seed + at) + 1));
		break;
	default:
		text[at] = '\0';
	}
}

static void make_text(char *text)
{
	(void)snprintf(text, TEXT_ROOM, "%s", seeds[pick(seed_count)]);
	for (size_t i = pick(12); i; i--)
		spoil(text);
}

/* Names may be whole secrets where a blank is missing or a line is cut: only
 * those that were not touched are looked for. */
static bool is_whole(const char *text)
{
	static const char *const forms[] = {
		"luks " SECRET "\n",
		"password $6$" SECRET "\n",
		"report.key " SECRET "\n",
		"identity https://h/" SECRET "\n",
	};

	for (size_t i = 0; i < COUNT(forms); i++)
		if (!strcmp(text, forms[i]))
			return true;
	return false;
}

static void judge(struct config *config, const char *text, int r,
		  struct error *error)
{
	static const enum config_key addresses[] = {CONFIG_SOURCE, CONFIG_JUMP,
						    CONFIG_SYSLOG};
	char *explained = NULL;

	if (r < 0) {
		assert_non_null(error);
		assert_int_equal(error->kind, ERROR_CONFIG);
		if (strncmp(error->msg, "place", 5) != 0)
			fail_msg("run %u: no origin: %s", run, error->msg);
		assert_true(strlen(error->msg) < SAID_LIMIT);
		if (is_whole(text) && strstr(error->msg, SECRET))
			fail_msg("run %u: '%s' is told", run, error->msg);
	} else {
		assert_null(error);
	}
	error_clear(&error);
	/* What is refused may still be shown in part. */
	if (config_check_words(config, &error) < 0) {
		assert_int_equal(error->kind, ERROR_CONFIG);
		assert_true(strlen(error->msg) < SAID_LIMIT);
	}
	error_free(error);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		const char *value = config_text(config, addresses[i]);
		const char *host = value ? strstr(value, "://") : NULL;

		if (host && !strncmp(host, "://me:" SECRET "@", 14))
			fail_msg("run %u: '%s' is taken", run, value);
	}
	assert_int_equal(config_explain(config, &explained, NULL), 0);
	if (is_whole(text) && strstr(explained, SECRET))
		fail_msg("run %u: '%s' is explained", run, text);
	free(explained);
	(void)config_number(config, CONFIG_ROUNDS);
	(void)config_seconds(config, CONFIG_DOWNTIME);
	(void)config_rate(config, CONFIG_BWLIMIT);
}

static void try_all(const char *text)
{
	for (int form = 0; form < 3; form++) {
		struct config config = {0};
		struct error *error = NULL;
		int r = form == 2 ? kickstart_read(&config, text, "place", 1,
						   &error)
				  : cmdline_read(&config, text,
						 form ? CMDLINE_ARGUMENTS
						      : CMDLINE_KERNEL,
						 "place", 1, &error);

		judge(&config, text, r, error);
		config_done(&config);
	}
}

static void spoilt_jobs_do_no_harm(void **state)
{
	const char *seconds = getenv("LANDER_FUZZ_S");
	const char *given = getenv("LANDER_SEED");
	double end = io_seconds() + (seconds ? strtod(seconds, NULL) : 0);
	char text[TEXT_ROOM];
	unsigned long count = 0;

	(void)state;
	run = given ? (unsigned int)strtoul(given, NULL, 10) : 20261122;
	if (seconds && !given)
		run = (unsigned int)time(NULL);
	print_message("LANDER_SEED=%u\n", run);
	srandom(run);
	for (; seconds ? io_seconds() < end : count < ROUNDS; count++) {
		make_text(text);
		try_all(text);
	}
	print_message("%lu jobs\n", count);
}

static void every_seed_is_tried_as_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < seed_count; i++)
		try_all(seeds[i]);
}

/* Told soon, and not all of it. */
static void a_file_of_mistakes(void **state)
{
	char *text = malloc(KICKSTART_LIMIT + 1);
	double began = io_seconds();

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < KICKSTART_LIMIT; i++)
		text[i] = i % 2 ? '\n' : 'x';
	text[KICKSTART_LIMIT] = '\0';
	try_all(text);
	assert_true(io_seconds() - began < 60);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_seed_is_tried_as_it_is),
		cmocka_unit_test(a_file_of_mistakes),
		cmocka_unit_test(spoilt_jobs_do_no_harm),
	};

	return cmocka_run_group_tests(tests, read_seeds, free_seeds);
}
