/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads of disks, many at once through the kernel's own asynchronous reads,
 * which past the page cache really are that.  Where they are not to be had, one
 * after the other.  Blocks of zeroes are not sent.
 * Source: io_submit(2), io_getevents(2), eventfd(2).
 */
#include "lander-source/reads.h"

#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>

#include "lander-source/disk.h"
#include "lander-source/order.h"
#include "lander-source/reply.h"
#include "lander-source/system.h"
#include "source/wire.h"

/* Every byte of a disk goes through here; all else may be small. */
#pragma GCC optimize("O2")

#define ZERO_BLOCK 4096U
#define RUNS_MAX   (WIRE_READ_MAX / ZERO_BLOCK / 2 + 1)
#define ALIGNMENT  4096

struct slot {
	bool used;
	uint64_t tag;
	uint64_t offset;
	uint32_t length;
	struct iocb control;
};

static uint8_t memory[READS_SLOTS][WIRE_READ_MAX]
	__attribute__((aligned(ALIGNMENT)));
static struct slot slots[READS_SLOTS];
static aio_context_t context;
static int event = -1;
static unsigned int busy;

void reads_begin(void)
{
	if (system_aio_setup(READS_SLOTS, &context) < 0) {
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

unsigned int reads_busy(void)
{
	return busy;
}

static bool is_zero(const uint8_t *at, uint32_t length)
{
	const uint64_t *word = (const void *)at;
	const uint64_t *end = (const void *)(at + length);

	/* The length is whole sectors: 64 words each. */
	while (word < end) {
		uint64_t any = 0;

		for (unsigned int i = 0; i < 64; i++)
			any |= *word++;
		if (any)
			return false;
	}
	return true;
}

/* Which parts of [0, length) hold something. */
static unsigned int find_runs(const uint8_t *at, uint32_t length,
			      uint32_t run[RUNS_MAX][2])
{
	unsigned int count = 0;
	bool inside = false;

	for (uint32_t place = 0; place < length; place += ZERO_BLOCK) {
		uint32_t step = length - place;

		if (step > ZERO_BLOCK)
			step = ZERO_BLOCK;
		if (is_zero(at + place, step)) {
			inside = false;
			continue;
		}
		if (!inside) {
			run[count][0] = place;
			run[count][1] = 0;
			count++;
		}
		run[count - 1][1] += step;
		inside = true;
	}
	if (!count) {
		run[0][0] = 0;
		run[0][1] = 0;
		count = 1;
	}
	return count;
}

static bool answer(struct slot *slot, const uint8_t *data)
{
	uint32_t run[RUNS_MAX][2];
	uint8_t head[RUNS_MAX][WIRE_HEADER_BYTES + 8];
	struct iovec part[RUNS_MAX * 2];
	unsigned int runs = find_runs(data, slot->length, run);

	for (unsigned int i = 0; i < runs; i++) {
		struct wire_header header = {.length = 8 + run[i][1],
					     .type = WIRE_ANSWER | WIRE_READ,
					     .flags = i + 1 == runs ? WIRE_LAST
								    : 0,
					     .tag = slot->tag};

		(void)wire_put64(wire_put_header(head[i], &header),
				 slot->offset + run[i][0]);
		part[2 * (size_t)i] = (struct iovec){head[i], sizeof(head[i])};
		part[2 * (size_t)i + 1] = (struct iovec){
			(void *)(uintptr_t)(data + run[i][0]), run[i][1]};
	}
	return reply_bytes(part, 2 * runs);
}

/* The end of one read, however it was made. */
static bool finish(struct slot *slot, const uint8_t *data, int64_t result)
{
	slot->used = false;
	busy--;
	if (result < 0)
		return reply_error(slot->tag, (int)-result, "read");
	if (result != (int64_t)slot->length)
		return reply_error(slot->tag, EIO, "the disk ends earlier");
	return answer(slot, data);
}

static bool read_now(struct slot *slot, uint8_t *data, int fd)
{
	uint32_t done = 0;
	long n = 0;

	while (done < slot->length) {
		n = system_pread(fd, data + done, slot->length - done,
				 slot->offset + done);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			break;
		done += (uint32_t)n;
	}
	return finish(slot, data, n < 0 ? n : (int64_t)done);
}

bool reads_start(const struct order *order, const struct disk *disk)
{
	unsigned int i = 0;
	struct slot *slot;

	while (slots[i].used)
		i++;
	slot = &slots[i];
	*slot = (struct slot){.used = true,
			      .tag = order->header.tag,
			      .offset = order->offset,
			      .length = (uint32_t)order->length};
	busy++;
	/* Through the cache it would wait in here all the same. */
	if (!context || !(disk->about.flags & WIRE_DISK_DIRECT))
		return read_now(slot, memory[i], disk->fd);
	slot->control = (struct iocb){.aio_data = i,
				      .aio_lio_opcode = IOCB_CMD_PREAD,
				      .aio_fildes = (uint32_t)disk->fd,
				      .aio_buf = (uint64_t)(uintptr_t)memory[i],
				      .aio_nbytes = order->length,
				      .aio_offset = (int64_t)order->offset,
				      .aio_flags = IOCB_FLAG_RESFD,
				      .aio_resfd = (uint32_t)event};
	if (system_aio_submit(context, &slot->control) != 1)
		return read_now(slot, memory[i], disk->fd);
	return true;
}

bool reads_finish(void)
{
	struct io_event done[READS_SLOTS] = {0};
	uint64_t count;
	long n;

	if (!context)
		return true;
	(void)system_read(event, &count, sizeof(count));
	n = system_aio_events(context, READS_SLOTS, done);
	for (long i = 0; i < n; i++) {
		struct slot *slot = &slots[done[i].data];

		if (!finish(slot, memory[done[i].data], done[i].res))
			return false;
	}
	return true;
}
