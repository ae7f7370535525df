/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The NBD source against servers that lie, hang or are not there.  Honest
 * servers are met in tests/cmd.
 */
#include <errno.h>
#include <poll.h>

#include "base/error.h"
#include "base/io.h"
#include "nbd_liar.h"
#include "source/dial.h"
#include "source/location.h"
#include "source/source.h"

#define MIB ((uint64_t)1 << 20)

static void fails(const char *uri, enum error_kind kind, const char *text)
{
	struct source_spec spec = {.uri = uri};
	struct source *source = NULL;
	struct error *err = NULL;

	assert_true(source_open(&spec, &source, &err) < 0);
	assert_null(source);
	if (!strstr(err->msg, text) || err->kind != kind)
		fail_msg("%s: kind %d, not %d: %s", uri, err->kind, kind,
			 err->msg);
	error_free(err);
}

static void takes_addresses_apart(void **state)
{
	struct location address;

	(void)state;
	assert_int_equal(location_parse("nbd://root@h.example/a%20b?x=1", NULL,
					&address, NULL),
			 0);
	assert_string_equal(address.place, "h.example:10809");
	assert_string_equal(address.wanted, "a b");
	assert_false(address.tls);
	location_done(&address);
	assert_int_equal(
		location_parse("nbds://[fe80::1]:7/x", "other", &address, NULL),
		0);
	assert_string_equal(address.place, "[fe80::1]:7");
	assert_string_equal(address.wanted, "other");
	assert_true(address.tls);
	location_done(&address);
	assert_int_equal(location_parse("nbd://[::1]", NULL, &address, NULL),
			 0);
	assert_string_equal(address.place, "[::1]:10809");
	location_done(&address);
	assert_int_equal(location_parse("nbd+unix:///e?socket=/run/a%3fb&c",
					NULL, &address, NULL),
			 0);
	assert_string_equal(address.place, "/run/a?b");
	assert_string_equal(address.wanted, "e");
	location_done(&address);
}

static void refuses_malformed_uris(void **state)
{
	(void)state;
	fails("", ERROR_CONFIG, "not ssh://");
	fails("http://h/x", ERROR_CONFIG, "http://h/…");
	fails("nbd://", ERROR_CONFIG, "no host");
	fails("nbd:///export", ERROR_CONFIG, "no host");
	fails("nbd://h:70000/", ERROR_CONFIG, "1..65535");
	fails("nbd://h:0/", ERROR_CONFIG, "1..65535");
	fails("nbd://h:x/", ERROR_CONFIG, "port");
	fails("nbd://[::1", ERROR_CONFIG, "[::1");
	fails("nbd+unix:///x", ERROR_CONFIG, "?socket=PATH");
	fails("nbds://127.0.0.1:1/?tls-verify-peer=false", ERROR_CONFIG,
	      "without verification");
	fails("/dev/null", ERROR_CONFIG, "no file and no disk");
}

static void says_who_is_not_there(void **state)
{
	struct liar liar = {.mute = true};
	struct location address;
	struct nbd_handle *nbd = NULL;
	struct error *err = NULL;
	double began = io_seconds();
	_Atomic bool stop = true;

	(void)state;
	fails("nbd://127.0.0.1:1/", ERROR_NETWORK,
	      "connection refused by 127.0.0.1:1");
	fails("nbd+unix:///?socket=/nonexistent", ERROR_NETWORK,
	      "'/nonexistent'");
	fails("nbd://nowhere.invalid/", ERROR_NETWORK, "nowhere.invalid");
	/* Accepts and says nothing: the time limit counts. */
	liar_start(&liar);
	assert_int_equal(location_parse(liar.uri, NULL, &address, NULL), 0);
	began = io_seconds();
	assert_true(dial_open(&address, 1, NULL, &nbd, &err) < 0);
	assert_int_equal(err->kind, ERROR_NETWORK);
	assert_int_equal(err->code, ETIMEDOUT);
	assert_true(io_seconds() - began < 5);
	error_clear(&err);
	/* And so does an order to stop. */
	assert_true(dial_open(&address, 60, &stop, &nbd, &err) < 0);
	assert_int_equal(err->kind, ERROR_ABORTED);
	assert_true(io_seconds() - began < 5);
	error_free(err);
	location_done(&address);
	liar_end(&liar);
}

static void knows_nonsense(void **state)
{
	static const char *const greeting[] = {
		"SSH-2.0-OpenSSH_10.0\r\n                ",
		"HTTP/1.1 400 Bad Request\r\n\r\n",
		"NBDMAGIC but then no options at all",
	};
	struct liar liar = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(greeting) / sizeof(greeting[0]); i++) {
		liar.greeting = greeting[i];
		liar_start(&liar);
		fails(liar.uri, ERROR_SOURCE, "does not speak NBD");
		liar_end(&liar);
	}
	liar.greeting = "";
	liar_start(&liar);
	fails(liar.uri, ERROR_NETWORK, liar.path);
	liar_end(&liar);
}

static void refuses_sizes_of_no_disk(void **state)
{
	static const uint64_t size[] = {
		0,	   1, 511, MIB + 1, (uint64_t)1 << 63, UINT64_MAX - 511,
		UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		struct liar liar = {.size = size[i]};

		liar_start(&liar);
		fails(liar.uri, ERROR_SOURCE, "size");
		liar_end(&liar);
	}
}

static void finished(struct inquiry *inquiry)
{
	*(bool *)inquiry->owner = true;
}

/* Asks about the first MiB; false when the connection was given up. */
static bool ask(struct liar *liar, struct inquiry *inquiry)
{
	struct source_spec spec = {.uri = liar->uri};
	struct source_reader *reader = NULL;
	struct source *source = NULL;
	struct error *err = NULL;
	bool done = false;

	*inquiry = (struct inquiry){
		.length = MIB, .done = finished, .owner = &done};
	assert_int_equal(source_open(&spec, &source, NULL), 0);
	assert_true(source->caps & SOURCE_EXTENTS);
	assert_int_equal(source_reader_open(source, NULL, &reader, NULL), 0);
	assert_int_equal(source_reader_inquire(reader, inquiry, NULL), 0);
	while (!done && !err) {
		struct pollfd fd;

		source_reader_want(reader, &fd);
		assert_int_equal(poll(&fd, 1, 10000), 1);
		(void)source_reader_run(reader, fd.revents, &err);
	}
	error_free(err);
	source_reader_close(reader);
	source_close(source);
	return done;
}

#define PAIR(length, flags) htobe32(length), htobe32(flags)

static void bounds_hostile_extents(void **state)
{
	const uint32_t honest[] = {PAIR(65536, 3), PAIR(4096, 0),
				   PAIR(978944, 3)};
	const uint32_t hole_only[] = {PAIR(MIB, 1)};
	const uint32_t beyond[] = {PAIR(512, 0), PAIR(0xfffffe00, 3)};
	const uint32_t nothing[] = {PAIR(0, 3), PAIR(0, 3), PAIR(0, 0)};
	const uint32_t odd[] = {PAIR(1, 3), PAIR(3, 0), PAIR(5, 3)};
	struct liar liar = {.size = 8 * MIB, .context = 1};
	struct inquiry inquiry;

	(void)state;
	liar.extents = honest;
	liar.extents_count = 3;
	liar_start(&liar);
	assert_true(ask(&liar, &inquiry));
	assert_int_equal(inquiry.result, 0);
	assert_int_equal(inquiry.covered, MIB);
	assert_int_equal(inquiry.data.count, 1);
	assert_int_equal(inquiry.data.range[0].offset, 65536);
	assert_int_equal(inquiry.data.range[0].length, 4096);
	extents_done(&inquiry.data);
	/* A hole that does not promise zeroes is data. */
	liar.extents = hole_only;
	liar.extents_count = 1;
	assert_true(ask(&liar, &inquiry));
	assert_int_equal(extents_total(&inquiry.data), MIB);
	extents_done(&inquiry.data);
	liar.extents = beyond;
	liar.extents_count = 2;
	if (ask(&liar, &inquiry) && !inquiry.result) {
		assert_int_equal(inquiry.covered, MIB);
		assert_int_equal(extents_total(&inquiry.data), 512);
	}
	extents_done(&inquiry.data);
	liar.extents = nothing;
	liar.extents_count = 3;
	if (ask(&liar, &inquiry))
		assert_true(inquiry.result < 0 || inquiry.covered == 0);
	extents_done(&inquiry.data);
	liar.extents = odd;
	if (ask(&liar, &inquiry))
		assert_true(inquiry.result < 0 || inquiry.covered <= 9);
	extents_done(&inquiry.data);
	/* An answer about something nobody asked for. */
	liar.extents = honest;
	liar.context = 77;
	if (ask(&liar, &inquiry))
		assert_true(inquiry.result < 0 || inquiry.covered == 0);
	extents_done(&inquiry.data);
	liar_end(&liar);
}

/* Very many: bounded by what was asked for. */
static void bounds_very_many_extents(void **state)
{
	struct liar liar = {.size = 8 * MIB, .context = 1};
	struct inquiry inquiry;
	uint32_t *many = malloc(sizeof(uint32_t) * 600000);

	(void)state;
	assert_non_null(many);
	for (size_t i = 0; i < 300000; i++) {
		many[2 * i] = htobe32(512);
		many[2 * i + 1] = htobe32(i % 2 ? 3 : 0);
	}
	liar.extents = many;
	liar.extents_count = 300000;
	liar_start(&liar);
	if (ask(&liar, &inquiry) && !inquiry.result) {
		assert_int_equal(inquiry.covered, MIB);
		assert_int_equal(inquiry.data.count, 1024);
	}
	extents_done(&inquiry.data);
	liar_end(&liar);
	free(many);
}

static void a_short_answer_is_no_data(void **state)
{
	struct liar liar = {.size = 8 * MIB};
	struct source_spec spec = {.uri = liar.uri};
	struct source *source = NULL;
	struct error *err = NULL;
	char buf[4096];

	(void)state;
	liar_start(&liar);
	assert_int_equal(source_open(&spec, &source, NULL), 0);
	assert_int_equal(source_pread(source, buf, 700, 511, NULL), 0);
	for (int i = 0; i < 700; i++)
		assert_int_equal(buf[i], 'x');
	liar.short_by = 512;
	assert_true(source_pread(source, buf, 4096, 0, &err) < 0);
	error_clear(&err);
	assert_true(source_pread(source, buf, 4096, 8 * MIB, &err) < 0);
	assert_int_equal(err->kind, ERROR_INTERNAL);
	error_free(err);
	source_close(source);
	liar_end(&liar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_addresses_apart),
		cmocka_unit_test(refuses_malformed_uris),
		cmocka_unit_test(says_who_is_not_there),
		cmocka_unit_test(knows_nonsense),
		cmocka_unit_test(refuses_sizes_of_no_disk),
		cmocka_unit_test(bounds_hostile_extents),
		cmocka_unit_test(bounds_very_many_extents),
		cmocka_unit_test(a_short_answer_is_no_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
