/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records out of bytes that a source machine sends.  Nothing of them is
 * believed: a name is one part of a path and never "..", a length is within
 * its bounds, a type is one that there is.  What is wrong ends the connection.
 */
#include "files/files_record.h"

#include <sys/stat.h>

#include <stdbool.h>
#include <string.h>

#include "base/error.h"

#define NANOSECONDS 1000000000U
#define XATTR_NAME  255U /* XATTR_NAME_MAX of xattr(7) */

static int refuse(struct error **err, const char *what)
{
	return error_set(err, ERROR_SOURCE, 0,
			 "what came is no file of lander-source's protocol: %s",
			 what);
}

static bool has_zero(const uint8_t *at, size_t length)
{
	return length && memchr(at, 0, length);
}

/* One part of a path, into ret; "" only where that is allowed. */
static bool take_name(const uint8_t *at, size_t length, bool empty,
		      struct files_record *ret)
{
	if (length > WIRE_NAME_MAX || (!length && !empty) ||
	    has_zero(at, length) || (length && memchr(at, '/', length)))
		return false;
	if (length)
		memcpy(ret->name, at, length);
	ret->name[length] = '\0';
	return strcmp(ret->name, ".") != 0 && strcmp(ret->name, "..") != 0;
}

static bool is_type(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
	case S_IFLNK:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return mode >> 16 == 0;
	default:
		return false;
	}
}

static const char *take_entry(const uint8_t *at, size_t length,
			      struct files_record *ret)
{
	struct wire_entry *entry = &ret->entry;
	bool link;

	if (length < WIRE_ENTRY_BYTES)
		return "an entry that is too short";
	wire_get_entry(at, entry);
	at += WIRE_ENTRY_BYTES;
	length -= WIRE_ENTRY_BYTES;
	if (length != (size_t)entry->name + entry->target)
		return "an entry of another length";
	link = S_ISLNK(entry->mode);
	if (!is_type(entry->mode) || (!entry->name && !S_ISDIR(entry->mode)))
		return "a type of file that there is not";
	if (entry->mtime_ns >= NANOSECONDS || entry->ctime_ns >= NANOSECONDS ||
	    entry->size > INT64_MAX)
		return "a time or a size that there is not";
	if (link ? !entry->target || entry->target > WIRE_LINK_MAX
		 : entry->target != 0)
		return "a symbolic link to nothing";
	if (!take_name(at, entry->name, true, ret))
		return "a name that is no name";
	at += entry->name;
	if (has_zero(at, entry->target))
		return "a symbolic link with a zero byte";
	memcpy(ret->target, at, entry->target);
	ret->target[entry->target] = '\0';
	return NULL;
}

static const char *take_short(const uint8_t *at, size_t length,
			      struct files_record *ret)
{
	if (length < WIRE_SHORT_BYTES)
		return "an entry that is too short";
	memset(&ret->entry, 0, sizeof(ret->entry));
	ret->entry.mode = wire_get32(at);
	ret->entry.marks = wire_get32(at + 4);
	ret->entry.inode = wire_get64(at + 8);
	if (!is_type(ret->entry.mode))
		return "a type of file that there is not";
	if (!take_name(at + WIRE_SHORT_BYTES, length - WIRE_SHORT_BYTES, false,
		       ret))
		return "a name that is no name";
	return NULL;
}

static const char *take_xattr(const uint8_t *at, size_t length,
			      struct files_record *ret)
{
	size_t name;

	if (length < WIRE_XATTR_BYTES)
		return "an attribute that is too short";
	name = wire_get16(at);
	ret->length = wire_get32(at + 4);
	at += WIRE_XATTR_BYTES;
	if (ret->length > WIRE_VALUE_MAX || !name || name > XATTR_NAME ||
	    length - WIRE_XATTR_BYTES != name + ret->length)
		return "an attribute of another length";
	if (has_zero(at, name))
		return "an attribute without a name";
	memcpy(ret->name, at, name);
	ret->name[name] = '\0';
	ret->bytes = at + name;
	return NULL;
}

static const char *take_data(const uint8_t *at, size_t length,
			     struct files_record *ret)
{
	if (length <= WIRE_DATA_BYTES)
		return "data that is none";
	ret->offset = wire_get64(at);
	ret->bytes = at + WIRE_DATA_BYTES;
	ret->length = length - WIRE_DATA_BYTES;
	return ret->offset > (uint64_t)INT64_MAX - ret->length
		       ? "data beyond the end of any file"
		       : NULL;
}

static const char *take_end(const uint8_t *at, size_t length,
			    struct files_record *ret)
{
	if (length != WIRE_END_BYTES &&
	    length != WIRE_END_BYTES + WIRE_DIGEST_BYTES)
		return "an end of another length";
	ret->code = wire_get32(at);
	ret->marks = wire_get32(at + 4);
	ret->offset = wire_get64(at + 8);
	ret->digest = length > WIRE_END_BYTES ? at + WIRE_END_BYTES : NULL;
	return ret->offset > INT64_MAX ? "a size that there is not" : NULL;
}

static const char *take_problem(const uint8_t *at, size_t length,
				struct files_record *ret)
{
	if (length < WIRE_PROBLEM_BYTES)
		return "a problem that is too short";
	ret->code = wire_get32(at);
	if (!take_name(at + WIRE_PROBLEM_BYTES, length - WIRE_PROBLEM_BYTES,
		       true, ret))
		return "a name that is no name";
	return NULL;
}

static const char *take(const uint8_t *at, size_t length,
			struct files_record *ret)
{
	switch (ret->kind) {
	case WIRE_ENTRY:
		return take_entry(at, length, ret);
	case WIRE_SHORT:
		return take_short(at, length, ret);
	case WIRE_XATTR:
		return take_xattr(at, length, ret);
	case WIRE_DATA:
		return take_data(at, length, ret);
	case WIRE_END:
		return take_end(at, length, ret);
	case WIRE_PROBLEM:
		return take_problem(at, length, ret);
	default:
		return "a record that is not known";
	}
}

int files_record_take(struct files_frame *frame, struct files_record *ret,
		      struct error **err)
{
	const char *wrong;
	size_t length;

	if (!frame->left)
		return 0;
	if (frame->left < WIRE_RECORD_BYTES)
		return refuse(err, "a record that is cut off");
	ret->kind = (enum wire_record_kind)frame->at[0];
	length = wire_get32(frame->at + 4);
	if (frame->at[1] || frame->at[2] || frame->at[3] ||
	    length > frame->left - WIRE_RECORD_BYTES)
		return refuse(err, "a record that is cut off");
	wrong = take(frame->at + WIRE_RECORD_BYTES, length, ret);
	if (wrong)
		return refuse(err, wrong);
	frame->at += WIRE_RECORD_BYTES + length;
	frame->left -= WIRE_RECORD_BYTES + length;
	return 1;
}
