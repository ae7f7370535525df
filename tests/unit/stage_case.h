/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_STAGE_CASE_H
#define LANDER_TESTS_STAGE_CASE_H

/* A small disk with its record in sector 0, for the tests of the stage
 * device. */
#include "base/error.h"
#include "base/io.h"
#include "disk/mapper.h"
#include "disk/mount.h"
#include "disk/record.h"
#include "disk/stage.h"
#include "disk_scratch.h"

#define SIZE	((uint64_t)96 << 20)
#define S0_FILE "/run/lander/lander-stage-unit.s0"

/* A "disk": a loop device over a file, with a GPT whose sector 0 is kept
 * aside and a record in its place. */
struct disk {
	char device[32];
	uint32_t sector;
	uint8_t sector0[4096];
	uint8_t record[4096];
	struct stage *stage;
	uint64_t room; /* not 0: a copy in memory */
};

static inline bool has_mapper(void)
{
	const char *argv[] = {"modprobe", "-q", "dm-mod", NULL};
	const struct process process = {.argv = argv};

	(void)process_run(&process, NULL, NULL);
	return access("/sys/class/misc/device-mapper", F_OK) == 0;
}

static inline bool disk_make(struct disk *disk, uint32_t sector)
{
	struct record record = {.job = "0f9619ff-8b86-4d11-b42d-00c04fc964ff",
				.state = RECORD_STAGE};

	if (!has_mapper()) {
		print_message("this kernel has no device-mapper\n");
		return false;
	}
	stage_sweep();
	*disk = (struct disk){.sector = sector};
	scratch_file("disk", SIZE);
	scratch_table("disk", sector, "label: gpt\nsize=40MiB\nsize=40MiB\n");
	scratch_get("disk", disk->sector0, sector, 0);
	assert_int_equal(record_format(&record, disk->record, NULL), 0);
	scratch_put("disk", disk->record, sector, 0);
	return scratch_loop("disk", sector, disk->device, sizeof(disk->device));
}

static inline void disk_stage(struct disk *disk)
{
	struct error *err = NULL;

	if (stage_open(&(struct stage_disk){disk->device, "unit", disk->sector0,
					    disk->room},
		       &disk->stage, &err) < 0)
		fail_msg("%s", err->msg);
}

/* The staged sector 0 must be as given, and the record untouched. */
static inline void disk_unstage(struct disk *disk, bool unchanged)
{
	struct error *err = NULL;
	uint8_t now[4096];
	void *back = NULL;

	if (stage_close(disk->stage, &back, &err) < 0)
		fail_msg("%s", err->msg);
	if (unchanged)
		assert_memory_equal(back, disk->sector0, disk->sector);
	memcpy(disk->sector0, back, disk->sector);
	free(back);
	scratch_get(disk->device, now, disk->sector, 0);
	assert_memory_equal(now, disk->record, disk->sector);
	assert_int_not_equal(access("/dev/mapper/lander-stage-unit", F_OK), 0);
	assert_int_not_equal(access(S0_FILE, F_OK), 0);
}

static inline char *part(const struct disk *disk, int number)
{
	static char path[48];

	(void)snprintf(path, sizeof(path), "%sp%d", disk->stage->device,
		       number);
	return path;
}

static inline void make_ext4(const char *device)
{
	const char *argv[] = {"mkfs.ext4", "-q", "-F", device, NULL};

	assert_true(scratch_run(NULL, argv));
}

static inline void write_file(const char *directory, const char *text)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/file", directory);
	assert_int_equal(io_replace_file(path, text, strlen(text), NULL), 0);
}

static inline void expect_file(const char *directory, const char *text)
{
	char path[128];
	char *line;

	(void)snprintf(path, sizeof(path), "%s/file", directory);
	line = io_read_line(path);
	assert_non_null(line);
	assert_string_equal(line, text);
	free(line);
}

#endif
