/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads of disks, many at once through the kernel's own asynchronous reads,
 * which past the page cache really are that.  Where they are not to be had, one
 * after the other.  It knows nothing of what is read.
 * Source: io_submit(2), io_getevents(2), eventfd(2).
 */
#include "lander-source/reads.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>

#include "lander-source/disk.h"
#include "lander-source/system.h"
#include "lander-source/viewing.h"
#include "source/wire.h"

/* In huge pages the kernel has a read's memory to look up in one place, and not
 * in 64: half of what a read costs. */
#define ALIGNMENT ((size_t)2 << 20)

struct slot {
	bool used;
	struct read read;
	struct iocb control;
};

static uint8_t room[(size_t)READS_MAX * WIRE_READ_MAX + ALIGNMENT];
static uint8_t (*memory)[WIRE_READ_MAX]; /* of READS_MAX */
static struct slot slots[READS_MAX];
static aio_context_t context;
static int event = -1;

/* A kernel that has none of them, or none to spare, gives what it has. */
static void make_room(void)
{
	size_t over = (uintptr_t)room % ALIGNMENT;

	memory = (void *)(room + ALIGNMENT - over);
	(void)system_advise(memory, (size_t)READS_MAX * WIRE_READ_MAX,
			    MADV_HUGEPAGE);
}

void reads_begin(void)
{
	make_room();
	if (system_aio_setup(READS_MAX, &context) < 0) {
		context = 0;
		return;
	}
	event = (int)system_eventfd(O_CLOEXEC | O_NONBLOCK);
	if (event < 0)
		context = 0;
}

int reads_fd(void)
{
	return event;
}

/* The end of one read, however it was made. */
static bool finish(struct slot *slot, const uint8_t *data, int64_t result)
{
	int code = 0;

	slot->used = false;
	if (result < 0)
		code = (int)-result;
	else if (result != (int64_t)slot->read.length)
		code = EIO; /* the disk ends earlier */
	if (!code && slot->read.disk->viewed && viewing_over())
		code = ESTALE;
	return slot->read.done(&slot->read, data, code);
}

static bool read_now(struct slot *slot, uint8_t *data)
{
	const struct read *read = &slot->read;
	uint32_t done = 0;
	long n = 0;

	if (read->disk->viewed)
		return finish(slot, data,
			      viewing_read(read->disk, read->offset,
					   read->length, data));
	while (done < read->length) {
		n = system_pread(read->disk->fd, data + done,
				 read->length - done, read->offset + done);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			break;
		done += (uint32_t)n;
	}
	return finish(slot, data, n < 0 ? n : (int64_t)done);
}

bool reads_start(const struct read *read)
{
	unsigned int i = 0;
	int fd = read->disk->fd;
	uint64_t offset = read->offset;
	struct slot *slot;

	while (slots[i].used)
		i++;
	slot = &slots[i];
	slot->used = true;
	slot->read = *read;
	/* Through the cache it would wait in here all the same. */
	if (!context || !(read->disk->about.flags & WIRE_DISK_DIRECT) ||
	    (read->disk->viewed &&
	     !viewing_is_whole(read->disk, offset, read->length, &fd, &offset)))
		return read_now(slot, memory[i]);
	slot->control = (struct iocb){.aio_data = i,
				      .aio_lio_opcode = IOCB_CMD_PREAD,
				      .aio_fildes = (uint32_t)fd,
				      .aio_buf = (uint64_t)(uintptr_t)memory[i],
				      .aio_nbytes = read->length,
				      .aio_offset = (int64_t)offset,
				      .aio_flags = IOCB_FLAG_RESFD,
				      .aio_resfd = (uint32_t)event};
	if (system_aio_submit(context, &slot->control) != 1)
		return read_now(slot, memory[i]);
	return true;
}

bool reads_finish(void)
{
	struct io_event done[READS_MAX] = {0};
	uint64_t count;
	long n;

	if (!context)
		return true;
	(void)system_read(event, &count, sizeof(count));
	n = system_aio_events(context, READS_MAX, done);
	for (long i = 0; i < n; i++) {
		struct slot *slot = &slots[done[i].data];

		if (!finish(slot, memory[done[i].data], done[i].res))
			return false;
	}
	return true;
}
