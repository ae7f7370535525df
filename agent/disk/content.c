/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a disk holds before anything is written to it.  "Blank" is a claim that
 * has to be proven: no signature that libblkid knows, the first and the last
 * MiB read from the device itself and all zero.  It refuses to guess about
 * what can't be read.
 */
#include "disk/content.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/blockdev.h"
#include "disk/layout.h"

#define EDGE	  ((size_t)1 << 20)
#define ALIGNMENT 4096

/* The two ends of a disk; they overlap on one smaller than 2 MiB. */
struct edges {
	uint8_t *head;
	uint8_t *tail;
	size_t length;	      /* bytes of each */
	uint64_t tail_offset; /* bytes */
};

static int read_range(int fd, const struct blockdev *disk, uint8_t *into,
		      size_t length, uint64_t offset, struct error **err)
{
	int r = io_pread(fd, into, length, offset);

	if (r == 0)
		return 0;
	return error_set(err, ERROR_TARGET, -r,
			 "read %zu bytes of '%s' at %" PRIu64, length,
			 disk->path, offset);
}

static int read_edges(const struct blockdev *disk, struct edges *edges,
		      struct error **err)
{
	/* Direct: an answer out of the page cache says nothing about the
	 * device.  Files are read as they are, their end may be anywhere. */
	int flags = O_RDONLY | O_CLOEXEC | (disk->is_block ? O_DIRECT : 0);
	int fd = open(disk->path, flags);
	int r;

	if (fd < 0 && errno == EINVAL)
		fd = open(disk->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'",
				 disk->path);
	edges->length = disk->size < EDGE ? (size_t)disk->size : EDGE;
	edges->tail_offset = disk->size - edges->length;
	edges->head = aligned_alloc(ALIGNMENT, EDGE);
	edges->tail = aligned_alloc(ALIGNMENT, EDGE);
	if (!edges->head || !edges->tail) {
		r = error_memory(err);
		goto out;
	}
	r = read_range(fd, disk, edges->head, edges->length, 0, err);
	if (r == 0)
		r = read_range(fd, disk, edges->tail, edges->length,
			       edges->tail_offset, err);
out:
	(void)close(fd);
	return r;
}

static int say(struct content *content, enum content_kind kind, char *text,
	       struct error **err)
{
	if (!text)
		return error_memory(err);
	content->kind = kind;
	content->text = text;
	return 0;
}

static char *print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static char *print(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return n < 0 ? NULL : text;
}

static int tell_record(struct content *content, struct error **err)
{
	const struct record *record = &content->record;

	return say(content, CONTENT_RECORD,
		   print("unfinished job %s, state %s", record->job,
			 record_state_name(record->state)),
		   err);
}

static int tell_damaged(struct content *content, const uint8_t *block,
			struct error **err)
{
	unsigned int version = record_version(block);
	char *text;

	if (version > 1)
		text = print("a job record of version %u, which is not ours",
			     version);
	else
		text = print("a damaged job record (job %s)",
			     *content->record.job ? content->record.job
						  : "unknown");
	return say(content, CONTENT_DAMAGED, text, err);
}

/* "ext4, swap, LVM2_member", bounded. */
static void list_parts(const struct layout *layout, char *text, size_t room)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < layout->count; i++) {
		const char *fs = layout->part[i].fs;
		int n = snprintf(text + used, room - used, "%s%s",
				 i ? ", " : "", fs ? fs : "no file system");

		if (n < 0 || (size_t)n >= room - used) {
			/* Room for it was kept by the caller. */
			memcpy(text + used, ", …", sizeof(", …"));
			return;
		}
		used += (size_t)n;
	}
}

static char *describe_table(const struct layout *layout)
{
	const char *kind = strcmp(layout->kind, "gpt") == 0   ? "GPT"
			   : strcmp(layout->kind, "dos") == 0 ? "MBR"
							      : layout->kind;
	char parts[200 + sizeof(", …")];

	if (!layout->count)
		return print("%s without partitions", kind);
	list_parts(layout, parts, 200);
	return print("%s with %zu partition%s (%s)", kind, layout->count,
		     layout->count == 1 ? "" : "s", parts);
}

static bool ends_in_gpt(const struct edges *edges)
{
	const uint8_t *end = edges->tail + edges->length;

	return (edges->length >= 512 &&
		memcmp(end - 512, "EFI PART", 8) == 0) ||
	       (edges->length >= 4096 &&
		memcmp(end - 4096, "EFI PART", 8) == 0);
}

/* Not zero and no signature: say where, and what it looks like. */
static int tell_unknown(struct content *content, const struct edges *edges,
			struct error **err)
{
	bool head = !io_is_zero(edges->head, edges->length);
	bool tail = !io_is_zero(edges->tail, edges->length);

	if (!head && !tail)
		return say(content, CONTENT_BLANK, print("blank"), err);
	if (layout_sector_size(edges->head, edges->length))
		return say(content, CONTENT_DATA,
			   print("a GPT without its protective MBR"), err);
	if (ends_in_gpt(edges))
		return say(content, CONTENT_DATA,
			   print("a backup GPT at its end"), err);
	return say(content, CONTENT_DATA,
		   print("unknown data in its %s MiB",
			 head && tail ? "first and last"
			 : head	      ? "first"
				      : "last"),
		   err);
}

static int tell_layout(struct content *content, const struct blockdev *disk,
		       const struct edges *edges, struct error **err)
{
	struct layout layout = {0};
	int r = layout_read(disk->path, &layout, err);

	if (r < 0)
		return r;
	if (layout.kind)
		r = say(content, CONTENT_SYSTEM, describe_table(&layout), err);
	else if (layout.fs)
		r = say(content, CONTENT_SYSTEM,
			print("%s on the whole disk",
			      strcmp(layout.fs, "ambiguous") == 0
				      ? "several file systems"
				      : layout.fs),
			err);
	else
		r = tell_unknown(content, edges, err);
	layout_done(&layout);
	return r;
}

int content_read(const struct blockdev *disk, struct content *ret_content,
		 struct error **err)
{
	struct content content = {0};
	struct edges edges = {0};
	enum record_found found = RECORD_NONE;
	int r;

	if (!disk->size) {
		r = say(&content, CONTENT_BLANK, print("an empty file"), err);
		goto out;
	}
	r = read_edges(disk, &edges, err);
	if (r < 0)
		goto out;
	if (edges.length >= 512)
		found = record_parse(edges.head, &content.record);
	if (found == RECORD_VALID)
		r = tell_record(&content, err);
	else if (found == RECORD_DAMAGED)
		r = tell_damaged(&content, edges.head, err);
	else
		r = tell_layout(&content, disk, &edges, err);
out:
	free(edges.head);
	free(edges.tail);
	if (r < 0)
		content_done(&content);
	else
		*ret_content = content;
	return r;
}

void content_done(struct content *content)
{
	free(content->text);
	*content = (struct content){0};
}
