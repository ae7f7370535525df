/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How full file systems are.  Only what is mounted from this machine's own
 * disks is asked: a network's may not answer.
 * Sources: proc_pid_mountinfo(5), statfs(2).
 */
#include "lander-source/space.h"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <stdbool.h>

#include "lander-source/device.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define FLAG_NOEXEC 8 /* ST_NOEXEC */
#define PATH_ROOM   4096

/* Something else may have been mounted over it.  btrfs shows numbers of its
 * own, another one for each subvolume. */
static bool is_seen(const char *path, const char *number)
{
	struct stat st = {0};
	char seen[24];

	if (system_stat(path, &st) < 0)
		return false;
	st.st_rdev = st.st_dev;
	device_number(&st, seen);
	return text_equal(seen, number) || text_begins(number, "0:");
}

void space_tell(struct text *to, const char *process, const char *place,
		const char *number)
{
	static char path[PATH_ROOM];
	struct statfs fs = {0};
	struct text text;
	uint64_t block;

	text_begin(&text, path, sizeof(path));
	if (process) {
		text_add(&text, "/proc/");
		text_add(&text, process);
		text_add(&text, "/root");
	}
	text_add(&text, place);
	if (text.full || !is_seen(path, number) ||
	    system_statfs(path, &fs) < 0 || fs.f_bfree > fs.f_blocks)
		return;
	block = fs.f_frsize ? (uint64_t)fs.f_frsize : (uint64_t)fs.f_bsize;
	text_field_number(to, "size", fs.f_blocks * block);
	text_field_number(to, "used", (fs.f_blocks - fs.f_bfree) * block);
	if (fs.f_ffree < fs.f_files)
		text_field_number(to, "files", fs.f_files - fs.f_ffree);
}

void space_tell_place(struct text *to, const char *place)
{
	struct statfs fs = {0};

	if (system_statfs(place, &fs) < 0)
		return;
	text_open(to, "{");
	text_field(to, "path", place);
	text_field_number(to, "free", fs.f_bavail * (uint64_t)fs.f_bsize);
	text_field_truth(to, "noexec", fs.f_flags & FLAG_NOEXEC);
	text_close(to, "},");
}
