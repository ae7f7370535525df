/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of the job record and back.  Strict in one way only: what was read
 * must, written again, give the very same bytes.  So there is one spelling of
 * each record, and a torn, edited or newer one can't pass for a valid one.
 * It reads and writes no disk.
 */
#include "disk/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/base64.h"

/* GRUB's load_env wants this very line. */
#define SIGNATURE	 "# GRUB Environment Block\n"
#define SIGNATURE_LENGTH (sizeof(SIGNATURE) - 1)
#define FIRST_KEY	 "lander_version="
#define VERSION		 1

static const char *const state_name[] = {"copy", "verify", "stage", "commit"};

#define STATES (sizeof(state_name) / sizeof(state_name[0]))

/* A text that remembers that it once did not fit. */
struct text {
	char at[RECORD_ROOM + 1];
	size_t used;
	bool full;
};

const char *record_state_name(enum record_state state)
{
	return (size_t)state < STATES ? state_name[state] : "unknown";
}

/* CRC-32C (Castagnoli), RFC 3720 appendix B.4. */
static uint32_t crc32c(const char *bytes, size_t length)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= (uint8_t)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static void add(struct text *text, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *fmt, ...)
{
	size_t room = sizeof(text->at) - text->used;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text->at + text->used, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		text->full = true;
	else
		text->used += (size_t)n;
}

static void add_digest(struct text *text, const char *key,
		       const uint8_t digest[16])
{
	char hex[33];

	for (size_t i = 0; i < 16; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	add(text, "%s=%s\n", key, hex);
}

static void add_commit(struct text *text, const struct record *record)
{
	char inlined[BASE64_ROOM(sizeof(record->inline_s0))];

	add_digest(text, "lander_s0", record->sector0);
	if (record->park) {
		add(text, "lander_park=%016" PRIx64 "\n", record->park);
		return;
	}
	base64_encode(record->inline_s0, record->inline_length, inlined);
	add(text, "lander_z=%s\n", inlined);
}

/* Of a copy of files nothing is known by offsets; its table is all that is not
 * behind sector 0. */
static void add_files(struct text *text, const struct record *record)
{
	char inlined[BASE64_ROOM(sizeof(record->inline_s0))];

	add_digest(text, "lander_digest", record->digest);
	if (!record->inline_length)
		return;
	base64_encode(record->inline_s0, record->inline_length, inlined);
	add(text, "lander_z=%s\n", inlined);
}

static bool is_uuid(const char *text)
{
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool good = dash ? text[i] == '-'
				 : (text[i] >= '0' && text[i] <= '9') ||
					    (text[i] >= 'a' && text[i] <= 'f');

		if (!good)
			return false;
	}
	return text[36] == '\0';
}

static bool is_sound(const struct record *record)
{
	if (!is_uuid(record->job) || (size_t)record->state >= STATES)
		return false;
	if (record->inline_length > sizeof(record->inline_s0))
		return false;
	if (record->state != RECORD_COMMIT)
		return record->files || !record->inline_length;
	return !record->park == !!record->inline_length;
}

int record_format(const struct record *record, uint8_t block[512],
		  struct error **err)
{
	struct text text = {.used = 0};

	if (!is_sound(record))
		return error_set(err, ERROR_INTERNAL, EINVAL,
				 "job record of '%.36s'", record->job);
	add(&text, SIGNATURE FIRST_KEY "%d\n", VERSION);
	add(&text, "lander_state=%s\n", record_state_name(record->state));
	if (record->files)
		add(&text, "lander_mode=file\n");
	add(&text, "lander_job=%s\n", record->job);
	add(&text, "lander_disk=%016" PRIx64 "\n", record->source_id);
	add(&text, "lander_boot=%d\n", record->boot);
	add(&text, "lander_epoch=%08" PRIx32 "\n", record->epoch);
	if (!record->files)
		add(&text, "lander_seed=%016" PRIx64 "\n", record->seed);
	add(&text, "lander_seq=%016" PRIx64 "\n", record->sequence);
	if (record->state == RECORD_COMMIT) {
		/* The copy is over: sector 0 needs the room more. */
		add_commit(&text, record);
	} else if (record->files) {
		add_files(&text, record);
	} else {
		if (record->source_state)
			add(&text, "lander_src=%016" PRIx64 "\n",
			    record->source_state);
		add(&text, "lander_wm=%016" PRIx64 "\n", record->watermark);
		add_digest(&text, "lander_digest", record->digest);
	}
	add(&text, "lander_crc=%08" PRIx32 "\n", crc32c(text.at, text.used));
	if (text.full)
		return error_set(err, ERROR_INTERNAL, ENOSPC, "job record");
	memset(block, 0, 512);
	memset(block, '#', RECORD_ROOM);
	memcpy(block, text.at, text.used);
	return 0;
}

/* Lower-case hexadecimal digits, all of the text. */
static bool read_hex(const char *text, uint8_t *ret_bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";

	if (strlen(text) != 2 * count)
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *high = strchr(digits, text[2 * i]);
		const char *low = strchr(digits, text[2 * i + 1]);

		if (!high || !low)
			return false;
		ret_bytes[i] = (uint8_t)((high - digits) << 4 | (low - digits));
	}
	return true;
}

static bool read_number(const char *text, size_t bytes, uint64_t *ret_value)
{
	uint8_t raw[8];
	uint64_t value = 0;

	if (!read_hex(text, raw, bytes))
		return false;
	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | raw[i];
	*ret_value = value;
	return true;
}

static bool read_state(const char *value, struct record *record)
{
	for (size_t i = 0; i < STATES; i++)
		if (strcmp(value, state_name[i]) == 0) {
			record->state = (enum record_state)i;
			return true;
		}
	return false;
}

/* One "lander_KEY=VALUE"; false for an unknown key or a bad value. */
static bool read_field(const char *key, const char *value,
		       struct record *record)
{
	uint64_t number;

	if (strcmp(key, "version") == 0)
		return true; /* told apart by what is written again */
	if (strcmp(key, "crc") == 0)
		return read_number(value, 4, &number);
	if (strcmp(key, "state") == 0)
		return read_state(value, record);
	if (strcmp(key, "mode") == 0) {
		record->files = strcmp(value, "file") == 0;
		return record->files;
	}
	if (strcmp(key, "job") == 0) {
		if (!is_uuid(value))
			return false;
		memcpy(record->job, value, sizeof(record->job));
		return true;
	}
	if (strcmp(key, "boot") == 0) {
		record->boot = strcmp(value, "1") == 0;
		return true;
	}
	if (strcmp(key, "epoch") == 0) {
		if (!read_number(value, 4, &number))
			return false;
		record->epoch = (uint32_t)number;
		return true;
	}
	if (strcmp(key, "disk") == 0)
		return read_number(value, 8, &record->source_id);
	if (strcmp(key, "src") == 0)
		return read_number(value, 8, &record->source_state);
	if (strcmp(key, "seed") == 0)
		return read_number(value, 8, &record->seed);
	if (strcmp(key, "seq") == 0)
		return read_number(value, 8, &record->sequence);
	if (strcmp(key, "wm") == 0)
		return read_number(value, 8, &record->watermark);
	if (strcmp(key, "park") == 0)
		return read_number(value, 8, &record->park);
	if (strcmp(key, "digest") == 0)
		return read_hex(value, record->digest, 16);
	if (strcmp(key, "s0") == 0)
		return read_hex(value, record->sector0, 16);
	if (strcmp(key, "z") == 0)
		return base64_decode(value, record->inline_s0,
				     sizeof(record->inline_s0),
				     &record->inline_length);
	return false;
}

static bool read_fields(char *text, struct record *record)
{
	char *rest = NULL;
	bool good = true;

	for (char *line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *value = strchr(line, '=');

		if (*line == '#')
			continue;
		if (!value || strncmp(line, "lander_", 7) != 0) {
			good = false;
			continue;
		}
		*value++ = '\0';
		if (!read_field(line + 7, value, record))
			good = false;
	}
	return good;
}

/* The very first record on a blank disk, cut short: its beginning, then
 * nothing but zeroes. */
static bool is_torn_first(const uint8_t block[512])
{
	static const char begin[] = SIGNATURE FIRST_KEY;
	size_t same = 0;

	while (same < sizeof(begin) - 1 && block[same] == (uint8_t)begin[same])
		same++;
	return same >= 2 && io_is_zero(block + same, 512 - same);
}

static bool is_record(const uint8_t block[512])
{
	return memcmp(block, SIGNATURE, SIGNATURE_LENGTH) == 0 &&
	       memmem(block, RECORD_ROOM, "\nlander_", 8);
}

unsigned int record_version(const uint8_t block[512])
{
	static const char begin[] = SIGNATURE FIRST_KEY;
	const uint8_t *at = block + sizeof(begin) - 1;
	unsigned int version = 0;

	if (memcmp(block, begin, sizeof(begin) - 1) != 0)
		return 0;
	for (size_t i = 0; i < 4 && at[i] >= '0' && at[i] <= '9'; i++)
		version = version * 10 + (at[i] - '0');
	return version;
}

enum record_found record_parse(const uint8_t block[512],
			       struct record *ret_record)
{
	struct record record = {.state = RECORD_COPY};
	char text[RECORD_ROOM + 1];
	uint8_t again[512];

	if (!is_record(block)) {
		if (!is_torn_first(block))
			return RECORD_NONE;
		*ret_record = record;
		return RECORD_DAMAGED;
	}
	memcpy(text, block, RECORD_ROOM);
	text[RECORD_ROOM] = '\0';
	if (!read_fields(text, &record) ||
	    record_format(&record, again, NULL) < 0 ||
	    memcmp(again, block, sizeof(again)) != 0) {
		*ret_record = record;
		return RECORD_DAMAGED;
	}
	*ret_record = record;
	return RECORD_VALID;
}
