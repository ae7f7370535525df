/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is asked of a lander-source that reads one disk, beside its reads.  Each
 * question waits for its answer.
 */
#include "source/asking.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "source/description.h"
#include "source/inventory.h"
#include "source/remote.h"

#define DIAL_S 30.0
#define SYNC_S 300.0 /* a machine with much memory has much to write out */

/* There is no such disk: which ones there are, if it says so. */
static int tell_disks(struct remote *remote, struct error **err)
{
	struct remote_request request = {.type = WIRE_FACTS};
	struct remote_answer answer = {0};
	struct error *refused = *err;
	char *words = NULL;
	int r;

	*err = NULL;
	if (remote_ask(remote, &request, io_seconds() + DIAL_S, &answer,
		       NULL) == 0)
		words = inventory_words(answer.bytes, answer.length);
	free(answer.bytes);
	r = error_set(err, refused->kind, 0, "%s; the source has: %s",
		      refused->msg, words && *words ? words : "no disk");
	free(words);
	error_free(refused);
	return r;
}

/* OPEN or CHECK. */
int asking_disk(struct remote *remote, const char *disk, uint8_t type,
		struct description *ret, struct error **err)
{
	size_t length = type == WIRE_OPEN ? strlen(disk) : 0;
	uint8_t payload[8 + WIRE_PATH_MAX] = {0};
	struct remote_request request = {
		.type = type, .payload = payload, .length = 8 + length};
	struct remote_answer answer = {0};
	int r;

	if (length >= WIRE_PATH_MAX)
		return error_set(err, ERROR_CONFIG, ENAMETOOLONG,
				 "disk '%.64s…'", disk);
	(void)wire_put32(payload, ASKING_DISK);
	memcpy(payload + 8, disk, length);
	r = remote_ask(remote, &request, io_seconds() + DIAL_S, &answer, err);
	if (r < 0) {
		r = error_wrap(err, "'%s'", disk);
		return err && (*err)->code == ENOENT ? tell_disks(remote, err)
						     : r;
	}
	r = description_take(disk, answer.bytes, answer.length, ret, err);
	free(answer.bytes);
	return r;
}

int asking_sync(struct remote *remote, struct error **err)
{
	struct remote_request request = {.type = WIRE_SYNC};
	struct remote_answer answer = {0};
	int r = remote_ask(remote, &request, io_seconds() + SYNC_S, &answer,
			   err);

	free(answer.bytes);
	return r;
}

/* Its disk as it was, and never as it is. */
int asking_view(struct remote *remote, uint64_t key, struct error **err)
{
	uint8_t payload[16];
	struct remote_request request = {.type = WIRE_VIEW,
					 .payload = payload,
					 .length = sizeof(payload)};
	struct remote_answer answer = {0};
	int r;

	(void)wire_put64(wire_put32(wire_put32(payload, ASKING_DISK), 0), key);
	r = remote_ask(remote, &request, io_seconds() + DIAL_S, &answer, err);
	free(answer.bytes);
	return r < 0 ? error_wrap(err, "the disk as it was") : r;
}
