/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of sources as people and spreadsheets write them, and CSV both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/assess_csv.h"
#include "run/assess_list.h"

#define ROUNDS 20000

static int read_text(struct assess_list *list, const char *text,
		     struct error **err)
{
	char *copy = strdup(text);
	int r = assess_list_read(list, "f", copy, err);

	free(copy);
	return r;
}

/* What becomes of one line, or of the row behind a header. */
static const struct {
	const char *text;
	const char *uri;     /* NULL: it has a problem */
	const char *hostkey; /* or NULL */
	const char *disk;    /* the first, or NULL */
	const char *origin;
} rows[] = {
	{"web01", "ssh://web01", NULL, NULL, "f:1"},
	{"\n\n # x\nroot@web01:22\r\n", "ssh://root@web01:22", NULL, NULL,
	 "f:4"},
	{"\xef\xbb\xbfssh://w/sda", "ssh://w/sda", NULL, NULL, "f:1"},
	{"w hostkey=SHA256:a#b # c", "ssh://w", "SHA256:a#b", NULL, "f:1"},
	{"hostkey=SHA256:a w\tdisks=sda,sdb", "ssh://w", "SHA256:a", "sda",
	 "f:1"},
	{"nbd://w", NULL, NULL, NULL, "f:1"},
	{"w x", NULL, NULL, NULL, "f:1"},
	{"hostkey=x", NULL, "x", NULL, "f:1"},
	{"host\nweb01", "ssh://web01/", NULL, NULL, "f:2"},
	{"IP,Port\n10.0.0.1,2222", "ssh://10.0.0.1:2222/", NULL, NULL, "f:2"},
	{"host;user;disks\r\nw;me;sda sdb\r\n", "ssh://me@w/", NULL, "sda",
	 "f:2"},
	{"user\thost\thostkey\n\tw\tSHA256:x\n", "ssh://w/", "SHA256:x", NULL,
	 "f:2"},
	{"name,host,note\n1,w,\"a, \"\"b\"\"\nc\"\n", "ssh://w/", NULL, NULL,
	 "f:2"},
	{"note,host\n\"a\nb\",v\n,w\n", "ssh://v/", NULL, NULL, "f:2"},
	{"host\n2001:db8::1\n", "ssh://[2001:db8::1]/", NULL, NULL, "f:2"},
	{"host\n[::1]\n", "ssh://[::1]/", NULL, NULL, "f:2"},
	{"source,disk\nssh://w:7/,sdb\n", "ssh://w:7/", NULL, "sdb", "f:2"},
	{"host,host\na,b\n", "ssh://a/", NULL, NULL, "f:2"},
	{"host,user\n,me\n", NULL, NULL, NULL, "f:2"},
	{"host\nw/../x\n", NULL, NULL, NULL, "f:2"},
	{"host\nme@w\n", NULL, NULL, NULL, "f:2"},
	{"host\n\"a b\"\n", NULL, NULL, NULL, "f:2"},
	{" host , port \n w , 7 \n", "ssh://w:7/", NULL, NULL, "f:2"},
	{"host\n\n\nw\n", "ssh://w/", NULL, NULL, "f:4"},
};

static void lines_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct assess_list list = {0};
		const struct assess_source *source;

		assert_int_equal(read_text(&list, rows[i].text, NULL), 0);
		if (!list.count)
			fail_msg("nothing in '%s'", rows[i].text);
		source = &list.source[0];
		if (!rows[i].uri && !source->problem)
			fail_msg("'%s' was taken", rows[i].text);
		if (rows[i].uri && source->problem)
			fail_msg("%s", source->problem);
		if (rows[i].uri)
			assert_string_equal(source->uri, rows[i].uri);
		if (rows[i].hostkey)
			assert_string_equal(source->hostkey, rows[i].hostkey);
		else
			assert_null(source->hostkey);
		if (rows[i].disk)
			assert_string_equal(source->disks[0], rows[i].disk);
		else
			assert_null(source->disks);
		assert_string_equal(source->origin, rows[i].origin);
		assess_list_done(&list);
	}
}

static void broken_tables_are_refused(void **state)
{
	static const char *const bad[] = {
		"host\n\"a",
		"host,\"b\nw,1\n",
		"host\n\"a\"b\n",
		"host\n1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,"
		"9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,"
		"0,1,2,3,4,5,6,7,8,9,0\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct assess_list list = {0};
		struct error *err = NULL;

		if (read_text(&list, bad[i], &err) == 0)
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(err->kind, ERROR_CONFIG);
		assert_non_null(strstr(err->msg, "f:"));
		error_free(err);
		assess_list_done(&list);
	}
}

static void passwords_are_not_repeated(void **state)
{
	static const char *const line[] = {
		"ssh://me:s3cret@web01/", "me:s3cret@web01",
		"nbd://a:s3cret@b x:s3cret@y", "x y:s3cret@z"};

	(void)state;
	for (size_t i = 0; i < sizeof(line) / sizeof(*line); i++) {
		struct assess_list list = {0};

		assert_int_equal(read_text(&list, line[i], NULL), 0);
		assert_null(strstr(list.source[0].text, "s3cret"));
		if (list.source[0].problem)
			assert_null(strstr(list.source[0].problem, "s3cret"));
		assess_list_done(&list);
	}
}

static void defaults_fill_gaps(void **state)
{
	struct assess_list list = {0};

	(void)state;
	assert_int_equal(read_text(&list, "a hostkey=x\nb\n", NULL), 0);
	assert_int_equal(assess_list_defaults(&list, "hostkey=y", NULL), 0);
	assert_int_equal(assess_list_defaults(&list, "disks=sda", NULL), 0);
	assert_int_equal(assess_list_defaults(&list, "identity=/k", NULL), 0);
	assert_string_equal(list.source[0].hostkey, "x");
	assert_string_equal(list.source[1].hostkey, "y");
	assert_string_equal(list.source[1].disks[0], "sda");
	assert_string_equal(list.source[0].identity, "/k");
	assess_list_done(&list);
}

static void jump_hosts_are_kept(void **state)
{
	struct assess_list list = {0};

	(void)state;
	assert_int_equal(read_text(&list,
				   "a jump=ssh://g jump.hostkey=x\n"
				   "b jump=ssh://me:secret@g\n",
				   NULL),
			 0);
	assert_int_equal(assess_list_defaults(&list, "jump.identity=/k", NULL),
			 0);
	assert_int_equal(assess_list_defaults(&list, "jump.hostkey=y", NULL),
			 0);
	assert_string_equal(list.source[0].jump, "ssh://g");
	assert_string_equal(list.source[0].jump_hostkey, "x");
	assert_string_equal(list.source[0].jump_identity, "/k");
	assert_null(list.source[0].hostkey);
	assert_null(list.source[0].identity);
	assert_string_equal(list.source[1].jump, "ssh://me:******@g");
	assert_string_equal(list.source[1].jump_hostkey, "y");
	assess_list_done(&list);
	assert_int_equal(read_text(&list,
				   "host,jump,jump.hostkey,jump.identity\n"
				   "w,ssh://g:7,z,/k\n",
				   NULL),
			 0);
	assert_string_equal(list.source[0].jump, "ssh://g:7");
	assert_string_equal(list.source[0].jump_hostkey, "z");
	assert_string_equal(list.source[0].jump_identity, "/k");
	assert_null(assess_list_key("jump.host=x"));
	assert_null(assess_list_key("jumps=x"));
	assess_list_done(&list);
}

/* What was printed, cut again. */
static void what_goes_out_comes_in(void **state)
{
	static const char *const words[] = {
		"plain", "a,b", "a \"b\"", "two\nlines", "", "x;y\tz",
	};
	char *text = NULL;
	size_t length = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		FILE *out = open_memstream(&text, &length);
		json_t *list =
			json_pack("[{s:s, s:i}]", "host", words[i], "port", 22);
		struct assess_csv_row row;
		char *rest;

		assess_csv_print(list, out);
		assert_int_equal(fclose(out), 0);
		json_decref(list);
		rest = assess_csv_cut(text, ',', &row);
		assert_string_equal(row.field[0], "host");
		assert_string_equal(row.field[2], "port");
		length = row.count;
		rest = assess_csv_cut(rest, ',', &row);
		assert_int_equal(row.count, length);
		assert_string_equal(row.field[0], words[i]);
		assert_string_equal(row.field[2], "22");
		assert_string_equal(rest, "");
		free(text);
	}
}

static void no_formula_goes_out(void **state)
{
	json_t *list = json_pack("[{s:s}]", "problem", "=cmd|' /C calc'!A0");
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	assess_csv_print(list, out);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(text, ",\"'=cmd"));
	json_decref(list);
	free(text);
}

static void noise_does_no_harm(void **state)
{
	static const char bits[] = "host,user;port\t\"\"\r\n #@:/[]=aZ\xff\x01";
	char text[160];
	unsigned int taken = 0;

	(void)state;
	srand(4711);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct assess_list list = {0};
		size_t length = (size_t)rand() % (sizeof(text) - 12);
		char *at = text;

		if (rand() % 2)
			at += sprintf(at, "host,port\n");
		while (length--)
			*at++ = bits[(size_t)rand() % (sizeof(bits) - 1)];
		*at = '\0';
		if (read_text(&list, text, NULL) == 0)
			taken++;
		for (size_t i = 0; i < list.count; i++)
			assert_non_null(list.source[i].text);
		assess_list_done(&list);
	}
	assert_true(taken > ROUNDS / 20 && taken < ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_understood),
		cmocka_unit_test(broken_tables_are_refused),
		cmocka_unit_test(passwords_are_not_repeated),
		cmocka_unit_test(defaults_fill_gaps),
		cmocka_unit_test(jump_hosts_are_kept),
		cmocka_unit_test(what_goes_out_comes_in),
		cmocka_unit_test(no_formula_goes_out),
		cmocka_unit_test(noise_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
