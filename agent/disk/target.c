/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One target disk, open for writing: claimed, its small direct reads and
 * writes, zeroing, the flush.  The bulk of the data goes past this room, by
 * io_uring on the same descriptor.  It refuses a disk that anything else in
 * this machine holds, and knows nothing of what it writes.
 */
#include "disk/target.h"

#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "disk/blockdev.h"
#include "disk/record.h"

/* Any O_DIRECT buffer is good with this; no device asks for more. */
#define ALIGNMENT 4096

/* The kernel can't be interrupted inside one zeroing request. */
#define ZERO_STEP ((uint64_t)1 << 30)

#define COMPARE_STEP ((size_t)1 << 20)

#define ZERO_BY_PUNCH 1U

static int fail(struct error **err, int code, const char *what,
		const struct target *target, uint64_t offset)
{
	return error_set(err, ERROR_TARGET, code, "%s '%s' at %" PRIu64, what,
			 target->path, offset);
}

static void *aligned(size_t length)
{
	return aligned_alloc(ALIGNMENT,
			     (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
}

/* Whether this file system really does direct I/O of single sectors; some
 * accept the flag and refuse the transfer. */
static bool file_is_direct(int fd, uint64_t size)
{
	void *sector;
	ssize_t n;

	if (size < 1024)
		return false;
	sector = aligned(512);
	if (!sector)
		return false;
	n = pread(fd, sector, 512, 512);
	free(sector);
	return n == 512;
}

static int open_disk(const struct blockdev *disk, struct target *target,
		     struct error **err)
{
	int flags = O_RDWR | O_CLOEXEC | (disk->is_block ? O_EXCL : 0);

	target->direct = true;
	target->fd = open(disk->path, flags | O_DIRECT);
	if (target->fd < 0 && errno == EINVAL) {
		target->direct = false;
		target->fd = open(disk->path, flags);
	}
	if (target->fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'",
				 disk->path);
	return 0;
}

static int read_device(struct target *target, struct error **err)
{
	int block = 0;
	int read_only = 0;

	if (ioctl(target->fd, BLKGETSIZE64, &target->size) < 0 ||
	    ioctl(target->fd, BLKSSZGET, &block) < 0 ||
	    ioctl(target->fd, BLKROGET, &read_only) < 0)
		return error_set(err, ERROR_TARGET, errno, "geometry of '%s'",
				 target->path);
	if (read_only)
		return error_set(err, ERROR_TARGET, EROFS, "open '%s'",
				 target->path);
	target->logical_block = (uint32_t)block;
	return 0;
}

static int extend_file(struct target *target, uint64_t have, uint64_t size,
		       struct error **err)
{
	target->size = have;
	target->logical_block = 512;
	if (size > have) {
		if (ftruncate(target->fd, (off_t)size) < 0)
			return error_set(err, ERROR_TARGET, errno,
					 "extend '%s' to %" PRIu64 " bytes",
					 target->path, size);
		target->size = size;
	}
	if (target->direct && !file_is_direct(target->fd, target->size)) {
		if (fcntl(target->fd, F_SETFL, 0) < 0)
			return error_set(err, ERROR_TARGET, errno,
					 "buffered I/O on '%s'", target->path);
		target->direct = false;
	}
	return 0;
}

int target_open(const struct blockdev *disk, uint64_t size,
		struct target **ret_target, struct error **err)
{
	struct target *target = calloc(1, sizeof(*target));
	struct stat st;
	int r;

	if (!target)
		return error_memory(err);
	target->fd = -1;
	target->is_block = disk->is_block;
	target->zero_ways = ZERO_BY_PUNCH;
	target->path = strdup(disk->path);
	if (!target->path) {
		r = error_memory(err);
		goto out;
	}
	r = open_disk(disk, target, err);
	if (r < 0)
		goto out;
	if (fstat(target->fd, &st) < 0 ||
	    !(disk->is_block ? S_ISBLK(st.st_mode) : S_ISREG(st.st_mode))) {
		r = error_set(err, ERROR_TARGET, ENOTBLK, "open '%s'",
			      disk->path);
		goto out;
	}
	/* A disk has O_EXCL.  A second lander on one file would be as bad. */
	if (!disk->is_block && flock(target->fd, LOCK_EX | LOCK_NB) < 0) {
		r = error_set(err, ERROR_TARGET, EBUSY, "lock '%s'",
			      disk->path);
		goto out;
	}
	r = disk->is_block
		    ? read_device(target, err)
		    : extend_file(target, (uint64_t)st.st_size, size, err);
	if (r < 0)
		goto out;
	*ret_target = target;
	return 0;
out:
	target_close(target);
	return r;
}

void target_close(struct target *target)
{
	if (!target)
		return;
	if (target->fd >= 0)
		(void)close(target->fd);
	free(target->path);
	free(target);
}

static int check_range(const struct target *target, uint64_t length,
		       uint64_t offset, struct error **err)
{
	uint64_t end;

	if (offset % target->logical_block || length % target->logical_block ||
	    __builtin_add_overflow(offset, length, &end) || end > target->size)
		return error_set(err, ERROR_INTERNAL, EINVAL,
				 "%" PRIu64 " bytes of '%s' at %" PRIu64,
				 length, target->path, offset);
	return 0;
}

int target_read(struct target *target, void *buf, size_t length,
		uint64_t offset, struct error **err)
{
	void *bounce;
	int r = check_range(target, length, offset, err);

	if (r < 0)
		return r;
	bounce = aligned(length);
	if (!bounce)
		return error_memory(err);
	r = io_pread(target->fd, bounce, length, offset);
	if (r < 0)
		r = fail(err, -r, "read", target, offset);
	else
		memcpy(buf, bounce, length);
	free(bounce);
	return r;
}

int target_write(struct target *target, const void *buf, size_t length,
		 uint64_t offset, struct error **err)
{
	void *bounce;
	int r = check_range(target, length, offset, err);

	if (r < 0)
		return r;
	bounce = aligned(length);
	if (!bounce)
		return error_memory(err);
	memcpy(bounce, buf, length);
	r = io_pwrite(target->fd, bounce, length, offset);
	if (r < 0)
		r = fail(err, -r, "write", target, offset);
	free(bounce);
	return r;
}

/*
 * Deallocate.  On a block device this is the kernel's write-zeroes without its
 * fallback (that would write gigabytes of zeroes over a blank thin disk), and
 * unlike a discard it guarantees the zeroes.
 * 1: not possible here, 0: done.
 */
static int zero_by_punch(struct target *target, uint64_t offset,
			 uint64_t length, struct error **err)
{
	const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	int r;

	do
		r = fallocate(target->fd, mode, (off_t)offset, (off_t)length);
	while (r < 0 && errno == EINTR);
	if (r == 0)
		return 0;
	if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EPERM ||
	    errno == EINVAL)
		return 1;
	return fail(err, errno, "zero", target, offset);
}

/* Write zeroes only where there is something else. */
static int zero_by_compare(struct target *target, uint64_t offset,
			   uint64_t length, struct error **err)
{
	char *have = aligned(COMPARE_STEP);
	char *zeroes = aligned(COMPARE_STEP);
	int r = 0;

	if (!have || !zeroes) {
		r = error_memory(err);
		goto out;
	}
	memset(zeroes, 0, COMPARE_STEP);
	while (length) {
		size_t step = length < COMPARE_STEP ? length : COMPARE_STEP;

		r = io_pread(target->fd, have, step, offset);
		/* What can't be read may still be written: a bad sector is
		 * remapped by its first write. */
		if (r < 0 || !io_is_zero(have, step))
			r = io_pwrite(target->fd, zeroes, step, offset);
		if (r < 0) {
			r = fail(err, -r, "zero", target, offset);
			goto out;
		}
		offset += step;
		length -= step;
	}
out:
	free(have);
	free(zeroes);
	return r;
}

int target_zero(struct target *target, uint64_t offset, uint64_t length,
		struct error **err)
{
	int r = check_range(target, length, offset, err);

	while (r == 0 && length) {
		uint64_t step = length < ZERO_STEP ? length : ZERO_STEP;
		unsigned int ways =
			__atomic_load_n(&target->zero_ways, __ATOMIC_RELAXED);

		r = 1;
		if (ways & ZERO_BY_PUNCH)
			r = zero_by_punch(target, offset, step, err);
		if (r == 1 && ways & ZERO_BY_PUNCH) {
			log_info("disk", "%s: no write-zeroes, comparing",
				 target->path);
			(void)__atomic_fetch_and(&target->zero_ways,
						 ~ZERO_BY_PUNCH,
						 __ATOMIC_RELAXED);
		}
		if (r == 1)
			r = zero_by_compare(target, offset, step, err);
		offset += step;
		length -= step;
	}
	return r;
}

int target_flush(struct target *target, struct error **err)
{
	int r;

	do
		r = fdatasync(target->fd);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return error_set(err, ERROR_TARGET, errno, "flush '%s'",
				 target->path);
	return 0;
}

int target_write_record(struct target *target, struct record *record,
			struct error **err)
{
	struct record next = *record;
	uint8_t *sector = calloc(1, target->logical_block);
	int r;

	if (!sector)
		return error_memory(err);
	next.sequence++;
	r = record_format(&next, sector, err);
	if (r == 0)
		r = target_write(target, sector, target->logical_block, 0, err);
	if (r == 0)
		r = target_flush(target, err);
	if (r == 0)
		record->sequence = next.sequence;
	free(sector);
	return r < 0 ? error_wrap(err, "job record") : 0;
}
