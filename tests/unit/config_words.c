/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of the kernel command line and of argv: what they become, and what is
 * said of wrong ones, word for word. */
#include "config/cmdline.h"
#include "config/load.h"
#include "config_case.h"

#define K    "kernel command line: "
#define GOOD NULL
#define FROM "kernel command line"

static const struct config_case kernel_rows[] = {
	/* Words of others, blanks, quotes. */
	{"", GOOD, CONFIG_SOURCE, NULL, "default"},
	{" \t\n ", GOOD, CONFIG_AFTER, "disk", "default"},
	{"BOOT_IMAGE=/vmlinuz quiet ip=dhcp", GOOD, CONFIG_MODE, "auto", NULL},
	{"landers.source=x xlander.source=y", GOOD, CONFIG_SOURCE, NULL, NULL},
	{"# lander.after=wait", GOOD, CONFIG_AFTER, "wait", FROM},
	{"  lander.after=wait\tquiet\n", GOOD, CONFIG_AFTER, "wait", FROM},
	{"lander.root=\"LABEL=my root\"", GOOD, CONFIG_ROOT, "LABEL=my root",
	 FROM},
	{"\"lander.root=LABEL=my root\"", GOOD, CONFIG_ROOT, "LABEL=my root",
	 FROM},
	{"lander.root=LABEL=\"\"x", GOOD, CONFIG_ROOT, "LABEL=x", FROM},
	{"lander.root='LABEL=x'", GOOD, CONFIG_ROOT, "'LABEL=x'", FROM},
	{"lander.root=a=b=c", GOOD, CONFIG_ROOT, "a=b=c", FROM},
	{"lander.root=\"x quiet", K "the quote of 'lander.root' is not closed",
	 0, NULL, NULL},
	{"x=\"lander.root=x", K "the quote of 'x' is not closed", 0, NULL,
	 NULL},
	{"x=\"y z", GOOD, CONFIG_SOURCE, NULL, NULL},
	/* Names. */
	{"lander.sorce=x",
	 K "lander.sorce: no such parameter; did you mean lander.source?", 0,
	 NULL, NULL},
	{"lander.sourcee=x",
	 K "lander.sourcee: no such parameter; did you mean lander.source?", 0,
	 NULL, NULL},
	{"lander.Source=x",
	 K "lander.Source: no such parameter; did you mean lander.source?", 0,
	 NULL, NULL},
	{"lander.report_key=/k",
	 K "lander.report_key: no such parameter; did you mean "
	   "lander.report.key?",
	 0, NULL, NULL},
	{"lander.banana=1", K "lander.banana: no such parameter", 0, NULL,
	 NULL},
	{"lander.=1", K "lander.: no such parameter", 0, NULL, NULL},
	{"lander.", K "lander.: no such parameter", 0, NULL, NULL},
	{"lander.source$ecret=x", K "lander.source…: no such parameter", 0,
	 NULL, NULL},
	{"lander.source.=x",
	 K "lander.source.: no such parameter; did you mean lander.source?", 0,
	 NULL, NULL},
	/* Addresses. */
	{"lander.source=nbd://h/x", GOOD, CONFIG_SOURCE, "nbd://h/x", FROM},
	{"lander.source=ssh://me@h:22/sda", GOOD, CONFIG_SOURCE,
	 "ssh://me@h:22/sda", FROM},
	{"lander.source=ssh://me@[::1]:22/sda", GOOD, CONFIG_SOURCE,
	 "ssh://me@[::1]:22/sda", FROM},
	{"lander.source=ssh://[fe80::1]/x@y", GOOD, CONFIG_SOURCE,
	 "ssh://[fe80::1]/x@y", FROM},
	{"lander.source=nbd://h:10809/a@b", GOOD, CONFIG_SOURCE,
	 "nbd://h:10809/a@b", FROM},
	{"lander.source=/img:x@y.raw", GOOD, CONFIG_SOURCE, "/img:x@y.raw",
	 FROM},
	{"lander.source=", K "lander.source: a value is missing", 0, NULL,
	 NULL},
	{"lander.source", K "lander.source: a value is missing", 0, NULL, NULL},
	{"lander.source=ssh://me:planted@h/sda",
	 K "lander.source: no password belongs into an address", 0, NULL, NULL},
	{"lander.source=ssh://me:pl/nted@h/sda",
	 K "lander.source: no password belongs into an address", 0, NULL, NULL},
	{"lander.source=ssh://me:12/34@h/sda",
	 K "lander.source: no password belongs into an address", 0, NULL, NULL},
	{"lander.source=nbd://me:pl?nted@h/sda",
	 K "lander.source: no password belongs into an address", 0, NULL, NULL},
	{"lander.jump=ssh://me:planted@h",
	 K "lander.jump: no password belongs into an address", 0, NULL, NULL},
	{"lander.syslog=tls://me:planted@h",
	 K "lander.syslog: no password belongs into an address", 0, NULL, NULL},
	/* Choices, switches. */
	{"lander.mode=block", GOOD, CONFIG_MODE, "block", FROM},
	{"lander.mode=fast",
	 K "lander.mode: 'fast' is not one of: auto block file", 0, NULL, NULL},
	{"lander.mode=", K "lander.mode: '' is not one of: auto block file", 0,
	 NULL, NULL},
	{"lander.mode=Auto",
	 K "lander.mode: 'Auto' is not one of: auto block file", 0, NULL, NULL},
	{"lander.mode=\"auto block\"",
	 K "lander.mode: 'auto block' is not one of: auto block file", 0, NULL,
	 NULL},
	{"lander.after=explode",
	 K "lander.after: 'explode' is not one of: disk reboot poweroff kexec "
	   "wait",
	 0, NULL, NULL},
	{"lander.onfail=disk",
	 K "lander.onfail: 'disk' is not one of: wait shell reboot poweroff", 0,
	 NULL, NULL},
	{"lander.convert=no", K "lander.convert: 'no' is not one of: auto none",
	 0, NULL, NULL},
	{"lander.firmware=uefi",
	 K "lander.firmware: 'uefi' is not one of: keep convert", 0, NULL,
	 NULL},
	{"lander.loader=grub",
	 K "lander.loader: 'grub' is not one of: keep reinstall", 0, NULL,
	 NULL},
	{"lander.initramfs=append",
	 K "lander.initramfs: 'append' is not one of: auto rebuild", 0, NULL,
	 NULL},
	{"lander.compress=zstd",
	 K "lander.compress: 'zstd' is not one of: auto yes no", 0, NULL, NULL},
	{"lander.free=yes", K "lander.free: 'yes' is not one of: copy skip", 0,
	 NULL, NULL},
	{"lander.fence=off",
	 K "lander.fence: 'off' is not one of: none poweroff nic", 0, NULL,
	 NULL},
	{"lander.loglevel=trace",
	 K "lander.loglevel: 'trace' is not one of: error warn info debug", 0,
	 NULL, NULL},
	{"lander.guard=no",
	 K "lander.guard: 'no' is not one of: record nodisk forced pxe", 0,
	 NULL, NULL},
	{"lander.dryrun", GOOD, CONFIG_DRYRUN, "", FROM},
	{"lander.dryrun=YES", GOOD, CONFIG_DRYRUN, "YES", FROM},
	{"lander.dryrun=perhaps", K "lander.dryrun: 'perhaps' is not yes or no",
	 0, NULL, NULL},
	{"lander.rehearse=2", K "lander.rehearse: '2' is not yes or no", 0,
	 NULL, NULL},
	{"lander.explain=y", K "lander.explain: 'y' is not yes or no", 0, NULL,
	 NULL},
	/* Numbers, times, rates. */
	{"lander.rounds=1", GOOD, CONFIG_ROUNDS, "1", FROM},
	{"lander.rounds=0", K "lander.rounds: '0' is not in 1..1000", 0, NULL,
	 NULL},
	{"lander.rounds=1001", K "lander.rounds: '1001' is not in 1..1000", 0,
	 NULL, NULL},
	{"lander.rounds=-1", K "lander.rounds: '-1' is not a number", 0, NULL,
	 NULL},
	{"lander.rounds=99999999999999999999",
	 K "lander.rounds: '99999999999999999999' is not a number", 0, NULL,
	 NULL},
	{"lander.serve.port=65536",
	 K "lander.serve.port: '65536' is not in 1..65535", 0, NULL, NULL},
	{"lander.serve.port=ssh", K "lander.serve.port: 'ssh' is not a number",
	 0, NULL, NULL},
	{"lander.reconnect=2h", GOOD, CONFIG_RECONNECT, "2h", FROM},
	{"lander.reconnect=soon",
	 K "lander.reconnect: 'soon' is not a duration (seconds, or 90s, 5m, "
	   "2h)",
	 0, NULL, NULL},
	{"lander.reconnect=1.5h",
	 K "lander.reconnect: '1.5h' is not a duration (seconds, or 90s, 5m, "
	   "2h)",
	 0, NULL, NULL},
	{"lander.reconnect=24856d",
	 K "lander.reconnect: '24856d' is longer than a life", 0, NULL, NULL},
	{"lander.reconnect=24855d", GOOD, CONFIG_RECONNECT, "24855d", FROM},
	{"lander.downtime=",
	 K "lander.downtime: '' is not a duration (seconds, or 90s, 5m, 2h)", 0,
	 NULL, NULL},
	{"lander.bwlimit=1.5G", GOOD, CONFIG_BWLIMIT, "1.5G", FROM},
	{"lander.bwlimit=1",
	 K "lander.bwlimit: '1' is not in 64K..1000G bytes a second", 0, NULL,
	 NULL},
	{"lander.bwlimit=20MB",
	 K "lander.bwlimit: '20MB' is not a rate (bytes a second: 800K, 20M, "
	   "1.5G, or off)",
	 0, NULL, NULL},
};

static void the_kernel_line_word_for_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kernel_rows); i++) {
		struct config config = {0};
		struct error *error = NULL;
		int r = cmdline_read(&config, kernel_rows[i].text,
				     CMDLINE_KERNEL, FROM, 3, &error);

		config_case_judge(&kernel_rows[i], &config, r, error);
		error_free(error);
		config_done(&config);
	}
}

/* Words of argv, a line each in the rows. */
#define A "argument: "
static const struct config_case argv_rows[] = {
	{"source=/x\ndisks=vda", GOOD, CONFIG_DISKS, "vda", "argument"},
	{"lander.source=/x", GOOD, CONFIG_SOURCE, "/x", "argument"},
	{"root=LABEL=my root", GOOD, CONFIG_ROOT, "LABEL=my root", "argument"},
	{"root=\"x\"", GOOD, CONFIG_ROOT, "\"x\"", "argument"},
	{"dryrun", GOOD, CONFIG_DRYRUN, "", "argument"},
	{"serve", GOOD, CONFIG_SERVE, "", "argument"},
	{"serve=sda,sdb", GOOD, CONFIG_SERVE, "sda,sdb", "argument"},
	{"serve=sda,", A "lander.serve: 'sda,' has an empty entry", 0, NULL,
	 NULL},
	{"disks=", A "lander.disks: the list is empty", 0, NULL, NULL},
	{"disks=a,,b", A "lander.disks: 'a,,b' has an empty entry", 0, NULL,
	 NULL},
	{"hostkey=,", A "lander.hostkey: ',' has an empty entry", 0, NULL,
	 NULL},
	{"nics", A "lander.nics: the list is empty", 0, NULL, NULL},
	{"overwrite=", A "lander.overwrite: the list is empty", 0, NULL, NULL},
	{"job=a\njob=a", A "lander.job is given twice (first: argument)", 0,
	 NULL, NULL},
	{"cutover=at:2026-11-28T02:00Z", GOOD, CONFIG_CUTOVER,
	 "at:2026-11-28T02:00Z", "argument"},
	{"cutover=at:02:00",
	 A "lander.cutover: '02:00' is no time of the form 2026-11-28T02:00Z",
	 0, NULL, NULL},
	{"cutover=now",
	 A "lander.cutover: 'now' is not one of: auto manual "
	   "at:2026-11-28T02:00Z",
	 0, NULL, NULL},
	{"quiesce=stop:a.service", GOOD, CONFIG_QUIESCE, "stop:a.service",
	 "argument"},
	{"quiesce=stop:", A "lander.quiesce: stop: names no unit", 0, NULL,
	 NULL},
	{"quiesce=stop:a b",
	 A "lander.quiesce: 'a b' can't be the name of a unit", 0, NULL, NULL},
	{"quiesce=pause",
	 A "lander.quiesce: 'pause' is not one of: auto freeze readonly "
	   "snapshot none stop:UNIT,…",
	 0, NULL, NULL},
	{"luks=planted\nluks=planted",
	 A "lander.luks is given twice (first: argument)", 0, NULL, NULL},
	{"planted secret", A "lander.planted…: no such parameter", 0, NULL,
	 NULL},
	{"=planted", A "lander.: no such parameter", 0, NULL, NULL},
	{"after=fly\nmode=warp",
	 A "lander.after: 'fly' is not one of: disk reboot poweroff kexec "
	   "wait; " A "lander.mode: 'warp' is not one of: auto block file",
	 0, NULL, NULL},
};

static void arguments_word_for_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(argv_rows); i++) {
		char *text = strdup(argv_rows[i].text);
		char *words[8] = {NULL};
		size_t count = 0;
		const struct load load = {.words = words};
		struct config config = {0};
		struct error *error = NULL;
		int r;

		assert_non_null(text);
		for (char *word = strtok(text, "\n"); word;
		     word = strtok(NULL, "\n"))
			words[count++] = word;
		r = load_config(&load, &config, &error);
		config_case_judge(&argv_rows[i], &config, r, error);
		error_free(error);
		config_done(&config);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_line_word_for_word),
		cmocka_unit_test(arguments_word_for_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
