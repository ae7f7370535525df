/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that are right one by one and wrong together, word for word; and which
 * place wins where several speak. */
#include <sys/mman.h>

#include <unistd.h>

#include "config/cmdline.h"
#include "config/config_check.h"
#include "config/load.h"
#include "config_case.h"

#define K    "kernel command line"
#define GOOD NULL
#define UUID "11111111-2222-3333-4444-555555555555"
#define S    "lander.source=ssh://h/sda "
#define N    "lander.source=nbd://h/x "

static const struct config_case rows[] = {
	{"", GOOD, CONFIG_SOURCE, NULL, NULL},
	{"lander.job=" UUID, GOOD, CONFIG_JOB, UUID, NULL},
	{"lander.job=1111111122223333444455555555555",
	 K ": lander.job: '1111111122223333444455555555555' is not a UUID in "
	   "lower case",
	 0, NULL, NULL},
	{"lander.job=AAAAAAAA-2222-3333-4444-555555555555",
	 K ": lander.job: 'AAAAAAAA-2222-3333-4444-555555555555' is not a UUID "
	   "in lower case",
	 0, NULL, NULL},
	{"lander.job=11111111222233334444555555555555----",
	 K ": lander.job: '11111111222233334444555555555555----' is not a UUID "
	   "in lower case",
	 0, NULL, NULL},
	{"lander.convert=none lander.firmware=convert",
	 K ": firmware=convert is a conversion, convert=none asks for none", 0,
	 NULL, NULL},
	{"lander.convert=none lander.rehearse",
	 K ": lander.rehearse: with convert=none there is no conversion to "
	   "rehearse",
	 0, NULL, NULL},
	{"lander.onfail=shell",
	 K ": lander.onfail: 'shell' needs lander.password, because no shell "
	   "opens without one",
	 0, NULL, NULL},
	{"lander.onfail=shell lander.password=$6$x", GOOD, CONFIG_ONFAIL,
	 "shell", NULL},
	{"lander.password=planted",
	 K ": lander.password takes a crypt(5) hash ($6$…, from openssl passwd "
	   "-6), never the password itself",
	 0, NULL, NULL},
	{"lander.password=$6$a:b",
	 K ": lander.password takes a crypt(5) hash ($6$…, from openssl passwd "
	   "-6), never the password itself",
	 0, NULL, NULL},
	{"lander.luks=planted",
	 K ": lander.luks takes file:NAME or fw_cfg:NAME here, never the "
	   "passphrase itself, which everybody could read",
	 0, NULL, NULL},
	{"lander.luks=file:key", GOOD, CONFIG_LUKS, "file:key", NULL},
	{"lander.network=keep "
	 "lander.nics=eth0=52:54:00:12:34:56,lan-1=52-54-00-"
	 "12-34-57",
	 GOOD, CONFIG_NETWORK, "keep", NULL},
	{"lander.network=dhcp", GOOD, CONFIG_NETWORK, "dhcp", NULL},
	{"lander.network=static:192.0.2.5/24,192.0.2.1,192.0.2.53", GOOD,
	 CONFIG_NETWORK, "static:192.0.2.5/24,192.0.2.1,192.0.2.53", NULL},
	{"lander.network=static:192.0.2.5,192.0.2.1",
	 K ": lander.network: 'static:192.0.2.5,192.0.2.1' is none of keep, "
	   "dhcp and static:ADDRESS/PREFIX[,GATEWAY[,DNS...]], as in "
	   "static:192.0.2.5/24,192.0.2.1,192.0.2.53",
	 0, NULL, NULL},
	{"lander.hostkey=MD5:00:11",
	 K ": lander.hostkey: 'MD5:00:11' is no fingerprint as ssh-keygen -lf "
	   "prints it (SHA256: and 43 letters)",
	 0, NULL, NULL},
	{S "lander.jump=ssh://j lander.jump.hostkey=SHA256:short",
	 K ": lander.jump.hostkey: 'SHA256:short' is no fingerprint as "
	   "ssh-keygen -lf prints it (SHA256: and 43 letters)",
	 0, NULL, NULL},
	{"lander.config=file:x lander.config.sha256=abc",
	 K ": lander.config.sha256: 'abc' is not 64 hexadecimal digits", 0,
	 NULL, NULL},
	{"lander.part=\"/var size=1G\"",
	 K
	 ": lander.part is for lander.mode=file; with mode=auto it would mean "
	 "nothing",
	 0, NULL, NULL},
	{"lander.mode=block lander.encryption=none",
	 K ": lander.encryption is for lander.mode=file; with mode=block it "
	   "would mean nothing",
	 0, NULL, NULL},
	{"lander.mode=file lander.encryption=none lander.part=\"/ grow\"", GOOD,
	 CONFIG_MODE, "file", NULL},
	{"lander.nics=52:54:00:12:34:56=eth0",
	 K ": lander.nics: '52:54:00:12:34:56=eth0' is not NAME=MAC, as in "
	   "eth0=52:54:00:12:34:56",
	 0, NULL, NULL},
	{"lander.nics=eth0=52:54:00:12:34:56,sixteen-letters1=52:54:00:12:34:"
	 "57",
	 K ": lander.nics: 'sixteen-letters1=52:54:00:12:34:57' is not "
	   "NAME=MAC, as in eth0=52:54:00:12:34:56",
	 0, NULL, NULL},
	{"lander.network=dchp lander.nics=eth0",
	 K ": lander.network: 'dchp' is none of keep, dhcp and "
	   "static:ADDRESS/PREFIX[,GATEWAY[,DNS...]], as in "
	   "static:192.0.2.5/24,192.0.2.1,192.0.2.53; " K
	   ": lander.nics: 'eth0' is not NAME=MAC, as in "
	   "eth0=52:54:00:12:34:56",
	 0, NULL, NULL},
	{N "lander.cutover=manual",
	 K ": lander.cutover=manual can be done to a source over SSH (ssh://) "
	   "only",
	 0, NULL, NULL},
	{N "lander.quiesce=stop:a",
	 K ": lander.quiesce=stop:a can be done to a source over SSH (ssh://) "
	   "only",
	 0, NULL, NULL},
	{N "lander.fence=nic",
	 K ": lander.fence=nic can be done to a source over SSH (ssh://) only",
	 0, NULL, NULL},
	{N "lander.free=skip",
	 K ": lander.free=skip can be done to a source over SSH (ssh://) only",
	 0, NULL, NULL},
	{N "lander.free=copy lander.fence=none lander.quiesce=none", GOOD,
	 CONFIG_FREE, "copy", NULL},
	{S "lander.free=skip lander.fence=nic lander.cutover=manual", GOOD,
	 CONFIG_FENCE, "nic", NULL},
	{S "lander.quiesce=snapshot lander.free=skip",
	 K ": lander.free=skip asks file systems that stand still, with "
	   "quiesce=snapshot (" K ") they go on: copy all of it",
	 0, NULL, NULL},
	{S "lander.quiesce=snapshot lander.fence=nic",
	 K ": lander.fence=nic with quiesce=snapshot (" K
	   "): the source goes on after its snapshot, and what it writes from "
	   "then on would be lost with it; a snapshot is for a clone to try, "
	   "and nothing is fenced for that",
	 0, NULL, NULL},
	{"lander.jump.hostkey=x",
	 K ": lander.jump.hostkey means nothing without lander.jump", 0, NULL,
	 NULL},
	{"lander.jump.identity=/k",
	 K ": lander.jump.identity means nothing without lander.jump", 0, NULL,
	 NULL},
	{N "lander.jump=ssh://j",
	 K ": lander.jump leads to a source over SSH (ssh://) only", 0, NULL,
	 NULL},
	{S "lander.jump=ssh://j lander.jump.identity=code",
	 K ": lander.jump.identity: a code is a served source's, never a jump "
	   "host's",
	 0, NULL, NULL},
	{S "lander.jump=ssh://j lander.identity=code",
	 K ": lander.jump: the code of lander.identity opens the source, not "
	   "the jump host: give lander.jump.identity",
	 0, NULL, NULL},
	{S "lander.jump=ssh://j lander.identity=code lander.jump.identity=/k",
	 GOOD, CONFIG_JUMP, "ssh://j", NULL},
	{"lander.serve",
	 K ": lander.serve: nobody may read the disks without "
	   "lander.serve.key: the target's public key (its "
	   "AAAA… part, or file:NAME on a volume labelled "
	   "LANDER), or code, for one that is shown here and "
	   "typed there",
	 0, NULL, NULL},
	{"lander.serve lander.serve.key=code", GOOD, CONFIG_SERVE_PORT, "22",
	 "default"},
	{N "lander.serve lander.serve.key=code",
	 "lander.serve (" K ") makes this machine a source, lander.source (" K
	 ") a target: one of them must go",
	 0, NULL, NULL},
	{"lander.serve lander.serve.key=code lander.serve.hostkey=/k",
	 K ": lander.serve.hostkey: with lander.serve.key=code the host key "
	   "comes from the code",
	 0, NULL, NULL},
	{"lander.serve.key=code",
	 K ": lander.serve.key means nothing without lander.serve", 0, NULL,
	 NULL},
	{"lander.serve.port=23",
	 K ": lander.serve.port means nothing without lander.serve", 0, NULL,
	 NULL},
	/* All of them at once. */
	{N "lander.fence=nic lander.onfail=shell lander.job=x",
	 K ": lander.onfail: 'shell' needs lander.password, because no shell "
	   "opens without one; " K ": lander.fence=nic can be done to a source "
	   "over SSH (ssh://) only; " K
	   ": lander.job: 'x' is not a UUID in lower case",
	 0, NULL, NULL},
};

static void words_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct config config = {0};
		struct error *error = NULL;
		int r = cmdline_read(&config, rows[i].text, CMDLINE_KERNEL, K,
				     3, &error);

		assert_int_equal(r, 0);
		r = config_check_words(&config, &error);
		config_case_judge(&rows[i], &config, r, error);
		error_free(error);
		config_done(&config);
	}
}

/* Three places; FILE stands for the name of the file. */
static const struct {
	const char *file;
	const char *kernel;
	const char *word;
	enum config_key key;
	const char *value;
	const char *origin;
	const char *wrong;
} places[] = {
	{"after wait", "", NULL, CONFIG_AFTER, "wait", "FILE:1", NULL},
	{"after wait", "lander.after=kexec", NULL, CONFIG_AFTER, "kexec", K,
	 NULL},
	{"after wait", "lander.after=kexec", "after=reboot", CONFIG_AFTER,
	 "reboot", "argument", NULL},
	{"after wait", "", "after=disk", CONFIG_AFTER, "disk", "argument",
	 NULL},
	{"job x", "lander.after=kexec", NULL, CONFIG_JOB, "x", "FILE:1", NULL},
	{"\ndryrun", "lander.dryrun=no", NULL, CONFIG_DRYRUN, "no", K, NULL},
	{"source ssh://h/sda", "lander.source=nbd://h/x", NULL, CONFIG_SOURCE,
	 "nbd://h/x", K, NULL},
	/* A wrong word is wrong also where another one wins. */
	{"after fly", "lander.after=kexec", "after=disk", 0, NULL, NULL,
	 "FILE:1: lander.after: 'fly' is not one of: disk reboot poweroff "
	 "kexec wait"},
	/* And all places tell theirs. */
	{"\nzzz 1", "lander.mode=warp", "after=fly", 0, NULL, NULL,
	 "argument: lander.after: 'fly' is not one of: disk reboot poweroff "
	 "kexec wait; " K
	 ": lander.mode: 'warp' is not one of: auto block file; "
	 "FILE:2: lander.zzz: no such parameter"},
};

/* text with "FILE" replaced by name */
static void fill_in(const char *text, const char *name, char *buf, size_t room)
{
	const char *at = text ? strstr(text, "FILE") : NULL;

	if (at)
		(void)snprintf(buf, room, "%.*s%s%s", (int)(at - text), text,
			       name, at + 4);
	else
		(void)snprintf(buf, room, "%s", text ? text : "");
}

static void the_higher_place_wins(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(places); i++) {
		int fd = memfd_create("job", 0);
		size_t length = strlen(places[i].file);
		char name[64];
		char origin[64];
		char wrong[512];
		char *words[] = {(char *)(uintptr_t)places[i].word, NULL};
		const struct load load = {.cmdline = places[i].kernel,
					  .kickstart = name,
					  .words = words};
		const struct config_case row = {
			places[i].kernel, places[i].wrong ? wrong : NULL,
			places[i].key, places[i].value, origin};
		struct config config = {0};
		struct error *error = NULL;
		int r;

		assert_int_equal(write(fd, places[i].file, length), length);
		(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		fill_in(places[i].origin, name, origin, sizeof(origin));
		fill_in(places[i].wrong, name, wrong, sizeof(wrong));
		r = load_config(&load, &config, &error);
		config_case_judge(&row, &config, r, error);
		error_free(error);
		config_done(&config);
		(void)close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_agree),
		cmocka_unit_test(the_higher_place_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
