/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_ROUND_CASE_H
#define LANDER_TESTS_ROUND_CASE_H

/* Rounds over what a full pass has copied. */

#include "pass_case.h"

#define BLOCK	4096U
#define CHANGES 300U

/* The target holds what the source holds now, but for sector 0. */
static inline void check_all(const char *name)
{
	char *got = malloc(SIZE);

	assert_non_null(got);
	scratch_get("source", image, SIZE, 0);
	scratch_get(name, got, SIZE, 0);
	assert_memory_equal(got + 512, image + 512, SIZE - 512);
	free(got);
}

static inline void start_again(struct run *run)
{
	/* A changed first sector makes another disk of it, else. */
	run->source->identity = 0;
	memset(&run->progress, 0, sizeof(run->progress));
	run->place = 0;
}

/* A target that holds the source, and the map that says so. */
static inline void begin_copied(struct run *run)
{
	make_target("target");
	begin(run, "target");
	assert_int_equal(pass_full(&run->pass, NULL), 0);
	start_again(run);
}

static inline void expect_verified(struct run *run, const char *name)
{
	uint8_t digest[16];

	check_all(name);
	assert_int_equal(pass_verify(&run->pass, digest, NULL), 0);
}

/* Random blocks, the same every time; how many of them were not so before. */
static inline unsigned int change_blocks(void)
{
	static bool seen[SIZE / BLOCK + 1];
	char block[BLOCK];
	unsigned int count = 0;

	memset(seen, 0, sizeof(seen));
	srandom(99);
	for (unsigned int i = 0; i < CHANGES; i++) {
		/* Among data: a chunk of zeroes comes over whole. */
		uint64_t at = (uint64_t)random() % (3 * MIB / BLOCK) * BLOCK;

		for (size_t k = 0; k < sizeof(block); k++)
			block[k] = (char)random();
		scratch_put("source", block, sizeof(block), at);
		count += !seen[at / BLOCK];
		seen[at / BLOCK] = true;
	}
	return count;
}

#endif
