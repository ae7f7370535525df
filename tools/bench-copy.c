/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-copy SOURCE TARGET: lander's full pass alone, hashes and the final
 * flush included, without the record, the plan and the read-back: what the
 * peers do.  Prints the seconds of the pass, and bytes received and written.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/io.h"
#include "copy/chunkmap.h"
#include "copy/pass.h"
#include "disk/blockdev.h"
#include "disk/target.h"
#include "source/source.h"

static int fail(struct error *why)
{
	(void)fprintf(stderr, "bench-copy: %s\n", why->msg);
	error_free(why);
	return 1;
}

static int copy(struct source *source, struct target *target)
{
	static char sector0[65536];
	struct pass_progress progress = {0};
	struct chunkmap *map = NULL;
	struct error *why = NULL;
	struct pass pass = {
		.source = source,
		.target = target,
		.progress = &progress,
		.sector0 = sector0,
		.reconnect_s = 10,
	};
	double from = io_seconds();

	if (chunkmap_new(source->size, 1, &map, &why) < 0)
		return fail(why);
	pass.map = map;
	if (pass_full(&pass, &why) < 0 ||
	    target_write(target, sector0, target->logical_block, 0, &why) < 0 ||
	    target_flush(target, &why) < 0) {
		chunkmap_free(map);
		return fail(why);
	}
	(void)printf("%.3f %llu %llu\n", io_seconds() - from,
		     (unsigned long long)progress.received,
		     (unsigned long long)progress.written);
	chunkmap_free(map);
	return 0;
}

int main(int argc, char **argv)
{
	struct source_spec spec = {.connect_s = 5};
	struct source *source = NULL;
	struct target *target = NULL;
	struct blockdev disk = {0};
	struct error *why = NULL;
	int status;

	if (argc != 3)
		return 2;
	spec.uri = argv[1];
	if (source_open(&spec, &source, &why) < 0 ||
	    blockdev_probe(argv[2], &disk, &why) < 0 ||
	    target_open(&disk, source->size, &target, &why) < 0)
		status = fail(why);
	else
		status = copy(source, target);
	target_close(target);
	blockdev_done(&disk);
	source_close(source);
	return status;
}
