/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packed data of a source: where it lands, what is refused, and when it is
 * asked for at all, on links of many kinds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

#include "base/error.h"
#include "source/packing.h"
#include "source/reading.h"

#define PIECE 65536U

/* --- what is faster ------------------------------------------------------ */

struct link {
	const char *what;
	double wire;  /* bytes a second that it carries */
	double plain; /* of data, that both ends manage without packing */
	double packs; /* likewise with it */
	double ratio; /* what packing makes of a byte */
	bool best;
};

static const struct link links[] = {
	{"10 Mbit/s, text", 1.2e6, 1e9, 4e8, 0.35, true},
	{"100 Mbit/s, text", 1.2e7, 1e9, 4e8, 0.35, true},
	{"1 Gbit/s, text", 1.2e8, 1e9, 4e8, 0.35, true},
	{"1 Gbit/s, noise", 1.2e8, 1e9, 4e8, 1.0, false},
	{"1 Gbit/s, hardly smaller", 1.2e8, 1e9, 4e8, 0.95, false},
	{"1 Gbit/s, a slow source", 1.2e8, 1e9, 9e7, 0.35, false},
	{"10 Gbit/s, text", 1.2e9, 1e9, 4e8, 0.35, false},
	{"10 Gbit/s, quick packing", 1.2e9, 6e8, 9e8, 0.35, false},
	{"2 Gbit/s, a slow disk", 2.4e8, 5e7, 5e7, 0.35, false},
};

static double data_rate(const struct link *link, bool packed)
{
	double most = packed ? link->packs : link->plain;
	double carried = link->wire / (packed ? link->ratio : 1);

	return most < carried ? most : carried;
}

/* Parts of 256 KiB come in for so many seconds, 31 more are on their way. */
static double pass_time(struct packing *packing, const struct link *link,
			double now, double seconds)
{
	double end = now + seconds;
	double best = 0;
	bool under_way[32];
	size_t next = 0;

	for (size_t i = 0; i < 32; i++)
		under_way[i] = packing->on;
	while (now < end) {
		double step = 262144 / data_rate(link, under_way[next]);

		now += step;
		if (under_way[next] == link->best)
			best += step;
		under_way[next] = packing->on;
		next = (next + 1) % 32;
		packing_note(packing, 262144, now, 31);
	}
	return best / seconds;
}

static void the_faster_way_is_found_and_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		struct packing packing;
		double share;

		packing_begin(&packing, PACKING_AUTO);
		(void)pass_time(&packing, &links[i], 1000, 120);
		share = pass_time(&packing, &links[i], 1120, 1200);
		if (share < 0.9)
			fail_msg("%s: the better way for %.2f of the time",
				 links[i].what, share);
	}
}

static void a_link_that_changes_is_noticed(void **state)
{
	struct packing packing;

	(void)state;
	packing_begin(&packing, PACKING_AUTO);
	(void)pass_time(&packing, &links[6], 1000, 600);
	assert_false(packing.on);
	assert_true(pass_time(&packing, &links[1], 1600, 1800) > 0.7);
	assert_true(packing.on);
	assert_true(pass_time(&packing, &links[3], 3400, 1800) > 0.7);
}

static void a_wish_is_obeyed(void **state)
{
	struct packing packing;

	(void)state;
	packing_begin(&packing, PACKING_NEVER);
	(void)pass_time(&packing, &links[0], 1000, 100);
	assert_false(packing.on);
	packing_begin(&packing, PACKING_ALWAYS);
	(void)pass_time(&packing, &links[6], 1000, 100);
	assert_true(packing.on);
}

/* --- where it lands ------------------------------------------------------ */

struct bench {
	struct remote remote;
	struct reading reading;
	struct request request;
	uint8_t buf[PIECE + 64]; /* the end is a fence */
	bool done;
};

static void note_done(struct request *request)
{
	((struct bench *)request->owner)->done = true;
}

static struct bench *new_bench(void)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	bench->remote.name = "test";
	bench->remote.answers.name = "test";
	bench->remote.out = malloc(65536);
	assert_int_equal(answers_begin(&bench->remote.answers, NULL), 0);
	reading_begin(&bench->reading, &bench->remote, 5, PACKING_ALWAYS);
	memset(bench->buf, 0xee, sizeof(bench->buf));
	bench->request = (struct request){.offset = 1 << 20,
					  .length = PIECE,
					  .buf = bench->buf,
					  .done = note_done,
					  .owner = bench};
	assert_int_equal(reading_read(&bench->reading, &bench->request, NULL),
			 0);
	assert_int_equal(bench->remote.out[4], WIRE_PACKED);
	return bench;
}

static void free_bench(struct bench *bench)
{
	for (size_t i = PIECE; i < sizeof(bench->buf); i++)
		assert_int_equal(bench->buf[i], 0xee);
	reading_done(&bench->reading);
	answers_done(&bench->remote.answers);
	free(bench->remote.out);
	free(bench);
}

static int feed(struct bench *bench, const uint8_t *bytes, size_t length,
		struct error **err)
{
	int r = 0;

	while (r == 0 && length) {
		void *to;
		size_t room = answers_room(&bench->remote.answers, &to);

		room = room < length ? room : length;
		memcpy(to, bytes, room);
		bytes += room;
		length -= room;
		r = answers_took(&bench->remote.answers, room, err);
	}
	return r;
}

static uint8_t sample[PIECE];
static uint8_t frame[2 * PIECE];

/* One packed frame: sample[from, to) of a read whose part has tag 0. */
static size_t make_frame(uint32_t from, uint32_t to, uint8_t flags)
{
	uint8_t *data = frame + WIRE_HEADER_BYTES + WIRE_PACKED_BYTES;
	size_t packed =
		ZSTD_compress(data, PIECE + 1024, sample + from, to - from, 1);
	struct wire_header header = {.type = WIRE_ANSWER | WIRE_PACKED,
				     .flags = flags};
	uint8_t *at;

	assert_false(ZSTD_isError(packed));
	header.length = WIRE_PACKED_BYTES + (uint32_t)packed;
	at = wire_put_header(frame, &header);
	at = wire_put64(at, (1 << 20) + from);
	(void)wire_put32(wire_put32(at, to - from), 0);
	return WIRE_HEADER_BYTES + header.length;
}

static void packed_data_lands_where_it_belongs(void **state)
{
	struct bench *bench = new_bench();
	size_t length = make_frame(8192, 40960, 0);

	(void)state;
	assert_int_equal(feed(bench, frame, length, NULL), 0);
	assert_false(bench->done);
	length = make_frame(40960, 61440, WIRE_LAST);
	assert_int_equal(feed(bench, frame, length, NULL), 0);
	assert_true(bench->done);
	assert_int_equal(bench->request.result, 0);
	for (size_t i = 0; i < PIECE; i++)
		assert_int_equal(bench->buf[i],
				 i >= 8192 && i < 61440 ? sample[i] : 0);
	assert_int_equal(bench->reading.packing.unpacked, 61440 - 8192);
	assert_int_equal(bench->request.data, 61440 - 8192);
	assert_int_equal(bench->request.came, bench->reading.packing.came);
	free_bench(bench);
}

static void refuses(size_t length, const char *text)
{
	struct bench *bench = new_bench();
	struct error *err = NULL;

	assert_true(feed(bench, frame, length, &err) < 0);
	assert_int_equal(err->kind, ERROR_SOURCE);
	if (!strstr(err->msg, text))
		fail_msg("'%s' does not say '%s'", err->msg, text);
	assert_false(bench->done);
	error_free(err);
	free_bench(bench);
}

static void what_does_not_fit_is_refused(void **state)
{
	size_t length;

	(void)state;
	length = make_frame(0, PIECE, WIRE_LAST);
	(void)wire_put64(frame + 16, (1 << 20) + 512);
	refuses(length, "another place");
	(void)wire_put64(frame + 16, (1 << 20) - 512);
	refuses(length, "another place");
	(void)wire_put64(frame + 16, UINT64_MAX);
	refuses(length, "another place");
	(void)wire_put64(frame + 16, 1 << 20);
	(void)wire_put32(frame + 24, PIECE + 1);
	refuses(length, "another place");
	(void)wire_put32(frame + 24, PIECE - 1);
	refuses(length, "can't be unpacked");
	(void)wire_put32(frame + 24, PIECE);
	(void)wire_put32(frame + 28, 1);
	refuses(length, "another place");
	length = make_frame(0, 4096, WIRE_LAST);
	(void)wire_put32(frame + 24, 8192);
	refuses(length, "packed data of 4096 bytes, not 8192");
	length = make_frame(0, 4096, WIRE_LAST);
	memset(frame + 32, 0, 4);
	refuses(length, "can't be unpacked");
	(void)wire_put32(frame, WIRE_PACKED_BYTES);
	refuses(WIRE_HEADER_BYTES + WIRE_PACKED_BYTES, "nobody asked for");
	length = make_frame(0, 4096, WIRE_LAST);
	frame[8] = 9;
	refuses(length, "nobody asked for");
}

static void noise_harms_nothing(void **state)
{
	unsigned int refused = 0;

	(void)state;
	srandom(4711);
	for (unsigned int i = 0; i < 3000; i++) {
		struct bench *bench = new_bench();
		size_t length = make_frame(0, PIECE, WIRE_LAST);

		for (long n = 1 + random() % 3; n; n--)
			frame[16 +
			      (size_t)random() % (i % 2 ? 60 : length - 16)] =
				(uint8_t)random();
		refused += feed(bench, frame, length, NULL) < 0;
		free_bench(bench);
	}

	assert_true(refused > 500);
}

static int fill_sample(void **state)
{
	(void)state;
	srandom(1);
	for (size_t i = 0; i < sizeof(sample); i++)
		sample[i] = (uint8_t)("0123456789abcdef"[random() % 16]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_faster_way_is_found_and_kept),
		cmocka_unit_test(a_link_that_changes_is_noticed),
		cmocka_unit_test(a_wish_is_obeyed),
		cmocka_unit_test(packed_data_lands_where_it_belongs),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(noise_harms_nothing),
	};

	return cmocka_run_group_tests(tests, fill_sample, NULL);
}
