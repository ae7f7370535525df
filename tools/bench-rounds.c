/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-rounds KIND SOURCE TARGET [SEED COUNT DEVICE]: passes of lander's over
 * SSH, flushes included.  A line for each: its name, seconds of wall clock,
 * seconds of processor of both ends, bytes that came in by CARD (lo).
 *   full    all of it, with the logins; "pass" is the same without the first
 *   used    what its mounted file systems do not call free, asking included
 *   job     full, then as in a job that goes on: "round", by hashes, and
 *           "changed", as a tracker tells it, both after COUNT blocks of 4096
 *           became others on DEVICE, which is SOURCE here
 *   change  only that
 * IDENTITY, HOSTKEY, COMPRESS (yes, no), CARD and SERVER, sshd's process, are
 * taken from the environment.
 */
#include <sys/resource.h>

#include <ctype.h>
#include <dirent.h>
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

#define BLOCK	  4096U
#define PROCESSES 4096U

static int fail(struct error *why)
{
	(void)fprintf(stderr, "bench-rounds: %s\n", why ? why->msg : "?");
	error_free(why);
	return 1;
}

/* --- what it took -------------------------------------------------------- */

static struct {
	long id;
	long parent;
	double ended; /* of its children that are gone */
	bool counts;
} process[PROCESSES];

static bool take_process(const char *name, size_t i)
{
	char path[64];
	char line[1024];
	char *at = NULL;
	unsigned long user = 0;
	unsigned long system = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%.20s/stat", name);
	file = fopen(path, "re");
	if (file && fgets(line, sizeof(line), file))
		at = strrchr(line, ')');
	if (file)
		(void)fclose(file);
	/* proc_pid_stat(5): the 4th field, the 16th and the 17th. */
	if (!at || sscanf(at + 1,
			  " %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u "
			  "%*u %lu %lu",
			  &process[i].parent, &user, &system) != 3)
		return false;
	process[i].id = strtol(name, NULL, 10);
	process[i].ended =
		(double)(user + system) / (double)sysconf(_SC_CLK_TCK);
	process[i].counts = false;
	return true;
}

/* Its own time, which the fields of stat(5) tell in hundredths only. */
static double own_time(long id)
{
	char path[64];
	unsigned long long ns = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%ld/schedstat", id);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%llu", &ns) != 1)
		ns = 0;
	(void)fclose(file);
	return (double)ns / 1e9;
}

/* The server's, and all that it has started. */
static double server_time(void)
{
	const char *server = getenv("SERVER");
	DIR *all = server ? opendir("/proc") : NULL;
	struct dirent *entry;
	double sum = 0;
	size_t count = 0;
	bool more = true;

	while (all && count < PROCESSES && (entry = readdir(all)))
		if (isdigit((unsigned char)*entry->d_name) &&
		    take_process(entry->d_name, count))
			count++;
	if (all)
		(void)closedir(all);
	for (size_t i = 0; i < count; i++)
		process[i].counts = process[i].id == strtol(server, NULL, 10);
	while (more) {
		more = false;
		for (size_t i = 0; i < count; i++)
			for (size_t j = 0; !process[i].counts && j < count; j++)
				if (process[j].counts &&
				    process[j].id == process[i].parent)
					more = process[i].counts = true;
	}
	for (size_t i = 0; i < count; i++)
		if (process[i].counts)
			sum += process[i].ended + own_time(process[i].id);
	return sum;
}

/* What came in by CARD, or by the loopback. */
static uint64_t wire(void)
{
	const char *card = getenv("CARD");
	FILE *file = fopen("/proc/net/dev", "re");
	unsigned long long bytes = 0;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, card ? card : "lo");

		at = at ? strchr(at, ':') : NULL;
		if (at)
			(void)sscanf(at + 1, "%llu", &bytes);
	}
	if (file)
		(void)fclose(file);
	return bytes;
}

struct clock {
	double wall;
	double processor;
	uint64_t wire;
};

static double own_processor(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* Looking costs something, too: all of it before it begins … */
static struct clock start(void)
{
	struct clock now = {.processor = server_time(), .wire = wire()};

	now.processor += own_processor();
	now.wall = io_seconds();
	return now;
}

/* … or after it ended. */
static void stop(const char *name, const struct clock *since)
{
	double wall = io_seconds() - since->wall;
	double processor = own_processor();

	processor += server_time() - since->processor;
	(void)printf("%s %.3f %.3f %llu\n", name, wall, processor,
		     (unsigned long long)(wire() - since->wire));
	(void)fflush(stdout);
}

/* --- what changes -------------------------------------------------------- */

/* Words of the command line. */
struct wish {
	unsigned int seed;
	unsigned long count;
	const char *device;
};

static int place_changes(const struct wish *wish, uint64_t size,
			 struct extents *ret, struct error **err)
{
	int r = 0;

	srandom(wish->seed);
	for (unsigned long i = 0; r == 0 && i < wish->count; i++)
		r = extents_add(
			ret,
			((uint64_t)random() << 20 ^ (uint64_t)random()) %
				(size / BLOCK) * BLOCK,
			BLOCK, err);
	return r;
}

static int change(const struct wish *wish, struct extents *places,
		  struct error **err)
{
	int fd = open(wish->device, O_RDWR | O_CLOEXEC);
	int from = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	char block[BLOCK];
	int r = size > 0 && from >= 0 ? 0 : -1;

	if (r == 0)
		r = place_changes(wish, (uint64_t)size, places, err);
	for (size_t i = 0; r == 0 && i < places->count; i++)
		for (uint64_t at = 0; r == 0 && at < places->range[i].length;
		     at += BLOCK)
			if (read(from, block, BLOCK) != BLOCK ||
			    io_pwrite(fd, block, BLOCK,
				      places->range[i].offset + at) < 0)
				r = -1;
	if (r == 0)
		r = fsync(fd);
	(void)close(from);
	(void)close(fd);
	return r;
}

/* --- passes -------------------------------------------------------------- */

static int end_pass(struct pass *pass, struct error **err)
{
	int r = target_write(pass->target, pass->sector0,
			     pass->target->logical_block, 0, err);

	return r < 0 ? r : target_flush(pass->target, err);
}

static int full(struct pass *pass, struct error **err)
{
	int r = pass_full(pass, err);

	return r < 0 ? r : end_pass(pass, err);
}

static int used(struct pass *pass, struct error **err)
{
	struct usage usage = {0};
	int r = source_usage(pass->source, &usage, err);

	pass->skip = &usage.free;
	if (r == 0)
		r = full(pass, err);
	pass->skip = NULL;
	usage_done(&usage);
	return r;
}

static int one_round(struct pass *pass, const struct wish *wish, bool tracked,
		     struct error **err)
{
	struct extents places = {0};
	struct clock clock;
	int r = change(wish, &places, err);

	clock = start();
	if (r == 0)
		r = tracked ? pass_changed(pass, &places, err)
			    : pass_compare(pass, err);
	if (r == 0)
		r = end_pass(pass, err);
	if (r == 0)
		stop(tracked ? "changed" : "round", &clock);
	extents_done(&places);
	return r;
}

static int run(const char *kind, struct pass *pass, const struct clock *began,
	       const struct wish *wish, struct error **err)
{
	struct clock clock = start();
	struct wish second = *wish;
	int r;

	second.seed++;
	if (!strcmp(kind, "used")) {
		r = used(pass, err);
		if (r == 0)
			stop("used", began);
		return r;
	}
	r = full(pass, err);
	if (r == 0) {
		stop("full", began);
		stop("pass", &clock);
	}
	if (r < 0 || strcmp(kind, "job") != 0)
		return r;
	r = one_round(pass, wish, false, err);
	return r < 0 ? r : one_round(pass, &second, true, err);
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
		r = chunkmap_new(pass->source->size, 1, &pass->map, err);
	blockdev_done(&disk);
	return r;
}

static enum packing_wish packing(void)
{
	const char *word = getenv("COMPRESS");

	if (!word || !*word)
		return PACKING_AUTO;
	return strcmp(word, "yes") ? PACKING_NEVER : PACKING_ALWAYS;
}

int main(int argc, char **argv)
{
	static char sector0[65536];
	struct source_spec spec = {.identity = getenv("IDENTITY"),
				   .hostkey = getenv("HOSTKEY"),
				   .packing = packing(),
				   .connect_s = 5};
	struct pass_progress progress = {0};
	struct pass pass = {
		.progress = &progress, .sector0 = sector0, .reconnect_s = 10};
	struct extents places = {0};
	struct wish wish = {0};
	struct error *why = NULL;
	struct clock began;
	int r;

	if (argc != 4 && argc != 7)
		return 2;
	if (argc == 7)
		wish = (struct wish){(unsigned int)strtoul(argv[4], NULL, 10),
				     strtoul(argv[5], NULL, 10), argv[6]};
	if (!strcmp(argv[1], "change")) {
		r = change(&wish, &places, &why);
		extents_done(&places);
		return r < 0 ? fail(why) : 0;
	}
	spec.uri = argv[2];
	began = start();
	r = open_all(&spec, argv[3], &pass, &why);
	if (r == 0)
		r = run(argv[1], &pass, &began, &wish, &why);
	chunkmap_free(pass.map);
	target_close(pass.target);
	source_close(pass.source);
	return r < 0 ? fail(why) : 0;
}
