/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The agent's orders to hold the disks still, and what became of them.  All of
 * it is done by the keeper; nothing in here waits, so that reads and the
 * tracker go on meanwhile.  When the keeper itself was killed another one
 * undoes what that one did.
 */
#include "lander-source/quiesce.h"

#include <sys/wait.h>

#include <errno.h>
#include <string.h>

#include "lander-source/disk.h"
#include "lander-source/hold.h"
#include "lander-source/keeper.h"
#include "lander-source/order.h"
#include "lander-source/plan.h"
#include "lander-source/release.h"
#include "lander-source/reply.h"
#include "lander-source/system_control.h"
#include "lander-source/text.h"
#include "lander-source/view.h"

#define WAITING 16 /* RENEWs without an answer */

enum state { IDLE, PREPARING, QUIESCING, HELD, THAWING, LOST };

static bool may_quiesce;
static bool may_fence;

static enum state state;
static struct hold *hold;
static int line = -1;
static uint64_t tag;	  /* of the PREPARE or QUIESCE that is worked on */
static uint64_t thaw_tag; /* of the THAW */
static uint64_t fence_tag;
static bool quiesce_due; /* tag is not answered */
static bool fence_due;
static uint64_t renew_tag[WAITING];
static unsigned int renews;

void quiesce_allow(bool quiesce, bool fence)
{
	may_quiesce = quiesce;
	may_fence = fence;
}

uint64_t quiesce_view(void)
{
	return state == HELD && hold->view ? hold->view->key : 0;
}

int quiesce_fd(void)
{
	return line;
}

/* --- answers ----------------------------------------------------------- */

static bool answer(uint8_t type, uint64_t to, const char *text)
{
	return reply_send(&(struct reply){WIRE_ANSWER | type, WIRE_LAST, to},
			  text, strlen(text));
}

static bool refuse(uint64_t to, int code, const char *words)
{
	return reply_error(to, code, words);
}

/* All that still waits for the keeper. */
static bool refuse_waiting(int code, const char *words)
{
	bool there = true;

	for (unsigned int i = 0; there && i < renews; i++)
		there = refuse(renew_tag[i], code, words);
	renews = 0;
	if (there && fence_due)
		there = refuse(fence_tag, code, words);
	fence_due = false;
	return there;
}

static void forget(enum state next)
{
	plan_forget(hold);
	if (line >= 0)
		(void)system_close(line);
	line = -1;
	state = next;
	while (system_wait(-1, NULL, WNOHANG) > 0)
		;
}

/* --- what the keeper says ---------------------------------------------- */

/* What failed, and what was undone because of it. */
static bool tell_failure(int code)
{
	char words[1024];
	struct text text;
	const char *not_undone = hold->undone;

	text_begin(&text, words, sizeof(words));
	text_add(&text, hold->said);
	while ((not_undone = text_find(not_undone, "\nnot "))) {
		text_add(&text, "; ");
		for (not_undone++; *not_undone && *not_undone != '\n';
		     not_undone++)
			text_add_bytes(&text, not_undone, 1);
	}
	quiesce_due = false;
	return refuse(tag, code, words);
}

/* Another try is of use, or is not. */
static int lost_code(void)
{
	return hold->code == ENOSPC ? ENOSPC : ESTALE;
}

/* Why: the first line; the others are for who asks for THAW. */
static const char *lost_words(void)
{
	static char words[512];
	struct text text;

	text_begin(&text, words, sizeof(words));
	for (const char *at = hold->undone; *at && *at != '\n'; at++)
		text_add_bytes(&text, at, 1);
	return words;
}

/* Nothing is held any more, for whatever reason. */
static bool end_holding(int code)
{
	enum state before = state;
	bool there = true;

	forget(before == HELD ? LOST : IDLE);
	if (quiesce_due)
		there = tell_failure(code ? code : EIO);
	if (there && before == THAWING)
		there = answer(WIRE_THAW, thaw_tag, hold->undone);
	return there && refuse_waiting(lost_code(), lost_words());
}

/* It was killed: then nobody else does it. */
static bool replace_keeper(void)
{
	struct text undone;
	long at;

	text_begin(&undone, hold->undone, sizeof(hold->undone));
	if (state == PREPARING) {
		text_add(&undone, "the process that looks was ended");
		memcpy(hold->said, hold->undone, undone.length + 1);
		return end_holding(EIO);
	}
	/* Of what nobody was told nothing is held. */
	if (quiesce_due)
		atomic_store(&hold->done, false);
	at = keeper_replace(hold);
	if (at >= 0) {
		(void)system_close(line);
		line = (int)at;
		return true;
	}
	text_add(&undone, "the process that holds the disks was ended\n");
	release_all(hold, true, &undone);
	if (!hold->code)
		memcpy(hold->said, "it was ended", 13);
	return end_holding(hold->code);
}

static bool finish(void)
{
	bool prepared = state == PREPARING;
	uint8_t type = prepared ? WIRE_PREPARE : WIRE_QUIESCE;

	if (prepared)
		forget(IDLE);
	else if (state == QUIESCING)
		state = HELD;
	quiesce_due = false;
	return answer(type, tag, hold->said);
}

static bool renewed(void)
{
	uint64_t to = renew_tag[0];

	if (!renews)
		return true;
	renews--;
	memmove(renew_tag, renew_tag + 1, renews * sizeof(renew_tag[0]));
	return answer(WIRE_RENEW, to, "");
}

static bool take_word(char word)
{
	switch (word) {
	case KEEPER_DONE:
		return finish();
	case KEEPER_KEPT:
		return renewed();
	case KEEPER_FENCING:
		fence_due = false;
		return answer(WIRE_FENCE, fence_tag, "");
	default:
		return end_holding(hold->code);
	}
}

bool quiesce_turn(void)
{
	char word = 0;
	long n = system_read(line, &word, 1);

	if (n == -EINTR || n == -EAGAIN)
		return true;
	return n == 1 ? take_word(word) : replace_keeper();
}

/* --- what the agent asks ----------------------------------------------- */

static void take_units(const struct order *order)
{
	const char *at = order->units;
	const char *end = at + order->units_length;

	while (at < end && hold->units < WIRE_UNITS_MAX) {
		struct hold_unit *unit = &hold->unit[hold->units++];
		size_t length = strlen(at) + 1;

		memcpy(unit->name, at, length);
		at += length;
	}
}

static void take_disks(const struct disk *disks)
{
	for (size_t i = 0; i < WIRE_DISKS_MAX; i++) {
		struct hold_disk *disk = &hold->disk[hold->disks];

		if (!disks[i].open)
			continue;
		if (!disks[i].number[0]) {
			hold->files++;
			continue;
		}
		hold->disks++;
		disk->fd = disks[i].fd;
		memcpy(disk->number, disks[i].number, sizeof(disk->number));
	}
}

static bool make_room(enum wire_quiesce kind)
{
	long at;

	if (hold) {
		view_forget(hold->view);
		(void)system_unmap(hold, sizeof(*hold));
	}
	hold = NULL;
	state = IDLE;
	at = system_share(sizeof(*hold));
	if (at < 0 && at > -4096)
		return false;
	hold = (struct hold *)at;
	hold->kind = kind;
	if (kind == WIRE_QUIESCE_SNAPSHOT)
		hold->view = view_create();
	return kind != WIRE_QUIESCE_SNAPSHOT || hold->view;
}

static bool begin(const struct order *order, const struct disk *disks)
{
	bool look = order->header.type == WIRE_PREPARE;
	char words[1024];
	struct text why;
	long at;
	int code;

	text_begin(&why, words, sizeof(words));
	if (!make_room((enum wire_quiesce)order->kind))
		return refuse(order->header.tag, ENOMEM, "no memory for it");
	take_units(order);
	take_disks(disks);
	code = plan_make(hold, &why);
	if (!code) {
		at = keeper_start(hold, look);
		code = at < 0 ? (int)-at : 0;
		line = at < 0 ? -1 : (int)at;
	}
	if (code) {
		plan_forget(hold);
		return refuse(order->header.tag, code,
			      why.length ? words : "no process for it");
	}
	tag = order->header.tag;
	quiesce_due = true;
	state = look ? PREPARING : QUIESCING;
	return true;
}

static bool renew(uint64_t to)
{
	static const char word = KEEPER_RENEW;

	if (state == LOST)
		return refuse(to, lost_code(), lost_words());
	if (state == IDLE || state == PREPARING)
		return answer(WIRE_RENEW, to, "");
	if (renews == WAITING)
		return refuse(to, EBUSY, "too many of these at once");
	renew_tag[renews++] = to;
	(void)system_send(line, &word, 1);
	return true;
}

static bool thaw(uint64_t to)
{
	static const char word = KEEPER_THAW;

	if (state == LOST) {
		state = IDLE;
		return answer(WIRE_THAW, to, hold->undone);
	}
	if (state == IDLE || state == PREPARING)
		return answer(WIRE_THAW, to, "nothing was held\n");
	if (state == THAWING)
		return refuse(to, EBUSY, "it is under way");
	thaw_tag = to;
	state = THAWING;
	(void)system_send(line, &word, 1);
	return true;
}

static bool fence(const struct order *order)
{
	char word =
		order->kind == WIRE_FENCE_NIC ? KEEPER_NIC : KEEPER_POWEROFF;

	if (!may_fence)
		return refuse(order->header.tag, EPERM,
			      "this lander-source was started without --fence");
	if (state != HELD || fence_due || hold->view)
		return refuse(order->header.tag, EBUSY,
			      "only a machine whose disks are held still can "
			      "be fenced");
	fence_tag = order->header.tag;
	fence_due = true;
	(void)system_send(line, &word, 1);
	return true;
}

bool quiesce_order(const struct order *order, const struct disk *disks)
{
	uint64_t to = order->header.tag;

	switch (order->header.type) {
	case WIRE_RENEW:
		return renew(to);
	case WIRE_THAW:
		return thaw(to);
	case WIRE_FENCE:
		return fence(order);
	default:
		break;
	}
	if (!may_quiesce)
		return refuse(to, EPERM,
			      "this lander-source was started without "
			      "--quiesce");
	if (state != IDLE && state != LOST)
		return refuse(to, EBUSY, "something is being held already");
	return begin(order, disks);
}
