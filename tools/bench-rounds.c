/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-rounds KIND SOURCE TARGET [SEED COUNT]: one pass of lander's over SSH,
 * flush included, and what it took of this process: seconds of wall clock and
 * of processor, bytes received.  What the pass has to know of the target is
 * learned before the clock starts, as in a job that goes on.
 *   full     all of it           round    by hashes
 *   used     what its mounted file systems do not call free, asking included
 *   changed  COUNT blocks of 4096, those of SEED, as a tracker tells them
 *   change   writes these blocks to SOURCE itself, a device of this machine
 * IDENTITY and HOSTKEY are taken from the environment.
 */
#include <sys/resource.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/extent.h"
#include "base/io.h"
#include "copy/chunkmap.h"
#include "copy/pass.h"
#include "disk/blockdev.h"
#include "disk/target.h"
#include "source/source.h"
#include "source/usage.h"

#define BLOCK 4096U

static int fail(struct error *why)
{
	(void)fprintf(stderr, "bench-rounds: %s\n", why ? why->msg : "?");
	error_free(why);
	return 1;
}

static double processor(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int place_changes(unsigned int seed, unsigned long count, uint64_t size,
			 struct extents *ret, struct error **err)
{
	int r = 0;

	srandom(seed);
	for (unsigned long i = 0; r == 0 && i < count; i++)
		r = extents_add(
			ret,
			((uint64_t)random() << 20 ^ (uint64_t)random()) %
				(size / BLOCK) * BLOCK,
			BLOCK, err);
	return r;
}

static int change(const char *path, unsigned int seed, unsigned long count)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int from = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	struct extents places = {0};
	char block[BLOCK];
	int r = size > 0 && from >= 0 ? 0 : 1;

	if (r == 0)
		r = place_changes(seed, count, (uint64_t)size, &places, NULL);
	for (size_t i = 0; r == 0 && i < places.count; i++)
		for (uint64_t at = 0; at < places.range[i].length; at += BLOCK)
			if (read(from, block, BLOCK) != BLOCK ||
			    io_pwrite(fd, block, BLOCK,
				      places.range[i].offset + at) < 0)
				r = 1;
	if (r == 0)
		r = fsync(fd);
	extents_done(&places);
	(void)close(from);
	(void)close(fd);
	return r;
}

static int copy_used(struct pass *pass, struct error **err)
{
	struct usage usage = {0};
	int r = source_usage(pass->source, &usage, err);

	pass->skip = &usage.free;
	if (r == 0)
		r = pass_full(pass, err);
	pass->skip = NULL;
	usage_done(&usage);
	return r;
}

static int run(const char *kind, struct pass *pass, char **words,
	       struct error **err)
{
	uint8_t digest[16];
	struct extents places = {0};
	bool used = !strcmp(kind, "used");
	bool full = used || !strcmp(kind, "full");
	double cpu;
	double wall;
	int r = 0;

	if (!full)
		r = pass_reread(pass, pass->source->size, digest, err);
	if (r == 0 && !strcmp(kind, "changed"))
		r = place_changes((unsigned int)strtoul(words[0], NULL, 10),
				  strtoul(words[1], NULL, 10),
				  pass->source->size, &places, err);
	cpu = processor();
	wall = io_seconds();
	if (r == 0 && full)
		r = used ? copy_used(pass, err) : pass_full(pass, err);
	else if (r == 0 && !strcmp(kind, "round"))
		r = pass_compare(pass, err);
	else if (r == 0)
		r = pass_changed(pass, &places, err);
	extents_done(&places);
	if (r == 0 && full)
		r = target_write(pass->target, pass->sector0,
				 pass->target->logical_block, 0, err);
	if (r == 0)
		(void)printf("%.3f %.3f %llu\n", io_seconds() - wall,
			     processor() - cpu,
			     (unsigned long long)pass->progress->received);
	return r;
}

static int open_all(const struct source_spec *spec, const char *path,
		    struct pass *pass, struct error **err)
{
	struct blockdev disk = {0};
	int r = source_open(spec, &pass->source, err);

	if (r == 0)
		r = blockdev_probe(path, &disk, err);
	if (r == 0)
		r = target_open(&disk, pass->source->size, &pass->target, err);
	if (r == 0)
		r = source_pread(pass->source, pass->sector0,
				 pass->target->logical_block, 0, err);
	if (r == 0)
		r = chunkmap_new(pass->source->size, 1, &pass->map, err);
	blockdev_done(&disk);
	return r;
}

int main(int argc, char **argv)
{
	static char sector0[65536];
	struct source_spec spec = {.identity = getenv("IDENTITY"),
				   .hostkey = getenv("HOSTKEY"),
				   .connect_s = 5};
	struct pass_progress progress = {0};
	struct pass pass = {
		.progress = &progress, .sector0 = sector0, .reconnect_s = 10};
	struct error *why = NULL;
	int r;

	if (argc == 5 && !strcmp(argv[1], "change"))
		return change(argv[2], (unsigned int)strtoul(argv[3], NULL, 10),
			      strtoul(argv[4], NULL, 10));
	if (argc != 4 && argc != 6)
		return 2;
	spec.uri = argv[2];
	r = open_all(&spec, argv[3], &pass, &why);
	if (r == 0)
		r = run(argv[1], &pass, argv + 4, &why);
	chunkmap_free(pass.map);
	target_close(pass.target);
	source_close(pass.source);
	return r < 0 ? fail(why) : 0;
}
