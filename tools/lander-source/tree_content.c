/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is in a file, without its holes, or the SHA-256 of it with them.  It is
 * read up to the size that it had; who writes to it meanwhile is told of at its
 * end.
 * Source: lseek(2) on SEEK_DATA, which kernels before 3.1 do not know.
 */
#include "lander-source/tree_content.h"

#include <sys/stat.h>

#include <errno.h>
#include <string.h>

#include "lander-source/system_tree.h"
#include "lander-source/tree_out.h"
#include "lander-source/tree_sha.h"
#include "source/wire_tree.h"

#define SECTOR 512U

/* Of a hash, between two signs of life. */
#define ALIVE_BYTES ((uint64_t)64 << 20)

/* From <unistd.h>, which brings a library's functions. */
#define DATA 3 /* SEEK_DATA */
#define HOLE 4 /* SEEK_HOLE */

struct reading {
	const struct tree_content *what;
	uint64_t size;	/* up to which it is read */
	uint64_t at;	/* read or skipped below */
	uint64_t begin; /* of the piece of data that at is in or before */
	uint64_t end;
	bool sparse;
	struct tree_sha sha;
};

/* The next piece of data at or behind at. */
static void find_data(struct reading *reading)
{
	long found;

	reading->begin = reading->at;
	reading->end = reading->size;
	if (!reading->sparse)
		return;
	found = system_seek(reading->what->fd, reading->at, DATA);
	if (found == -ENXIO) {
		reading->begin = reading->size;
		return;
	}
	if (found < 0) {
		reading->sparse = false;
		return;
	}
	reading->begin = (uint64_t)found;
	found = system_seek(reading->what->fd, (uint64_t)found, HOLE);
	if (found >= 0 && (uint64_t)found < reading->end)
		reading->end = (uint64_t)found;
	if (reading->begin > reading->end)
		reading->begin = reading->end;
}

/* Some bytes of it, read to where they are sent from or hashed. */
static long step(struct reading *reading)
{
	static uint8_t buffer[256 << 10];
	size_t wanted = reading->end - reading->at < sizeof(buffer)
				? (size_t)(reading->end - reading->at)
				: sizeof(buffer);
	uint8_t *to = buffer;
	long n;

	if (!reading->what->digest)
		to = tree_out_room(&wanted);
	if (!to)
		return -EPIPE;
	n = system_pread(reading->what->fd, to, wanted, reading->at);
	if (n <= 0)
		return n;
	if (reading->what->digest) {
		tree_sha_add(&reading->sha, to, (size_t)n);
		/* Nothing else would be heard of us meanwhile. */
		if (reading->at / ALIVE_BYTES !=
		    (reading->at + (uint64_t)n) / ALIVE_BYTES)
			tree_out_alive();
	} else {
		tree_out_data(reading->at, (size_t)n);
	}
	reading->at += (uint64_t)n;
	return n;
}

/* Zeroes are hashed, but not read. */
static void skip(struct reading *reading)
{
	static const uint8_t zeroes[16384];

	while (reading->what->digest && reading->at < reading->begin) {
		uint64_t left = reading->begin - reading->at;
		size_t some =
			left < sizeof(zeroes) ? (size_t)left : sizeof(zeroes);

		tree_sha_add(&reading->sha, zeroes, some);
		reading->at += some;
	}
	reading->at = reading->begin;
}

static int read_all(struct reading *reading)
{
	while (reading->at < reading->size) {
		long n;

		find_data(reading);
		skip(reading);
		while (reading->at < reading->end) {
			n = step(reading);
			if (n == -EINTR)
				continue;
			if (n < 0)
				return (int)-n;
			/* It became shorter. */
			if (!n)
				return 0;
		}
	}
	return 0;
}

static bool has_changed(const struct tree_content *content)
{
	const struct stat *was = content->about;
	struct stat now = {0};

	return system_fstat(content->fd, &now) < 0 ||
	       now.st_size != was->st_size ||
	       now.st_ctim.tv_sec != was->st_ctim.tv_sec ||
	       now.st_ctim.tv_nsec != was->st_ctim.tv_nsec;
}

/* Behind the header of swap are zeroes, whatever is there now. */
static void blank(struct reading *reading)
{
	uint64_t size = (uint64_t)reading->what->about->st_size;

	reading->begin = size < WIRE_SWAP_BYTES ? size : WIRE_SWAP_BYTES;
	if (reading->at >= reading->size)
		skip(reading);
}

bool tree_content_send(const struct tree_content *content)
{
	size_t digest = content->digest ? WIRE_DIGEST_BYTES : 0;
	struct reading reading = {
		.what = content,
		.at = content->from,
		.size = content->until,
		.sparse = content->about->st_blocks <
			  content->about->st_size / (long)SECTOR,
	};
	uint32_t marks;
	uint8_t *at;
	int code;

	if (content->head && reading.size > content->head)
		reading.size = content->head;
	tree_sha_begin(&reading.sha);
	code = content->code ? content->code : read_all(&reading);
	if (code == EPIPE)
		return false;
	marks = reading.at < reading.size || has_changed(content)
			? WIRE_END_CHANGED
			: 0;
	if (content->head)
		blank(&reading);
	at = tree_out_record(WIRE_END, WIRE_END_BYTES + digest);
	if (!at)
		return false;
	at = wire_put32(wire_put32(at, (uint32_t)code), marks);
	at = wire_put64(at, (uint64_t)content->about->st_size);
	if (digest)
		tree_sha_end(&reading.sha, at);
	return true;
}
