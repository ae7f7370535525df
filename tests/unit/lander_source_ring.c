/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of the kernel's trace buffers: those of several versions, and noise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lander-source/ring.h"
#include "source/wire.h"

#define PAGE   4096U
#define ROUNDS 200000

#define COMMON                                                                 \
	"name: block_rq_complete\nID: 611\nformat:\n"                          \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\t"    \
	"signed:0;\n"                                                          \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"

/* include/trace/events/block.h of 2.6.39 to 4.x, and of 6.18. */
static const char old_format[] =
	COMMON "\n\tfield:dev_t dev;\toffset:8;\tsize:4;\tsigned:0;\n"
	       "\tfield:sector_t sector;\toffset:16;\tsize:8;\tsigned:0;\n"
	       "\tfield:unsigned int nr_sector;\toffset:24;\tsize:4;\n"
	       "\tfield:int errors;\toffset:28;\tsize:4;\tsigned:1;\n"
	       "\tfield:char rwbs[8];\toffset:32;\tsize:8;\tsigned:1;\n"
	       "\tfield:__data_loc char[] cmd;\toffset:40;\tsize:4;\n"
	       "\nprint fmt: \"%d,%d %s (%s) %llu + %u [%d]\", REC->rwbs\n";
static const char new_format[] =
	COMMON "\n\tfield:dev_t dev;\toffset:8;\tsize:4;\tsigned:0;\n"
	       "\tfield:sector_t sector;\toffset:16;\tsize:8;\tsigned:0;\n"
	       "\tfield:unsigned int nr_sector;\toffset:24;\tsize:4;\n"
	       "\tfield:int error;\toffset:28;\tsize:4;\tsigned:1;\n"
	       "\tfield:unsigned short ioprio;\toffset:32;\tsize:2;\n"
	       "\tfield:char rwbs[10];\toffset:34;\tsize:10;\tsigned:0;\n"
	       "\tfield:__data_loc char[] cmd;\toffset:44;\tsize:4;\n";
static const char header_page[] =
	"\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
	"\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
	"\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
	"\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;\n";
static const char header_event[] = "# compressed entry header\n"
				   "\ttype_len    :    5 bits\n"
				   "\ttime_delta  :   27 bits\n"
				   "\tarray       :   32 bits\n\n"
				   "\tpadding     : type == 29\n"
				   "\ttime_extend : type == 30\n"
				   "\ttime_stamp : type == 31\n"
				   "\tdata max type_len  == 28\n";

struct seen {
	unsigned int count;
	struct ring_event last;
};

static void note(void *owner, const struct ring_event *event)
{
	struct seen *seen = owner;

	seen->count++;
	seen->last = *event;
}

static void formats(void **state)
{
	struct ring_format format;
	char broken[sizeof(new_format)];

	(void)state;
	assert_true(ring_format(old_format, &format));
	assert_int_equal(format.id, 611);
	assert_int_equal(format.rwbs.offset, 32);
	assert_int_equal(format.rwbs.size, 8);
	assert_true(ring_format(new_format, &format));
	assert_int_equal(format.sector.offset, 16);
	assert_int_equal(format.count.offset, 24);
	assert_int_equal(format.rwbs.offset, 34);
	assert_true(ring_is_known(header_page, header_event));
	assert_false(ring_is_known(header_event, header_page));
	assert_false(ring_is_known("", ""));
	/* Any that lacks a field, or has it of another size. */
	assert_false(ring_format("", &format));
	memcpy(broken, new_format, sizeof(broken));
	*strstr(broken, "rwbs") = 'x';
	assert_false(ring_format(broken, &format));
	memcpy(broken, new_format, sizeof(broken));
	strstr(broken, "sector_t sector;\toffset:16;\tsize:8")[34] = '4';
	assert_false(ring_format(broken, &format));
	for (size_t length = 0; length < 450; length++) {
		memcpy(broken, new_format, length);
		broken[length] = '\0';
		(void)ring_format(broken, &format);
	}
}

static uint8_t *put_event(uint8_t *at, const char *rwbs, uint64_t sector)
{
	memset(at, 0, 56);
	(void)wire_put32(at, 13 | 99 << 5); /* 52 bytes follow */
	(void)wire_put32(at + 4, 611);
	(void)wire_put32(at + 12, 8 << 20 | 16);
	(void)wire_put64(at + 20, sector);
	(void)wire_put32(at + 28, 8);
	memcpy(at + 38, rwbs, strlen(rwbs));
	return at + 56;
}

static uint8_t *put_skipped(uint8_t *at)
{
	/* Time that passed, a time, and what a filter threw away. */
	at = wire_put32(wire_put32(at, 30 | 1 << 5), 5);
	at = wire_put32(wire_put32(at, 31 | 1 << 5), 5);
	at = wire_put32(wire_put32(at, 29 | 1 << 5), 12);
	return wire_put64(at, 0);
}

static enum ring_result run(const uint8_t *page, size_t length,
			    struct seen *seen)
{
	struct ring_format format;
	struct ring_reader reader = {
		.format = &format, .formats = 1, .each = note, .owner = seen};

	assert_true(ring_format(new_format, &format));
	*seen = (struct seen){0};
	return ring_page(&reader, page, length);
}

static void commit(uint8_t *page, const uint8_t *end, uint32_t flags)
{
	(void)wire_put64(page + 8, (uint64_t)(end - page - 16) | flags);
}

static void pages(void **state)
{
	static const struct {
		const char *rwbs;
		bool clean;
	} kinds[] = {
		{"R", true},   {"RA", true},   {"RSM", true},	 {"W", false},
		{"WS", false}, {"FWS", false}, {"FWFSM", false}, {"D", false},
		{"DE", false}, {"N", false},   {"NS", false},	 {"ZA", false},
		{"F", false},  {"FF", false},  {"", false},
	};
	static uint8_t page[PAGE];
	struct seen seen;
	uint8_t *at = page + 16;

	(void)state;
	commit(page, at, 0);
	assert_int_equal(run(page, PAGE, &seen), RING_GOOD);
	assert_int_equal(seen.count, 0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		at = put_skipped(page + 16);
		at = put_event(at, kinds[i].rwbs, 123456789);
		at = put_skipped(at);
		commit(page, at, 0);
		assert_int_equal(run(page, PAGE, &seen), RING_GOOD);
		assert_int_equal(seen.count, 1);
		assert_int_equal(seen.last.clean, kinds[i].clean);
		assert_int_equal(seen.last.dev, 8 << 20 | 16);
		assert_int_equal(seen.last.sector, 123456789);
		assert_int_equal(seen.last.count, 8);
	}
	/* A rest that is padding ends the page. */
	(void)wire_put32(at, 29);
	commit(page, at + 400, 0);
	assert_int_equal(run(page, PAGE, &seen), RING_GOOD);
	assert_int_equal(seen.count, 1);
	/* Events are missing before these. */
	commit(page, at, 1U << 31);
	assert_int_equal(run(page, PAGE, &seen), RING_LOST);
	assert_int_equal(seen.count, 1);
}

static void what_is_strange(void **state)
{
	static uint8_t page[PAGE];
	struct seen seen;
	uint8_t *at = put_event(page + 16, "W", 1);

	(void)state;
	commit(page, at, 0);
	assert_int_equal(run(page, 10, &seen), RING_STRANGE);
	assert_int_equal(run(page, 60, &seen), RING_STRANGE);
	/* Cut off, of another kind, too short for its fields, of no length. */
	commit(page, at - 4, 0);
	assert_int_equal(run(page, PAGE, &seen), RING_STRANGE);
	commit(page, at, 0);
	(void)wire_put32(page + 20, 612);
	assert_int_equal(run(page, PAGE, &seen), RING_STRANGE);
	(void)wire_put32(page + 20, 611);
	(void)wire_put32(page + 16, 5);
	assert_int_equal(run(page, PAGE, &seen), RING_STRANGE);
	(void)wire_put32(page + 16, 0);
	(void)wire_put32(page + 20, 2);
	assert_int_equal(run(page, PAGE, &seen), RING_STRANGE);
	assert_int_equal(seen.count, 0);
}

/* One long event, whose length stands behind its head. */
static void long_event(void **state)
{
	static uint8_t page[PAGE];
	struct seen seen;
	uint8_t *at = put_event(page + 20, "W", 77);

	(void)state;
	(void)wire_put32(wire_put32(page + 16, 1 << 5), 4 + 52);
	commit(page, at, 0);
	assert_int_equal(run(page, PAGE, &seen), RING_GOOD);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.last.sector, 77);
}

static void noise_harms_nothing(void **state)
{
	unsigned int good = 0;

	(void)state;
	srandom(4711);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		/* Of its own, so that a step beyond its end is seen. */
		size_t length = 16 + (size_t)random() % 300;
		uint8_t *page = malloc(length);
		struct seen seen;
		uint8_t *at = page + 16;

		assert_non_null(page);
		for (size_t n = 0; n < length; n++)
			page[n] = (uint8_t)random();
		while (at + 90 < page + length)
			at = random() % 2 ? put_event(at, "WS", 5)
					  : put_skipped(at);
		commit(page, at, 0);
		for (long n = random() % 12; n; n--)
			page[8 + (size_t)random() % (length - 8)] =
				(uint8_t)random();
		good += run(page, length, &seen) == RING_GOOD;
		free(page);
	}
	assert_in_range(good, ROUNDS / 10, ROUNDS - ROUNDS / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(pages),
		cmocka_unit_test(what_is_strange),
		cmocka_unit_test(long_event),
		cmocka_unit_test(noise_harms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
