/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the agent makes of the answers of a lander-source: data to where it
 * belongs, and nothing of what does not belong anywhere.
 */
#include "reading_case.h"

#define DISK_BYTES (4U << 20)
#define ROUNDS	   700
#define READ_BYTES (700U << 10) /* three pieces, the last one shorter */

static uint8_t disk[DISK_BYTES];

static void start_reads(struct bench *bench)
{
	for (unsigned int i = 0; i < READS; i++) {
		struct request *request = &bench->request[i];

		*request = (struct request){.offset = i * READ_BYTES,
					    .length = READ_BYTES,
					    .buf = malloc(READ_BYTES),
					    .done = count_done,
					    .owner = bench};
		memset(request->buf, 0xee, READ_BYTES);
		assert_int_equal(reading_read(&bench->reading, request, NULL),
				 0);
	}
}

/* What an honest one answers: without blocks of zeroes. */
static void answer_read(struct stream *stream, uint64_t tag, uint64_t offset,
			uint32_t length)
{
	static const uint8_t zero[4096];
	static uint8_t payload[8 + WIRE_READ_MAX];
	struct wire_header header = {.type = WIRE_ANSWER | WIRE_READ,
				     .tag = tag};

	for (uint32_t at = 0; at < length; at += 4096) {
		if (!memcmp(disk + offset + at, zero, 4096))
			continue;
		(void)wire_put64(payload, offset + at);
		memcpy(payload + 8, disk + offset + at, 4096);
		header.length = 8 + 4096;
		add(stream, &header, payload);
	}
	(void)wire_put64(payload, offset + length);
	header.length = 8;
	header.flags = WIRE_LAST;
	add(stream, &header, payload);
}

/* Everything that was asked for, the last first. */
static void answer_all(const struct bench *bench, struct stream *stream)
{
	const uint8_t *out = bench->remote.out;
	size_t at[64];
	size_t count = 0;

	stream->at = malloc(8U << 20);
	stream->length = 0;
	for (size_t i = 0; i < bench->remote.out_end; i += 32) {
		struct wire_header header;

		assert_true(wire_get_header(out + i, &header));
		assert_int_equal(header.type, WIRE_READ);
		assert_int_equal(header.length, 16);
		assert_int_equal(wire_get32(out + i + 16), 5);
		at[count++] = i;
	}
	while (count--) {
		const uint8_t *one = out + at[count];

		answer_read(stream, wire_get64(one + 8), wire_get64(one + 24),
			    wire_get32(one + 20));
	}
}

/* Blocks of a read that are not all zero, in bytes. */
static uint64_t count_data(unsigned int read)
{
	static const uint8_t zero[4096];
	uint64_t sum = 0;

	for (uint32_t at = 0; at < READ_BYTES; at += 4096)
		if (memcmp(disk + read * READ_BYTES + at, zero, 4096) != 0)
			sum += 4096;
	return sum;
}

static void data_lands_where_it_belongs(void **state)
{
	(void)state;
	for (size_t piece = 1000; piece < 3000000; piece *= 7) {
		struct bench *bench = new_bench();
		struct stream stream;

		start_reads(bench);
		answer_all(bench, &stream);
		assert_int_equal(feed(bench, &stream, piece, NULL), 0);
		assert_int_equal(bench->done, READS);
		assert_int_equal(bench->reading.busy, 0);
		for (unsigned int i = 0; i < READS; i++) {
			assert_int_equal(bench->request[i].result, 0);
			assert_memory_equal(bench->request[i].buf,
					    disk + i * READ_BYTES, READ_BYTES);
			assert_in_range(count_data(i), 4096, READ_BYTES - 4096);
			assert_int_equal(bench->request[i].data, count_data(i));
			assert_int_equal(bench->request[i].came, count_data(i));
		}
		free(stream.at);
		free_bench(bench);
	}
}

/* One frame for the first piece of the first read, which has tag 0. */
static void refuses(uint64_t tag, uint64_t offset, uint32_t length,
		    const char *text)
{
	static uint8_t payload[8 + WIRE_READ_MAX + 512];
	struct bench *bench = new_bench();
	struct stream stream = {.at = malloc(1U << 20)};
	struct wire_header header = {.type = WIRE_ANSWER | WIRE_READ,
				     .tag = tag,
				     .length = 8 + length};
	struct error *err = NULL;

	start_reads(bench);
	(void)wire_put64(payload, offset);
	add(&stream, &header, payload);
	assert_true(feed(bench, &stream, 1 << 20, &err) < 0);
	assert_int_equal(err->kind, ERROR_SOURCE);
	assert_non_null(strstr(err->msg, text));
	assert_int_equal(bench->done, 0);
	error_free(err);
	free(stream.at);
	free_bench(bench);
}

static void data_for_nobody_is_refused(void **state)
{
	(void)state;
	refuses(9, 0, 4096, "nobody asked for");
	refuses(UINT64_MAX, 0, 4096, "nobody asked for");
	refuses(256, 0, 4096, "nobody asked for");
	refuses(1, 0, 4096, "another place");
	refuses(0, WIRE_READ_MAX, 512, "another place");
	refuses(0, 512, WIRE_READ_MAX, "another place");
	refuses(0, UINT64_MAX, 512, "another place");
	refuses(0, 0, WIRE_READ_MAX + 512, "in one piece");
}

static void errors_end_one_read(void **state)
{
	static const struct {
		uint32_t code;
		int result;
	} errors[] = {{EIO, -EIO}, {ENXIO, -ENXIO}, {0, -EIO}, {70000, -EIO}};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		struct bench *bench = new_bench();
		struct stream stream = {.at = malloc(1024)};
		struct wire_header header = {
			.type = WIRE_ERROR, .length = 4, .flags = WIRE_LAST};
		uint8_t payload[4];

		start_reads(bench);
		(void)wire_put32(payload, errors[i].code);
		for (header.tag = 0; header.tag < 3; header.tag++)
			add(&stream, &header, payload);
		assert_int_equal(feed(bench, &stream, 7, NULL), 0);
		assert_int_equal(bench->done, 1);
		assert_int_equal(bench->request[0].result, errors[i].result);
		free(stream.at);
		free_bench(bench);
	}
}

static void note_inquiry(struct inquiry *inquiry)
{
	*(bool *)inquiry->owner = true;
}

/* An answer about [0, 1 GiB): until end, data at offset and length. */
static int inquire(uint64_t end, uint64_t offset, uint64_t length,
		   uint64_t *ret_total)
{
	struct bench *bench = new_bench();
	bool done = false;
	struct inquiry inquiry = {
		.length = 1 << 30, .done = note_inquiry, .owner = &done};
	struct stream stream = {.at = malloc(1024)};
	struct wire_header header = {.type = WIRE_ANSWER | WIRE_EXTENTS,
				     .flags = WIRE_LAST,
				     .length = 32};
	uint8_t payload[32] = {0};
	int r;

	assert_int_equal(reading_inquire(&bench->reading, &inquiry, NULL), 0);
	header.tag = bench->reading.inquiry_tag;
	(void)wire_put64(payload + 8, end);
	(void)wire_put64(wire_put64(payload + 16, offset), length);
	add(&stream, &header, payload);
	r = feed(bench, &stream, 1024, NULL);
	assert_true(done == (r == 0));
	*ret_total = extents_total(&inquiry.data);
	extents_done(&inquiry.data);
	free(stream.at);
	free_bench(bench);
	return r;
}

static void ranges_are_within_the_question(void **state)
{
	uint64_t total;

	(void)state;
	assert_int_equal(inquire(1 << 30, 4096, 8192, &total), 0);
	assert_int_equal(total, 8192);
	assert_int_equal(inquire(1 << 20, 0, 1 << 20, &total), 0);
	assert_true(inquire(0, 0, 512, &total) < 0);
	assert_true(inquire((1ULL << 30) + 1, 0, 512, &total) < 0);
	assert_true(inquire(1 << 20, 1 << 20, 512, &total) < 0);
	assert_true(inquire(1 << 20, 0, (1 << 20) + 1, &total) < 0);
	assert_true(inquire(1 << 20, 512, UINT64_MAX, &total) < 0);
	assert_true(inquire(1 << 20, 512, 0, &total) < 0);
}

static void noise_harms_nothing(void **state)
{
	unsigned int refused = 0;

	(void)state;
	srandom(815);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct bench *bench = new_bench();
		struct stream stream;
		unsigned int changes = 1 + (unsigned int)random() % 4;

		start_reads(bench);
		answer_all(bench, &stream);
		/* Among the first frames, and on the frames themselves. */
		while (changes--)
			stream.at[(size_t)random() % 8 * (24 + 4096) +
				  (size_t)random() % 24] = (uint8_t)random();
		refused += feed(bench, &stream, 1 + (size_t)random() % 100000,
				NULL) < 0;
		free(stream.at);
		free_bench(bench);
	}
	assert_true(refused > ROUNDS / 2);
}

static int fill_disk(void **state)
{
	(void)state;
	srandom(1);
	for (size_t i = 0; i < sizeof(disk); i++)
		disk[i] = (uint8_t)random();
	for (size_t at = 0; at + 40960 < sizeof(disk); at += 300000)
		memset(disk + at / 4096 * 4096, 0, 40960);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_lands_where_it_belongs),
		cmocka_unit_test(data_for_nobody_is_refused),
		cmocka_unit_test(errors_end_one_read),
		cmocka_unit_test(ranges_are_within_the_question),
		cmocka_unit_test(noise_harms_nothing),
	};

	return cmocka_run_group_tests(tests, fill_disk, NULL);
}
