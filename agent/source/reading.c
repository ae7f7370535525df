/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which read an answer of lander-source belongs to.  What was not sent of a
 * piece is zero.  Data for nobody, twice or out of its place ends the
 * connection.
 */
#include "source/reading.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "source/wire.h"

static int nonsense(const struct reading *reading, const char *words,
		    struct error **err)
{
	return error_set(err, ERROR_SOURCE, 0, "%s: %s", reading->remote->name,
			 words);
}

static struct reading_part *find(struct reading *reading, uint64_t tag)
{
	struct reading_part *part = &reading->part[tag % READING_PARTS];

	return part->request && part->tag == tag ? part : NULL;
}

static char *place_of(const struct reading_part *part)
{
	return (char *)part->request->buf +
	       (part->next - part->request->offset);
}

/* The rest of a part is zero, or what it was, or of no interest. */
static void finish(struct reading *reading, struct reading_part *part)
{
	struct request *request = part->request;

	if (!request->result && !request->subhash)
		memset(place_of(part), 0, part->end - part->next);
	request->data += part->data;
	request->came += part->came;
	part->request = NULL;
	reading->busy--;
	packing_note(&reading->packing, part->data, io_seconds(),
		     reading->busy);
	if (--request->parts == 0)
		request->done(request);
}

/* Of a DIFF: whole blocks, and which they are. */
static bool note_changed(const struct reading_part *part, uint64_t offset,
			 uint64_t length)
{
	struct request *request = part->request;
	uint64_t from = offset - request->offset;
	uint64_t to = from + length;

	if (from % WIRE_BLOCK || (to % WIRE_BLOCK && to != request->length))
		return false;
	for (; from < to; from += WIRE_BLOCK)
		request->changed |= (uint64_t)1 << from / WIRE_BLOCK;
	return true;
}

static int data(void *owner, const struct wire_header *header, uint64_t offset,
		void **ret_place, struct error **err)
{
	struct reading *reading = owner;
	struct reading_part *part = find(reading, header->tag);
	uint64_t length = header->length - 8;
	bool diff = header->type == (WIRE_ANSWER | WIRE_DIFF);

	if (!part || diff != (part->request->subhash != NULL))
		return nonsense(reading, "data that nobody asked for", err);
	if (offset < part->next || offset > part->end ||
	    length > part->end - offset ||
	    (diff && length && !note_changed(part, offset, length)))
		return nonsense(reading, "data for another place", err);
	if (!diff)
		memset(place_of(part), 0, offset - part->next);
	part->next = offset;
	*ret_place = place_of(part);
	reading->incoming = part;
	reading->piece_end = offset + length;
	return 0;
}

static int data_end(void *owner, const struct wire_header *header,
		    struct error **err)
{
	struct reading *reading = owner;
	struct reading_part *part = reading->incoming;

	(void)err;
	part->data += reading->piece_end - part->next;
	part->came += reading->piece_end - part->next;
	part->next = reading->piece_end;
	if (header->flags & WIRE_LAST)
		finish(reading, part);
	return 0;
}

/* Ranges in order, within what was asked about. */
static int take_extents(struct reading *reading,
			const struct wire_header *header,
			const uint8_t *payload, struct error **err)
{
	struct inquiry *inquiry = reading->inquiry;
	uint64_t at = inquiry->offset;
	uint64_t end;

	if (header->length < 16 || header->length % 16 ||
	    wire_get64(payload) != inquiry->offset)
		return nonsense(reading, "an answer about another place", err);
	end = wire_get64(payload + 8);
	if (end <= at || end > inquiry->offset + inquiry->length)
		return nonsense(reading, "an answer about another place", err);
	for (uint32_t i = 16; i < header->length; i += 16) {
		uint64_t offset = wire_get64(payload + i);
		uint64_t length = wire_get64(payload + i + 8);

		if (offset < at || offset >= end || !length ||
		    length > end - offset)
			return nonsense(reading, "ranges without an order",
					err);
		at = offset + length;
		if (extents_add(&inquiry->data, offset, length, err) < 0)
			return -ENOMEM;
	}
	inquiry->covered = end;
	return 0;
}

static int answer_inquiry(struct reading *reading,
			  const struct wire_header *header,
			  const uint8_t *payload, struct error **err)
{
	struct inquiry *inquiry = reading->inquiry;
	int r = 0;

	if (header->type == WIRE_ERROR)
		inquiry->result = -EIO;
	else if (header->type == (WIRE_ANSWER | WIRE_EXTENTS))
		r = take_extents(reading, header, payload, err);
	else
		r = nonsense(reading, "an answer that nobody asked for", err);
	if (r < 0)
		return r;
	reading->inquiry = NULL;
	inquiry->done(inquiry);
	return 0;
}

/* Its place is the end of the tag, as with parts. */
static struct reading_hash *find_hash(struct reading *reading, uint64_t tag)
{
	struct reading_hash *hash = &reading->hash[tag % SOURCE_HASHINGS];

	return hash->hashing && hash->tag == tag ? hash : NULL;
}

static int answer_hash(struct reading *reading, struct reading_hash *hash,
		       const struct wire_header *header, const uint8_t *payload,
		       struct error **err)
{
	struct hashing *hashing = hash->hashing;
	uint64_t chunks = (hashing->length + WIRE_CHUNK - 1) / WIRE_CHUNK;

	hashing->result = 0;
	if (header->type == WIRE_ERROR)
		hashing->result = -EIO;
	else if (header->type != (WIRE_ANSWER | WIRE_HASH) ||
		 !(header->flags & WIRE_LAST) ||
		 header->length != 8 + chunks * WIRE_HASH_BYTES)
		return nonsense(reading, "hashes that nobody asked for", err);
	else if (wire_get64(payload) != hashing->offset)
		return nonsense(reading, "hashes of another place", err);
	else
		memcpy(hashing->hash, payload + 8, chunks * WIRE_HASH_BYTES);
	hash->hashing = NULL;
	reading->hashings--;
	hashing->done(hashing);
	return 0;
}

/* A piece that came smaller than it is. */
static int take_packed(struct reading *reading, struct reading_part *part,
		       const struct wire_header *header, const uint8_t *payload,
		       struct error **err)
{
	struct packing_frame packed = {.data = payload + WIRE_PACKED_BYTES};
	uint64_t offset;

	if (header->length <= WIRE_PACKED_BYTES || part->request->subhash)
		return nonsense(reading, "data that nobody asked for", err);
	packed.length = header->length - WIRE_PACKED_BYTES;
	packed.want = wire_get32(payload + 8);
	offset = wire_get64(payload);
	if (offset < part->next || offset > part->end ||
	    packed.want > part->end - offset || wire_get32(payload + 12))
		return nonsense(reading, "data for another place", err);
	memset(place_of(part), 0, offset - part->next);
	part->next = offset;
	packed.to = place_of(part);
	if (packing_open(&reading->packing, &packed, err) < 0)
		return error_wrap(err, "%s", reading->remote->name);
	part->next = offset + packed.want;
	part->data += packed.want;
	part->came += packed.length;
	if (header->flags & WIRE_LAST)
		finish(reading, part);
	return 0;
}

static int frame(void *owner, const struct wire_header *header,
		 const uint8_t *payload, struct error **err)
{
	struct reading *reading = owner;
	struct reading_hash *hash;
	struct reading_part *part;
	uint32_t code;

	if (header->type == WIRE_FATAL)
		return remote_refused(reading->remote, header, payload, err);
	if (reading->inquiry && header->tag == reading->inquiry_tag)
		return answer_inquiry(reading, header, payload, err);
	hash = find_hash(reading, header->tag);
	if (hash)
		return answer_hash(reading, hash, header, payload, err);
	part = find(reading, header->tag);
	if (part && header->type == (WIRE_ANSWER | WIRE_PACKED))
		return take_packed(reading, part, header, payload, err);
	if (!part || header->type != WIRE_ERROR || header->length < 4)
		return nonsense(reading, "an answer that nobody asked for",
				err);
	code = wire_get32(payload);
	part->request->result = code && code < 4096 ? -(int)code : -EIO;
	finish(reading, part);
	return 0;
}

static const struct answers_events events = {
	.data = data,
	.data_end = data_end,
	.frame = frame,
};

void reading_begin(struct reading *reading, struct remote *remote,
		   uint32_t disk, enum packing_wish wish)
{
	*reading = (struct reading){.remote = remote, .disk = disk};
	packing_begin(&reading->packing, wish);
	remote_events(remote, &events, reading);
}

void reading_done(struct reading *reading)
{
	packing_done(&reading->packing);
}

/* A free place, whose number is the end of its tag. */
static struct reading_part *take_part(struct reading *reading)
{
	struct reading_part *part;

	do {
		part = &reading->part[reading->count % READING_PARTS];
		part->tag = part->request ? part->tag : reading->count;
		reading->count++;
	} while (part->request);
	reading->busy++;
	return part;
}

static int start_part(struct reading *reading, struct request *request,
		      uint64_t offset, struct error **err)
{
	struct reading_part *part = take_part(reading);
	uint64_t left = request->offset + request->length - offset;
	uint32_t length = left < WIRE_READ_MAX ? (uint32_t)left : WIRE_READ_MAX;
	uint8_t payload[WIRE_DIFF_BYTES + 8 * WIRE_BLOCKS_MAX];
	uint8_t *at = payload;
	struct remote_request order = {.type = reading->packing.on ? WIRE_PACKED
								   : WIRE_READ,
				       .tag = part->tag,
				       .payload = payload};

	part->request = request;
	part->data = 0;
	part->came = 0;
	part->next = offset;
	part->end = offset + length;
	at = wire_put32(wire_put32(at, reading->disk), length);
	at = wire_put64(at, offset);
	if (request->subhash) {
		order.type = WIRE_DIFF;
		at = wire_put64(at, request->seed);
		for (uint32_t i = 0; i < length; i += WIRE_BLOCK)
			at = wire_put64(at, request->subhash[i / WIRE_BLOCK]);
	}
	order.length = (size_t)(at - payload);
	return remote_queue(reading->remote, &order, err);
}

int reading_read(struct reading *reading, struct request *request,
		 struct error **err)
{
	uint32_t parts = (request->length + WIRE_READ_MAX - 1) / WIRE_READ_MAX;
	int r = 0;

	if (parts > READING_PARTS - reading->busy)
		return error_set(err, ERROR_INTERNAL, ENOBUFS,
				 "%u bytes more than can be read at once",
				 request->length);
	if (request->subhash && parts > 1)
		return error_set(err, ERROR_INTERNAL, EINVAL,
				 "%u bytes to be compared at once",
				 request->length);
	request->result = 0;
	request->changed = 0;
	request->data = 0;
	request->came = 0;
	request->parts = parts;
	for (uint32_t i = 0; r == 0 && i < parts; i++)
		r = start_part(reading, request,
			       request->offset + (uint64_t)i * WIRE_READ_MAX,
			       err);
	return r;
}

int reading_inquire(struct reading *reading, struct inquiry *inquiry,
		    struct error **err)
{
	uint8_t payload[24];
	struct remote_request order = {.type = WIRE_EXTENTS,
				       .payload = payload,
				       .length = sizeof(payload)};

	inquiry->result = 0;
	inquiry->covered = inquiry->offset;
	extents_done(&inquiry->data);
	/* Beyond every tag of a part. */
	reading->inquiry_tag = order.tag = ++reading->count | 1ULL << 63;
	reading->inquiry = inquiry;
	(void)wire_put32(wire_put32(payload, reading->disk), 0);
	(void)wire_put64(wire_put64(payload + 8, inquiry->offset),
			 inquiry->length);
	return remote_queue(reading->remote, &order, err);
}

int reading_hash(struct reading *reading, struct hashing *hashing,
		 struct error **err)
{
	uint8_t payload[32];
	struct remote_request order = {.type = WIRE_HASH,
				       .payload = payload,
				       .length = sizeof(payload)};
	struct reading_hash *hash;

	if (reading->hashings == SOURCE_HASHINGS ||
	    hashing->length > SOURCE_HASH_MAX)
		return error_set(err, ERROR_INTERNAL, ENOBUFS,
				 "more hashes than can be asked for at once");
	/* Beyond every tag of a part. */
	do {
		order.tag = ++reading->count | 1ULL << 62;
		hash = &reading->hash[order.tag % SOURCE_HASHINGS];
	} while (hash->hashing);
	hash->hashing = hashing;
	hash->tag = order.tag;
	reading->hashings++;
	(void)wire_put32(wire_put32(payload, reading->disk), 0);
	(void)wire_put64(wire_put64(wire_put64(payload + 8, hashing->offset),
				    hashing->length),
			 hashing->seed);
	return remote_queue(reading->remote, &order, err);
}
