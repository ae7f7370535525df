/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of words (lander.args) and kickstart files: what they become, and what
 * is said of wrong ones by line, word for word. */
#include "config/cmdline.h"
#include "config/kickstart.h"
#include "config_case.h"

#define GOOD NULL
#define BOM  "\xef\xbb\xbf"
#define L(n) "web:" #n

static const struct config_case args_rows[] = {
	{"", GOOD, CONFIG_AFTER, "disk", "default"},
	{BOM "lander.after=wait", GOOD, CONFIG_AFTER, "wait", L(1)},
	{"# x\n\n lander.after=wait # y", GOOD, CONFIG_AFTER, "wait", L(3)},
	{"lander.after=wait\r\nlander.job=x\r\n", GOOD, CONFIG_JOB, "x", L(2)},
	{"lander.root=a#b", GOOD, CONFIG_ROOT, "a#b", L(1)},
	{"lander.root=\"a\nb\" lander.job=x", GOOD, CONFIG_JOB, "x", L(2)},
	{"#lander.job=x", GOOD, CONFIG_JOB, NULL, "default"},
	{"lander.dryrun # lander.dryrun", GOOD, CONFIG_DRYRUN, "", L(1)},
	{"\nfoo", L(2) ": 'foo' is not a lander.KEY=VALUE word", 0, NULL, NULL},
	{"foo=planted", L(1) ": 'foo…' is not a lander.KEY=VALUE word", 0, NULL,
	 NULL},
	{"source=nbd://h/x", L(1) ": 'source…' is not a lander.KEY=VALUE word",
	 0, NULL, NULL},
	{"4711", L(1) ": '…' is not a lander.KEY=VALUE word", 0, NULL, NULL},
	{"lander.luks=one planted",
	 L(1) ": what stands behind the value of a secret is not a "
	      "lander.KEY=VALUE word; a value with blanks is put in quotes",
	 0, NULL, NULL},
	{"lander.luks= planted",
	 L(1) ": lander.luks: a value is missing; " L(
		 1) ": what stands behind the value of a secret is not a "
		    "lander.KEY=VALUE word; a value with blanks is put in "
		    "quotes",
	 0, NULL, NULL},
	{"lander.luks=\"one two\"", GOOD, CONFIG_LUKS, "one two", L(1)},
	{"lander.luks=x lander.job=y z",
	 L(1) ": 'z' is not a lander.KEY=VALUE word", 0, NULL, NULL},
	{"lander.after=wait\nlander.after=wait",
	 L(2) ": lander.after is given twice (first: " L(1) ")", 0, NULL, NULL},
	{"\n\nlander.job=\"x\n",
	 L(3) ": the quote of 'lander.job' is not closed", 0, NULL, NULL},
	{"lander.mode=warp\nlander.zzz\nx",
	 L(1) ": lander.mode: 'warp' is not one of: auto block file; " L(
		 2) ": lander.zzz: no such parameter; " L(3) ": 'x' is not a "
							     "lander.KEY=VALUE "
							     "word",
	 0, NULL, NULL},
};

static const struct config_case kickstart_rows[] = {
	/* Lines. */
	{"", GOOD, CONFIG_SOURCE, NULL, "default"},
	{"\n\n \t\n", GOOD, CONFIG_SOURCE, NULL, "default"},
	{BOM "after wait", GOOD, CONFIG_AFTER, "wait", L(1)},
	{"after wait\r\njob x\r\n", GOOD, CONFIG_JOB, "x", L(2)},
	{"\tafter \t wait \t", GOOD, CONFIG_AFTER, "wait", L(1)},
	{"after wait # why", GOOD, CONFIG_AFTER, "wait", L(1)},
	{"root a#b", GOOD, CONFIG_ROOT, "a#b", L(1)},
	{"root \"a # b\" # c", GOOD, CONFIG_ROOT, "a # b", L(1)},
	{"root two words", GOOD, CONFIG_ROOT, "two words", L(1)},
	{"root \" x \"", GOOD, CONFIG_ROOT, " x ", L(1)},
	{"root a\"b", GOOD, CONFIG_ROOT, "a\"b", L(1)},
	{"root LABEL=x", GOOD, CONFIG_ROOT, "LABEL=x", L(1)},
	{"root x\\", GOOD, CONFIG_ROOT, "x\\", L(1)},
	{"luks one two", GOOD, CONFIG_LUKS, "one two", L(1)},
	{"dryrun", GOOD, CONFIG_DRYRUN, "", L(1)},
	{"dryrun # yes", GOOD, CONFIG_DRYRUN, "", L(1)},
	{"dryrun no", GOOD, CONFIG_DRYRUN, "no", L(1)},
	{"serve\nserve.key code", GOOD, CONFIG_SERVE, "", L(1)},
	{"cutover at:2026-11-28T02:00Z", GOOD, CONFIG_CUTOVER,
	 "at:2026-11-28T02:00Z", L(1)},
	{"report https://h/${mac}", GOOD, CONFIG_REPORT, "https://h/${mac}",
	 L(1)},
	{"source", L(1) ": lander.source: a value is missing", 0, NULL, NULL},
	{"source \"\"", L(1) ": lander.source: a value is missing", 0, NULL,
	 NULL},
	{"source # nbd://h/x", L(1) ": lander.source: a value is missing", 0,
	 NULL, NULL},
	{"root \"a\" b", L(1) ": the quotes of 'root' are not right", 0, NULL,
	 NULL},
	{"root \"a\"b", L(1) ": the quotes of 'root' are not right", 0, NULL,
	 NULL},
	{"root \"a", L(1) ": the quotes of 'root' are not right", 0, NULL,
	 NULL},
	{"luks \"planted", L(1) ": the quotes of 'luks' are not right", 0, NULL,
	 NULL},
	{"lander.after wait",
	 L(1) ": write 'after VALUE' here, without 'lander.' and '='", 0, NULL,
	 NULL},
	{"after=wait",
	 L(1) ": write 'after VALUE' here, without 'lander.' and '='", 0, NULL,
	 NULL},
	{"lander.luks=planted",
	 L(1) ": write 'luks VALUE' here, without 'lander.' and '='", 0, NULL,
	 NULL},
	{"afther wait",
	 L(1) ": lander.afther: no such parameter; did you mean lander.after?",
	 0, NULL, NULL},
	{"url --url=http://h/x", L(1) ": lander.url: no such parameter", 0,
	 NULL, NULL},
	{"\n\nafter wait\nafter disk",
	 L(4) ": lander.after is given twice (first: " L(3) ")", 0, NULL, NULL},
	{"source ssh://me:planted@h/sda",
	 L(1) ": lander.source: no password belongs into an address", 0, NULL,
	 NULL},
	{"fence off\nrounds many",
	 L(1) ": lander.fence: 'off' is not one of: none poweroff nic; " L(
		 2) ": lander.rounds: 'many' is not a number",
	 0, NULL, NULL},
	/* Sections. */
	{"%post\necho\n%end", GOOD, CONFIG_SOURCE, NULL, NULL},
	{"%post\nafter wait\n%end", GOOD, CONFIG_AFTER, "disk", "default"},
	{"%post # x\necho\n%end # y\nafter wait", GOOD, CONFIG_AFTER, "wait",
	 L(4)},
	{"%pre\r\nx\r\n%end\r\n", GOOD, CONFIG_SOURCE, NULL, NULL},
	{"  %pre\nx\n%end", GOOD, CONFIG_SOURCE, NULL, NULL},
	{"%pre\nx\n  %end\n%end", GOOD, CONFIG_SOURCE, NULL, NULL},
	{"%pre\n%packages\n%end", GOOD, CONFIG_SOURCE, NULL, NULL},
	{"%fail --interpreter=/bin/sh --interpreter=/bin/bash\nx\n%end",
	 L(1) ": %fail takes --interpreter=PATH once", 0, NULL, NULL},
	{"%end", L(1) ": %end without a section before it", 0, NULL, NULL},
	{"%pre\nx\n%end\n%end", L(4) ": %end without a section before it", 0,
	 NULL, NULL},
	{"%pre\nx", L(1) ": %pre has no %end", 0, NULL, NULL},
	{"%pre\nx\n%End\n", L(1) ": %pre has no %end", 0, NULL, NULL},
	{"%pre\n%end", L(1) ": %pre is empty", 0, NULL, NULL},
	{"%pre\n \t\n\r\n%end", L(1) ": %pre is empty", 0, NULL, NULL},
	{"%",
	 L(1) ": %: no such section; there are %pre, %post, %firstboot, "
	      "%final and %fail; " L(1) ": % has no %end",
	 0, NULL, NULL},
	{"%packages\nx\n%end",
	 L(1) ": %packages: no such section; there are %pre, %post, "
	      "%firstboot, %final and %fail",
	 0, NULL, NULL},
	{"%Post\nx\n%end",
	 L(1) ": %Post: no such section; there are %pre, %post, %firstboot, "
	      "%final and %fail",
	 0, NULL, NULL},
	{"%post --nochroot\nx\n%end",
	 L(1) ": %post takes --interpreter=PATH and nothing else", 0, NULL,
	 NULL},
	{"%post --interpreter\nx\n%end",
	 L(1) ": %post takes --interpreter=PATH and nothing else", 0, NULL,
	 NULL},
	{"%post --interpreter=\nx\n%end",
	 L(1) ": --interpreter takes a path like /bin/sh", 0, NULL, NULL},
	{"%post --interpreter=bash\nx\n%end",
	 L(1) ": --interpreter takes a path like /bin/sh", 0, NULL, NULL},
	{"%post\nx\n%pre\ny\n%end",
	 L(3) ": %pre before the %end of the %post of line 1", 0, NULL, NULL},
	{"%post\nx\n%post\ny\n%end\nzzz",
	 L(3) ": %post before the %end of the %post of line 1; " L(
		 6) ": lander.zzz: no such parameter",
	 0, NULL, NULL},
	{"%post --x\n%end\n%pre\n%end",
	 L(1) ": %post takes --interpreter=PATH and nothing else; " L(
		 3) ": %pre is empty",
	 0, NULL, NULL},
};

static void check(const struct config_case *row, bool kickstart)
{
	struct config config = {0};
	struct error *error = NULL;
	int r = kickstart ? kickstart_read(&config, row->text, "web", 1, &error)
			  : cmdline_read(&config, row->text, CMDLINE_ARGUMENTS,
					 "web", 1, &error);

	config_case_judge(row, &config, r, error);
	error_free(error);
	config_done(&config);
}

static void files_of_words_word_for_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(args_rows); i++)
		check(&args_rows[i], false);
}

static void kickstart_word_for_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kickstart_rows); i++)
		check(&kickstart_rows[i], true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_words_word_for_word),
		cmocka_unit_test(kickstart_word_for_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
