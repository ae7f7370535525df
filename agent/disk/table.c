/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one change to a partition table that a block copy needs: on a larger
 * disk the backup GPT belongs at the new end.  sfdisk does it; this room only
 * knows when.  It refuses to repair a table that is damaged.
 */
#include "disk/table.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/process.h"
#include "disk/layout.h"

#define ALTERNATE_LBA 32 /* in the header, UEFI 2.10 table 5.5 */

static int read_size(const char *path, int fd, uint64_t *ret_size,
		     struct error **err)
{
	struct stat st;

	if (fstat(fd, &st) < 0 ||
	    (S_ISBLK(st.st_mode) && ioctl(fd, BLKGETSIZE64, ret_size) < 0))
		return error_set(err, ERROR_TARGET, errno, "size of '%s'",
				 path);
	if (!S_ISBLK(st.st_mode))
		*ret_size = (uint64_t)st.st_size;
	return 0;
}

/* Sector size of the GPT, 0 when there is nothing to do. */
static int find_work(const char *device, uint32_t *ret_sector,
		     struct error **err)
{
	char head[8192];
	uint64_t size = 0;
	uint64_t backup;
	uint32_t sector;
	int fd = open(device, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'", device);
	r = read_size(device, fd, &size, err);
	if (r == 0 && size >= sizeof(head)) {
		r = io_pread(fd, head, sizeof(head), 0);
		if (r < 0)
			r = error_set(err, ERROR_TARGET, -r, "read '%s'",
				      device);
	} else if (r == 0) {
		memset(head, 0, sizeof(head));
	}
	(void)close(fd);
	if (r < 0)
		return r;
	sector = layout_sector_size(head, sizeof(head));
	if (sector) {
		memcpy(&backup, head + sector + ALTERNATE_LBA, sizeof(backup));
		if (le64toh(backup) == size / sector - 1)
			sector = 0;
	}
	*ret_sector = sector;
	return 0;
}

int table_move_backup(const char *device, struct error **err)
{
	char sector_text[32];
	const char *const argv[] = {
		"sfdisk",     "--no-tell-kernel", "--lock=no", sector_text,
		"--relocate", "gpt-bak-std",	  device,      NULL};
	const struct process process = {.argv = argv, .timeout_s = 60};
	uint32_t sector = 0;
	int r = find_work(device, &sector, err);

	if (r < 0)
		return r;
	if (!sector)
		return 1;
	(void)snprintf(sector_text, sizeof(sector_text), "--sector-size=%u",
		       sector);
	r = process_check(&process, ERROR_CONVERT, err);
	/* sfdisk takes a damaged GPT for an MBR, does nothing and is content.
	 */
	if (r == 0)
		r = find_work(device, &sector, err);
	if (r == 0 && sector)
		r = error_set(err, ERROR_CONVERT, EILSEQ,
			      "the primary GPT is damaged");
	return r < 0 ? error_wrap(err, "move the backup GPT of '%s'", device)
		     : 0;
}
