/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a source says of itself: taken as far as it makes sense, and nothing of
 * it is believed.  Noise is made from what lander-source really says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "source/facts.h"

#define ROUNDS 20000

static const char good[] =
	"{\"version\":\"0.1\",\"hostname\":\"web01\",\"kernel\":\"6.1.0\","
	"\"arch\":\"x86_64\",\"os\":\"Debian GNU/Linux 12\",\"load\":"
	"\"0.31 0.20 0.10 1/200 77\",\"uptime\":\"42896.77 20882.95\","
	"\"boot_id\":\"b\",\"root\":true,\"cpus\":2,\"memory\":1000,"
	"\"memory_free\":500,\"swap\":7,\"swap_free\":3,\"secure_boot\":false,"
	"\"tracing\":\"/sys/kernel/tracing\",\"tracefs\":true,\"time\":99,"
	"\"places\":[{\"path\":\"/run\",\"free\":12,\"noexec\":true}],"
	"\"firmware\":\"uefi\",\"disks\":[{\"name\":\"vda\",\"size\":4096000,"
	"\"block\":512,\"read_only\":false,\"removable\":false,\"bus\":"
	"\"virtio\",\"was_read\":5,\"was_written\":6,\"parts\":[{\"name\":"
	"\"vda1\",\"number\":1,\"start\":512,\"size\":1024,\"fs\":\"ext4\"}],"
	"\"layers\":[{\"name\":\"dm-0\",\"label\":\"vg-root\",\"kind\":"
	"\"lvm\"}],\"users\":[{\"what\":\"mount\",\"device\":\"vda1\","
	"\"place\":\"/\",\"type\":\"ext4\",\"write\":true,\"size\":1000,"
	"\"used\":400},{\"what\":\"mount\",\"device\":\"vda1\",\"place\":"
	"\"/srv\",\"type\":\"ext4\",\"write\":true,\"size\":1000,\"used\":"
	"400},{\"what\":\"swap\",\"device\":\"vda2\",\"write\":true}]},"
	"{\"name\":\"sdb\",\"size\":1,\"removable\":true,\"parts\":[],"
	"\"users\":[]}]}";

static int parse(const char *text, struct facts *facts)
{
	return facts_parse("web01", text, strlen(text), facts, NULL);
}

static void what_is_said_is_taken(void **state)
{
	struct facts facts;
	uint64_t used;

	(void)state;
	assert_int_equal(parse(good, &facts), 0);
	assert_string_equal(facts.hostname, "web01");
	assert_true(facts.load > 0.30 && facts.load < 0.32);
	assert_true(facts.uptime > 42896);
	assert_int_equal(facts.cpus, 2);
	assert_int_equal(facts.root, FACTS_YES);
	assert_int_equal(facts.secure_boot, FACTS_NO);
	assert_int_equal(facts.places, 1);
	assert_true(facts.place[0].noexec);
	assert_int_equal(facts.disks, 2);
	assert_true(facts.disk[0].counted && !facts.disk[1].counted);
	assert_int_equal(facts.disk[0].was_written, 6);
	assert_string_equal(facts.disk[0].part[0].fs, "ext4");
	assert_string_equal(facts.disk[0].layer[0].kind, "lvm");
	assert_int_equal(facts.disk[0].uses, 3);
	/* Mounted twice, counted once. */
	assert_true(facts_used(&facts.disk[0], &used));
	assert_int_equal(used, 400);
	assert_false(facts_used(&facts.disk[1], &used));
	assert_true(facts_is_own(&facts.disk[0]));
	assert_false(facts_is_own(&facts.disk[1]));
	assert_ptr_equal(facts_disk(&facts, "/dev/vda"), &facts.disk[0]);
	assert_ptr_equal(facts_disk(&facts, "sdb"), &facts.disk[1]);
	assert_null(facts_disk(&facts, "sd"));
	assert_false(facts.cut);
	facts_done(&facts);
}

static void what_makes_no_sense_is_left_out(void **state)
{
	static const char odd[] =
		"{\"hostname\":7,\"kernel\":[],\"load\":\"nan\",\"uptime\":"
		"\"-1\",\"cpus\":-4,\"memory\":1.5,\"memory_free\":"
		"9223372036854775807,\"root\":\"yes\",\"places\":{\"a\":1},"
		"\"os\":\"\\u001b[2Jgone\\u009b\",\"disks\":[7,{},{\"name\":"
		"\"../../etc\"},{\"name\":\"sda\\n\"},{\"name\":\"sda\","
		"\"size\":-1,\"parts\":7,\"users\":[[],{\"what\":\"mount\","
		"\"size\":5,\"used\":6}],\"layers\":null}]}";
	struct facts facts;
	uint64_t used;

	(void)state;
	assert_int_equal(parse(odd, &facts), 0);
	assert_string_equal(facts.hostname, "");
	assert_true(facts.load < 0 && facts.uptime < 0);
	assert_int_equal(facts.cpus, 0);
	assert_int_equal(facts.memory, 0);
	assert_int_equal(facts.memory_free, 0);
	assert_int_equal(facts.root, FACTS_UNKNOWN);
	assert_null(strchr(facts.os, '\033'));
	assert_int_equal(facts.disks, 1);
	assert_int_equal(facts.disk[0].size, 0);
	/* More used than there is: not believed. */
	assert_false(facts_used(&facts.disk[0], &used));
	facts_done(&facts);
}

static void what_is_no_object_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"7",
		"\"x\"",
		"{",
		"{} {}",
		"{\"a\":\"\\u0000\"}",
		"{\"cpus\":99999999999999999999}",
		"\xff\xfe",
		"{\"a\":\"\xff\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct error *err = NULL;
		struct facts facts;

		if (facts_parse("web01", bad[i], strlen(bad[i]), &facts,
				&err) == 0)
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(err->kind, ERROR_SOURCE);
		assert_null(facts.disk);
		error_free(err);
	}
}

/* "[x,x,…]" of so many */
static char *repeat(const char *before, const char *item, size_t count)
{
	size_t length = strlen(item) + 1;
	char *text = malloc(strlen(before) + count * length + 8);
	char *at = text + sprintf(text, "%s", before);

	assert_non_null(text);
	for (size_t i = 0; i < count; i++)
		at += sprintf(at, "%s%s", i ? "," : "", item);
	(void)sprintf(at, "]}");
	return text;
}

static void too_much_is_cut(void **state)
{
	char name[3000];
	char *text = repeat("{\"disks\":[", "{\"name\":\"sda\"}", 5000);
	struct facts facts;

	(void)state;
	assert_int_equal(parse(text, &facts), 0);
	assert_int_equal(facts.disks, FACTS_DISKS_MAX);
	assert_true(facts.cut);
	facts_done(&facts);
	free(text);
	text = repeat("{\"places\":[", "{\"path\":\"/run\"}", 500);
	assert_int_equal(parse(text, &facts), 0);
	assert_int_equal(facts.places, FACTS_PLACES_MAX);
	assert_true(facts.cut);
	facts_done(&facts);
	free(text);
	/* A character of several bytes at the end of the room is none. */
	(void)snprintf(name, sizeof(name), "{\"hostname\":\"%0254d\xc3\xa4\"}",
		       0);
	assert_int_equal(parse(name, &facts), 0);
	assert_int_equal(strlen(facts.hostname), FACTS_LINE - 1);
	assert_int_equal(facts.hostname[FACTS_LINE - 2], '?');
	facts_done(&facts);
	/* Depth is jansson's to refuse. */
	memset(name, '[', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_true(parse(name, &facts) < 0);
}

static void use_everything(const struct facts *facts)
{
	uint64_t used;

	for (size_t i = 0; i < facts->disks; i++) {
		const struct facts_disk *disk = &facts->disk[i];

		(void)facts_used(disk, &used);
		assert_true(used <= disk->size);
		assert_true(strlen(disk->name) < sizeof(disk->name));
		assert_non_null(facts_disk(facts, disk->name));
		for (size_t n = 0; n < disk->uses; n++)
			assert_true(strlen(disk->use[n].place) < FACTS_LINE);
	}
}

static void noise_does_no_harm(void **state)
{
	static const char bits[] = "{}[]\":,0-9eE.tfn\\u\x80\xff";
	char text[sizeof(good)];
	unsigned int taken = 0;

	(void)state;
	srand(4711);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		unsigned int changes = 1 + (unsigned int)rand() % 6;
		struct facts facts;

		memcpy(text, good, sizeof(good));
		while (changes--)
			text[(size_t)rand() % (sizeof(good) - 1)] =
				rand() % 2 ? bits[(size_t)rand() %
						  (sizeof(bits) - 1)]
					   : (char)(rand() % 255 + 1);
		if (parse(text, &facts) < 0)
			continue;
		taken++;
		use_everything(&facts);
		facts_done(&facts);
	}
	/* Noise that is never JSON would prove nothing. */
	assert_true(taken > ROUNDS / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_taken),
		cmocka_unit_test(what_makes_no_sense_is_left_out),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(too_much_is_cut),
		cmocka_unit_test(noise_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
