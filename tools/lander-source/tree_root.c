/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file systems that are read as trees.  Each one is opened through a mount
 * of our own that nobody else sees: read-only, without access times, without
 * devices that could be opened, and with nothing mounted in it, so that what
 * lies below mount points is seen, too.  Where that is not allowed it is opened
 * as it is.  Nothing is written but what the file system itself still held
 * back.
 * Sources: mount_namespaces(7), mount(2) on MS_BIND and MS_REMOUNT, syncfs(2).
 */
#include "lander-source/tree_root.h"

#include <sys/stat.h>
#include <sys/statfs.h>

#include <errno.h>
#include <linux/magic.h>
#include <string.h>

#include "lander-source/order.h"
#include "lander-source/reply.h"
#include "lander-source/system_tree.h"
#include "lander-source/tree_swap.h"
#include "source/wire_tree.h"

/* A mount point that is there whenever we run; we cover it for ourselves. */
#define PLACE	   "/proc"
#define ERRNO_BASE 128 /* of the child's exit status; below: a descriptor */

static struct tree_root roots[WIRE_TREES_MAX];
static bool allowed;
static bool begun;

void tree_root_allow(bool may)
{
	allowed = may;
}

static long open_place(const char *path)
{
	return system_open(path,
			   O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOATIME);
}

/* In a child that shares our descriptors and not our mounts. */
static long bind_and_open(const char *path)
{
	long fd;
	long r = system_unshare(CLONE_NEWNS);

	/* Else others would see what is put there. */
	if (r == 0)
		r = system_bind("none", PLACE, MS_PRIVATE);
	if (r == 0)
		r = system_bind(path, PLACE, MS_BIND);
	if (r < 0)
		return r;
	r = system_bind("none", PLACE,
			MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOATIME |
				MS_NODIRATIME | MS_NODEV | MS_NOSUID);
	fd = r < 0 ? r : open_place(PLACE);
	(void)system_unmount(PLACE, MNT_DETACH);
	return fd;
}

static long open_alone(const char *path)
{
	int status = 0;
	long pid = system_fork_sharing(CLONE_FILES);

	if (pid == 0) {
		long fd = bind_and_open(path);

		system_exit(fd < 0 ? ERRNO_BASE + (int)(-fd & 63) : (int)fd);
	}
	if (pid < 0)
		return pid;
	while (system_wait(pid, &status, 0) == -EINTR)
		;
	if (status & 0x7f)
		return -EINTR;
	status = status >> 8 & 0xff;
	return status >= ERRNO_BASE ? -(status - ERRNO_BASE) : status;
}

const struct tree_root *tree_root_find(uint32_t number)
{
	return begun && number < WIRE_TREES_MAX && roots[number].fd >= 0
		       ? &roots[number]
		       : NULL;
}

/* Before anything is read: what is mapped by a program and was written to goes
 * out, and the next write to it sets a time again. */
static int settle(struct tree_root *root, struct timespec *ret_now,
		  struct statfs *ret_kind)
{
	struct stat about = {0};
	long r = system_clock(CLOCK_REALTIME, ret_now);

	if (r == 0)
		r = system_sync_fs(root->fd);
	if (r == 0)
		r = system_fstat(root->fd, &about);
	if (r == 0)
		r = system_statfs_of(root->fd, ret_kind);
	if (r == 0) {
		root->device = about.st_dev;
		root->btrfs = ret_kind->f_type == BTRFS_SUPER_MAGIC;
	}
	return (int)r;
}

static void begin(void)
{
	for (unsigned int i = 0; !begun && i < WIRE_TREES_MAX; i++)
		roots[i].fd = -1;
	begun = true;
}

bool tree_root_answer(const struct order *order)
{
	struct tree_root *root = &roots[order->disk];
	uint8_t payload[WIRE_ROOTED_BYTES];
	struct timespec now = {0};
	struct statfs kind = {0};
	uint32_t flags = WIRE_ROOT_ALONE;
	uint8_t *at = payload;
	long fd;
	int r;

	if (!allowed)
		return reply_error(order->header.tag, EPERM,
				   "this lander-source was started without "
				   "--files");
	begin();
	if (root->fd >= 0)
		(void)system_close(root->fd);
	root->fd = -1;
	fd = open_alone(order->path);
	if (fd < 0) {
		flags = 0;
		fd = open_place(order->path);
	}
	root->fd = (int)fd;
	r = fd < 0 ? (int)fd : settle(root, &now, &kind);
	if (r < 0)
		return reply_error(order->header.tag, -r, order->path);
	tree_swap_learn();
	at = wire_put64(at, (uint64_t)now.tv_sec);
	at = wire_put32(at, (uint32_t)now.tv_nsec);
	at = wire_put32(at, flags);
	at = wire_put64(at, (uint64_t)kind.f_type);
	(void)wire_put64(at, 0);
	return reply_send(&(struct reply){WIRE_ANSWER | WIRE_ROOT, WIRE_LAST,
					  order->header.tag},
			  payload, sizeof(payload));
}
