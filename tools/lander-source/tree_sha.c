/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256, by the processor's own instructions where it has them: without them
 * it is slower than any disk.
 * Sources: FIPS 180-4; Intel's SDM on SHA256RNDS2, SHA256MSG1, SHA256MSG2.
 */
#include "lander-source/tree_sha.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#define BLOCK 64U

static const uint32_t round_constant[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t value, unsigned int by)
{
	return value >> by | value << (32 - by);
}

static uint32_t read_big(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static void spread(const uint8_t *at, uint32_t w[64])
{
	for (unsigned int i = 0; i < 16; i++)
		w[i] = read_big(at + 4 * (size_t)i);
	for (unsigned int i = 16; i < 64; i++) {
		uint32_t a = w[i - 15];
		uint32_t b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] +
		       (turn(a, 7) ^ turn(a, 18) ^ a >> 3) +
		       (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
	}
}

/* The eight words move on by one place a round; they stay and the places move.
 */
#define AT(n) v[((n) - i) & 7]

static void work_plainly(uint32_t state[8], const uint8_t *at, size_t blocks)
{
	for (; blocks; blocks--, at += BLOCK) {
		uint32_t w[64];
		uint32_t v[8];

		spread(at, w);
		memcpy(v, state, sizeof(v));
		for (unsigned int i = 0; i < 64; i++) {
			uint32_t e = AT(4U);
			uint32_t a = AT(0U);
			uint32_t one =
				AT(7U) + round_constant[i] + w[i] +
				(turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
				((e & AT(5U)) ^ (~e & AT(6U)));
			uint32_t two =
				(turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
				((a & AT(1U)) ^ (a & AT(2U)) ^
				 (AT(1U) & AT(2U)));

			AT(3U) += one;
			AT(7U) = one + two;
		}
		for (unsigned int i = 0; i < 8; i++)
			state[i] += v[i];
	}
}

#if defined(__x86_64__)
#define WITH_SHA __attribute__((target("sha,sse4.1")))

/* The four words of the schedule that follow these sixteen. */
WITH_SHA static __m128i schedule(const __m128i w[4])
{
	__m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[0], w[1]),
				    _mm_alignr_epi8(w[3], w[2], 4));

	return _mm_sha256msg2_epu32(sum, w[3]);
}

/* low and high: the state in the order of these instructions. */
WITH_SHA static void work_block(__m128i *low, __m128i *high, const uint8_t *at)
{
	const __m128i swap =
		_mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i was_low = *low;
	__m128i was_high = *high;
	__m128i w[4];

	for (unsigned int i = 0; i < 16; i++) {
		__m128i k = _mm_loadu_si128(
			(const __m128i_u *)(round_constant + 4 * (size_t)i));
		__m128i now;

		if (i < 4) {
			now = _mm_shuffle_epi8(
				_mm_loadu_si128((const __m128i_u *)at + i),
				swap);
			w[i] = now;
		} else {
			now = schedule(w);
			w[0] = w[1];
			w[1] = w[2];
			w[2] = w[3];
			w[3] = now;
		}
		now = _mm_add_epi32(now, k);
		*high = _mm_sha256rnds2_epu32(*high, *low, now);
		now = _mm_shuffle_epi32(now, 0x0e);
		*low = _mm_sha256rnds2_epu32(*low, *high, now);
	}
	*low = _mm_add_epi32(*low, was_low);
	*high = _mm_add_epi32(*high, was_high);
}

WITH_SHA static void work_quickly(uint32_t state[8], const uint8_t *at,
				  size_t blocks)
{
	/* "ABEF" and "CDGH", A in the highest word. */
	__m128i low = _mm_set_epi32((int)state[0], (int)state[1], (int)state[4],
				    (int)state[5]);
	__m128i high = _mm_set_epi32((int)state[2], (int)state[3],
				     (int)state[6], (int)state[7]);

	for (; blocks; blocks--, at += BLOCK)
		work_block(&low, &high, at);
	state[0] = (uint32_t)_mm_extract_epi32(low, 3);
	state[1] = (uint32_t)_mm_extract_epi32(low, 2);
	state[4] = (uint32_t)_mm_extract_epi32(low, 1);
	state[5] = (uint32_t)_mm_extract_epi32(low, 0);
	state[2] = (uint32_t)_mm_extract_epi32(high, 3);
	state[3] = (uint32_t)_mm_extract_epi32(high, 2);
	state[6] = (uint32_t)_mm_extract_epi32(high, 1);
	state[7] = (uint32_t)_mm_extract_epi32(high, 0);
}

static bool is_quick(void)
{
	static int known;
	unsigned int a;
	unsigned int b = 0;
	unsigned int c = 0;
	unsigned int d;

	if (known)
		return known > 0;
	known = -1;
	if (__get_cpuid(1, &a, &b, &c, &d) && c & bit_SSE4_1 &&
	    __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA)
		known = 1;
	return known > 0;
}
#endif

static bool plain;

void tree_sha_plainly(bool plainly)
{
	plain = plainly;
}

static void work(uint32_t state[8], const uint8_t *at, size_t blocks)
{
#if defined(__x86_64__)
	if (!plain && is_quick()) {
		work_quickly(state, at, blocks);
		return;
	}
#endif
	work_plainly(state, at, blocks);
}

void tree_sha_begin(struct tree_sha *sha)
{
	static const uint32_t start[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	memcpy(sha->state, start, sizeof(start));
	sha->length = 0;
}

void tree_sha_add(struct tree_sha *sha, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	size_t had = sha->length % BLOCK;

	sha->length += length;
	if (had) {
		size_t some = BLOCK - had < length ? BLOCK - had : length;

		memcpy(sha->rest + had, at, some);
		at += some;
		length -= some;
		if (had + some < BLOCK)
			return;
		work(sha->state, sha->rest, 1);
	}
	work(sha->state, at, length / BLOCK);
	memcpy(sha->rest, at + length / BLOCK * BLOCK, length % BLOCK);
}

void tree_sha_end(struct tree_sha *sha, uint8_t ret[32])
{
	uint64_t bits = sha->length * 8;
	uint8_t pad[BLOCK + 8] = {0x80};
	size_t had = sha->length % BLOCK;
	size_t fill = (had < 56 ? 56 : 120) - had;

	for (unsigned int i = 0; i < 8; i++)
		pad[fill + i] = (uint8_t)(bits >> (56 - 8 * i));
	tree_sha_add(sha, pad, fill + 8);
	for (unsigned int i = 0; i < 32; i++)
		ret[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}
