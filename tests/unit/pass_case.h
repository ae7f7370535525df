/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_PASS_CASE_H
#define LANDER_TESTS_PASS_CASE_H

/* A source of noise, zeroes and holes, a target, and a pass between them. */

#include "base/error.h"
#include "base/io.h"
#include "copy/chunkmap.h"
#include "copy/pass.h"
#include "disk/blockdev.h"
#include "disk/target.h"
#include "disk_scratch.h"
#include "source/source.h"

#define MIB  ((uint64_t)1 << 20)
#define SIZE (20 * MIB + 3 * 512)

struct run {
	struct source *source;
	struct target *target;
	struct chunkmap *map;
	struct pass_progress progress;
	char sector0[4096];
	struct pass pass;
	uint64_t place; /* of the last checkpoint */
	uint8_t digest[16];
};

static char *image; /* what "source" holds */

/* Noise at odd places, zeroes between: some written, some holes. */
static inline void make_image(void)
{
	uint32_t x = 12345;

	image = calloc(1, SIZE);
	assert_non_null(image);
	for (uint64_t at = 0; at < SIZE; at++) {
		x = x * 1664525 + 1013904223;
		if (at < 3 * MIB + 17 || at % (3 * MIB) < 200000 ||
		    at >= SIZE - 700)
			image[at] = (char)(x >> 24 | 1);
	}
	scratch_file("source", SIZE);
	for (uint64_t at = 0; at < SIZE; at += 4096) {
		size_t length = SIZE - at < 4096 ? SIZE - at : 4096;

		if (!io_is_zero(image + at, length) || at < 8 * MIB)
			scratch_put("source", image + at, length, at);
	}
}

static inline int note(void *owner, uint64_t watermark,
		       const uint8_t digest[16], struct error **err)
{
	struct run *run = owner;

	(void)err;
	run->place = watermark;
	memcpy(run->digest, digest, 16);
	return 0;
}

static inline void begin(struct run *run, const char *path)
{
	char here[PATH_MAX];
	struct source_spec spec = {.uri = here};
	struct blockdev disk = {0};

	memset(run, 0, sizeof(*run));
	(void)snprintf(here, sizeof(here), "%s/source", scratch);
	assert_int_equal(source_open(&spec, &run->source, NULL), 0);
	assert_int_equal(blockdev_probe(path, &disk, NULL), 0);
	assert_int_equal(target_open(&disk, SIZE, &run->target, NULL), 0);
	blockdev_done(&disk);
	assert_int_equal(chunkmap_new(run->source->size, 7, &run->map, NULL),
			 0);
	run->pass = (struct pass){
		.source = run->source,
		.target = run->target,
		.map = run->map,
		.progress = &run->progress,
		.sector0 = run->sector0,
		.checkpoint = note,
		.owner = run,
	};
}

static inline void end(struct run *run)
{
	source_close(run->source);
	target_close(run->target);
	chunkmap_free(run->map);
}

/* A target full of 0xa5, larger than the source. */
static inline void make_target(const char *name)
{
	char *block = malloc(MIB);

	assert_non_null(block);
	memset(block, 0xa5, MIB);
	scratch_file(name, 22 * MIB);
	for (uint64_t at = 0; at < 22 * MIB; at += MIB)
		scratch_put(name, block, MIB, at);
	free(block);
}

/* All but sector 0 is the image, and nothing else was touched. */
static inline void check_target(const char *name, uint32_t sector)
{
	char *got = malloc(22 * MIB);

	assert_non_null(got);
	scratch_get(name, got, 22 * MIB, 0);
	for (uint32_t at = 0; at < sector; at++)
		assert_int_equal((unsigned char)got[at], 0xa5);
	assert_memory_equal(got + sector, image + sector, SIZE - sector);
	for (uint64_t at = SIZE; at < 22 * MIB; at++)
		assert_int_equal((unsigned char)got[at], 0xa5);
	free(got);
}

static inline int open_all(void **state)
{
	if (scratch_open(state) < 0)
		return -1;
	make_image();
	return 0;
}

static inline int close_all(void **state)
{
	free(image);
	return scratch_close(state);
}

#endif
