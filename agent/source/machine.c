/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is asked of a source machine as a whole.  What it says in words is for
 * people: bounded, printable, and nothing is decided by it.
 */
#include "source/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "source/changes.h"
#include "source/description.h"
#include "source/login.h"
#include "source/session.h"
#include "source/source.h"
#include "source/storage.h"

#define DIAL_S	  30.0
#define SYNC_S	  300.0 /* a machine with much memory has much to write out */
#define PREPARE_S 120.0
#define QUIESCE_S 900.0 /* units that take their time, then all memory */
#define THAW_S	  600.0
#define TRACK_S	  60.0
#define FENCE_S	  30.0
#define STILL_S	  9.0 /* a second before the other side's own limit */
#define SILENT_S  8.0 /* without an answer: lost */
#define VIEW_S	  30.0
#define STORAGE_S 120.0 /* many disks, each read at its beginning */
/* The same, where nothing stands still. */
#define SNAPSHOT_STILL_S  (WIRE_RENEW_SNAPSHOT_S - 10.0)
#define SNAPSHOT_SILENT_S (WIRE_RENEW_SNAPSHOT_S - 20.0)
#define GONE_S		  60.0
#define LOOK_US		  100000

struct machine {
	struct login login;
	struct session *session;
	const _Atomic bool *stop;
	_Atomic bool quiesced;	       /* as far as we know */
	bool snapshot;		       /* … and it goes on */
	uint64_t size[WIRE_DISKS_MAX]; /* of its open disks, bytes */
};

/* --- questions --------------------------------------------------------- */

static int ask(struct machine *machine, const struct remote_request *request,
	       double limit_s, struct remote_answer *ret, struct error **err)
{
	/* What can't be taken back is followed to its end. */
	bool always = request->type == WIRE_THAW || request->type == WIRE_FENCE;
	struct session_question question = {
		.request = *request,
		.limit_s = limit_s,
		.stop = always ? NULL : machine->stop,
	};

	return session_ask(machine->session, &question, ret, err);
}

/* One whose answer says nothing but that it was done. */
static int order(struct machine *machine, const struct remote_request *request,
		 double limit_s, struct error **err)
{
	struct remote_answer answer = {0};
	int r = ask(machine, request, limit_s, &answer, err);

	free(answer.bytes);
	return r;
}

/* Lines of printable text, and not too many. */
static int take_text(const struct remote_answer *answer, char **ret_text,
		     struct error **err)
{
	size_t length =
		answer->length < WIRE_TEXT_MAX ? answer->length : WIRE_TEXT_MAX;
	char *text = calloc(1, length + 1);
	char *line = text;

	if (!text)
		return error_memory(err);
	for (size_t i = 0; i < length; i++)
		text[i] = answer->bytes[i] ? (char)answer->bytes[i] : '?';
	while (*line) {
		char *end = strchrnul(line, '\n');
		char kept = *end;

		*end = '\0';
		parse_make_printable(line);
		*end = kept;
		line = end + (kept != '\0');
	}
	*ret_text = text;
	return 0;
}

static int ask_text(struct machine *machine,
		    const struct remote_request *request, double limit_s,
		    char **ret_text, struct error **err)
{
	struct remote_answer answer = {0};
	int r = ask(machine, request, limit_s, &answer, err);

	if (r == 0 && ret_text)
		r = take_text(&answer, ret_text, err);
	free(answer.bytes);
	return r;
}

/* --- beginning and end ------------------------------------------------- */

static int open_disk(struct machine *machine, uint32_t number, const char *disk,
		     struct error **err)
{
	uint8_t payload[8 + WIRE_PATH_MAX] = {0};
	size_t length = strlen(disk);
	struct remote_request request = {
		.type = WIRE_OPEN, .payload = payload, .length = 8 + length};
	struct remote_answer answer = {0};
	struct description description;
	int r;

	if (!length || length >= WIRE_PATH_MAX || number >= WIRE_DISKS_MAX)
		return error_set(err, ERROR_CONFIG, ENAMETOOLONG,
				 "disk '%.64s'", disk);
	(void)wire_put32(payload, number);
	memcpy(payload + 8, disk, length);
	r = ask(machine, &request, DIAL_S, &answer, err);
	if (r < 0)
		return error_wrap(err, "'%s'", disk);
	r = description_take(disk, answer.bytes, answer.length, &description,
			     err);
	if (r == 0)
		machine->size[number] = description.disk.size;
	free(answer.bytes);
	return r;
}

int machine_open(const struct source_spec *spec, char *const *disks,
		 const _Atomic bool *stop, struct machine **ret,
		 struct error **err)
{
	struct machine *machine = calloc(1, sizeof(*machine));
	uint32_t number = 0;
	int r;

	if (!machine)
		return error_memory(err);
	machine->stop = stop;
	r = login_parse(spec, &machine->login, err);
	if (r == 0)
		r = session_open(&machine->login.peer, io_seconds() + DIAL_S,
				 stop, &machine->session, err);
	for (char *const *disk = disks; r == 0 && *disk; disk++)
		r = open_disk(machine, number++, *disk, err);
	if (r < 0)
		machine_close(machine);
	else
		*ret = machine;
	return r;
}

void machine_close(struct machine *machine)
{
	if (!machine)
		return;
	if (machine->session && atomic_load(&machine->quiesced))
		(void)machine_thaw(machine, NULL, NULL);
	session_close(machine->session);
	login_done(&machine->login);
	free(machine);
}

int machine_sync(struct machine *machine, struct error **err)
{
	struct remote_request request = {.type = WIRE_SYNC};

	return order(machine, &request, SYNC_S, err);
}

/* --- what is written to its disks --------------------------------------- */

static int check_number(const struct machine *machine, uint32_t number,
			struct error **err)
{
	if (number < WIRE_DISKS_MAX && machine->size[number])
		return 0;
	return error_set(err, ERROR_INTERNAL, EBADF, "disk %u of %s", number,
			 machine->login.name);
}

int machine_track(struct machine *machine, uint32_t number, struct error **err)
{
	uint8_t payload[8];
	struct remote_request request = {.type = WIRE_TRACK,
					 .payload = payload,
					 .length = sizeof(payload)};
	int r = check_number(machine, number, err);

	(void)wire_put32(wire_put32(payload, number), 0);
	return r == 0 ? order(machine, &request, TRACK_S, err) : r;
}

int machine_cut(struct machine *machine, uint32_t number, struct extents *ret,
		char **ret_reason, struct error **err)
{
	uint8_t payload[8];
	struct remote_request request = {.type = WIRE_CUT,
					 .payload = payload,
					 .length = sizeof(payload)};
	struct remote_answer answer = {0};
	int r = check_number(machine, number, err);

	(void)wire_put32(wire_put32(payload, number), 0);
	if (r == 0)
		r = ask(machine, &request, TRACK_S, &answer, err);
	if (r < 0)
		return r;
	r = changes_take(&(struct changes_answer){machine->login.name,
						  answer.bytes, answer.length,
						  machine->size[number]},
			 ret, ret_reason, err);
	free(answer.bytes);
	return r;
}

/* --- holding it still -------------------------------------------------- */

static int encode(const struct machine_stillness *how,
		  uint8_t payload[WIRE_REQUEST_MAX], size_t *ret_length,
		  struct error **err)
{
	uint8_t *at = wire_put32(wire_put32(payload, how->kind), 0);

	for (char *const *unit = how->units; unit && *unit; unit++) {
		size_t length = strlen(*unit) + 1;

		if (length < 2 || length > WIRE_UNIT_MAX ||
		    unit - how->units >= (ptrdiff_t)WIRE_UNITS_MAX ||
		    length > (size_t)(payload + WIRE_REQUEST_MAX - at))
			return error_set(err, ERROR_CONFIG, 0,
					 "unit '%.64s' is too long a name, or "
					 "one too many",
					 *unit);
		memcpy(at, *unit, length);
		at += length;
	}
	*ret_length = (size_t)(at - payload);
	return 0;
}

int machine_prepare(struct machine *machine,
		    const struct machine_stillness *how, char **ret_text,
		    struct error **err)
{
	uint8_t payload[WIRE_REQUEST_MAX];
	struct remote_request request = {.type = WIRE_PREPARE,
					 .payload = payload};
	int r = encode(how, payload, &request.length, err);

	if (r == 0)
		r = ask_text(machine, &request, PREPARE_S, ret_text, err);
	return r;
}

int machine_quiesce(struct machine *machine,
		    const struct machine_stillness *how, char **ret_text,
		    struct error **err)
{
	uint8_t payload[WIRE_REQUEST_MAX];
	struct remote_request request = {.type = WIRE_QUIESCE,
					 .payload = payload};
	int r = encode(how, payload, &request.length, err);

	if (r < 0)
		return r;
	/* Its clock starts with the request. */
	machine->snapshot = how->kind == WIRE_QUIESCE_SNAPSHOT;
	session_hold(machine->session,
		     machine->snapshot ? SNAPSHOT_SILENT_S : SILENT_S);
	r = ask_text(machine, &request, QUIESCE_S, ret_text, err);
	if (r == 0) {
		atomic_store(&machine->quiesced, true);
		return 0;
	}
	/* Refused, it has undone all; given up, it does so on this order. */
	if (r == -ECANCELED || r == -ETIMEDOUT || r == -ENOMEM)
		(void)machine_thaw(machine, NULL, NULL);
	session_hold(machine->session, 0);
	return r;
}

int machine_thaw(struct machine *machine, char **ret_text, struct error **err)
{
	struct remote_request request = {.type = WIRE_THAW};

	/* Who starts units again says nothing meanwhile, and nothing depends
	 * on its silence any more. */
	atomic_store(&machine->quiesced, false);
	session_hold(machine->session, 0);
	return ask_text(machine, &request, THAW_S, ret_text, err);
}

int machine_view(struct machine *machine, uint64_t *ret_key, struct error **err)
{
	uint8_t payload[16] = {0};
	struct remote_request request = {.type = WIRE_VIEW,
					 .payload = payload,
					 .length = sizeof(payload)};
	struct remote_answer answer = {0};
	int r = ask(machine, &request, VIEW_S, &answer, err);

	if (r < 0)
		return r;
	*ret_key = answer.length == 8 ? wire_get64(answer.bytes) : 0;
	free(answer.bytes);
	return *ret_key ? 0
			: error_set(err, ERROR_SOURCE, 0,
				    "%s: an answer that is no key",
				    machine->login.name);
}

int machine_still(struct machine *machine, struct error **err)
{
	struct remote_request request = {.type = WIRE_RENEW};

	if (!atomic_load(&machine->quiesced))
		return error_set(err, ERROR_INTERNAL, 0,
				 "%s was never held still",
				 machine->login.name);
	return order(machine, &request,
		     machine->snapshot ? SNAPSHOT_STILL_S : STILL_S, err);
}

bool machine_lost(struct machine *machine)
{
	if (session_lost(machine->session))
		return true;
	return atomic_load(&machine->quiesced) &&
	       io_seconds() - session_held(machine->session) >
		       (machine->snapshot ? SNAPSHOT_STILL_S : STILL_S);
}

/* Whoever is off does not answer: not within the silence that the session
 * takes for a loss. */
static int see_gone(struct machine *machine, struct error **err)
{
	double end = io_seconds() + GONE_S;

	while (!session_lost(machine->session)) {
		if (io_seconds() > end)
			return error_set(err, ERROR_SOURCE, 0,
					 "%s was to be off and answers still",
					 machine->login.name);
		(void)usleep(LOOK_US);
	}
	atomic_store(&machine->quiesced, false);
	return 0;
}

int machine_fence(struct machine *machine, enum wire_fence kind,
		  struct error **err)
{
	uint8_t payload[8];
	struct remote_request request = {.type = WIRE_FENCE,
					 .payload = payload,
					 .length = sizeof(payload)};
	int r;

	(void)wire_put32(wire_put32(payload, kind), 0);
	r = order(machine, &request, FENCE_S, err);
	return r == 0 ? see_gone(machine, err) : r;
}

/* --- what it is -------------------------------------------------------- */

int machine_storage(struct machine *machine, struct storage *ret,
		    struct error **err)
{
	struct remote_request request = {.type = WIRE_STORAGE};
	struct remote_answer answer = {0};
	int r = ask(machine, &request, STORAGE_S, &answer, err);

	if (r == 0)
		r = storage_parse(machine->login.name, answer.bytes,
				  answer.length, ret, err);
	free(answer.bytes);
	return r;
}
