/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_MACHINE_H
#define LANDER_SOURCE_MACHINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "source/wire.h"

struct error;
struct extents;
struct source_spec;
struct storage;

/** A source machine as a whole: one session that holds it still, beside those
 *  that read its disks. */
struct machine;

/** How it is to be held still. */
struct machine_stillness {
	enum wire_quiesce kind;
	char *const *units; /* stopped meanwhile; NULL-terminated, or NULL */
};

/**
 * machine_open(spec, disks, stop, ret, err): log in and open these disks
 * (names as in FACTS or paths, NULL-terminated, at most WIRE_DISKS_MAX; their
 * place in the list is their number).  spec->uri may name a disk, too: it does
 * not count.  *stop becoming true ends every wait but those of thaw, fence and
 * close.
 * Errors: ssh_open()'s; ERROR_SOURCE.
 */
int machine_open(const struct source_spec *spec, char *const *disks,
		 const _Atomic bool *stop, struct machine **ret,
		 struct error **err);

/** machine_close(machine): thaws first.  NULL does nothing. */
void machine_close(struct machine *machine);

/** machine_storage(machine, ret, err): what lies on its open disks, what is
 *  mounted of it, and how it begins. */
int machine_storage(struct machine *machine, struct storage *ret,
		    struct error **err);

/** machine_sync(machine, err): all its file systems written out. */
int machine_sync(struct machine *machine, struct error **err);

/**
 * machine_track(machine, number, err): from now on every write to this disk is
 * noted when it is done; before anything of it is read.  Again: from the
 * beginning.  Errors: ERROR_SOURCE: it can't be tracked, and why;
 * ERROR_NETWORK.
 */
int machine_track(struct machine *machine, uint32_t number, struct error **err);

/**
 * machine_cut(machine, number, ret, ret_reason, err): what was written to since
 * machine_track() or the last cut, in blocks of 4096 bytes: read it after this.
 * What is written meanwhile belongs to the next cut, and perhaps to both.  When
 * it can't be told, *ret_reason says why (free() it, else NULL), nothing is in
 * the set, and it has begun again: all of the disk is to be compared, now.
 * Errors: ERROR_SOURCE: it is not tracked; ERROR_NETWORK.  After any error what
 * was noted is lost.
 */
int machine_cut(struct machine *machine, uint32_t number, struct extents *ret,
		char **ret_reason, struct error **err);

/**
 * machine_prepare(machine, how, ret_text, err): what machine_quiesce() would
 * do, a line each; free() it.  Nothing is changed there.
 * Errors: ERROR_SOURCE, EBUSY or ENOENT: what is in the way, in words.
 */
int machine_prepare(struct machine *machine,
		    const struct machine_stillness *how, char **ret_text,
		    struct error **err);

/**
 * machine_quiesce(machine, how, ret_text, err): nothing writes to those disks
 * any more, from now until machine_thaw(), or until the machine has not heard
 * from us for WIRE_RENEW_S seconds; what was done, a line each.  By snapshots
 * (WIRE_QUIESCE_SNAPSHOT) the machine goes on, and what it was is there for
 * source_view() until then, for WIRE_RENEW_SNAPSHOT_S seconds.  It either
 * succeeds or has undone everything.  Errors: as machine_prepare();
 * ERROR_NETWORK: the machine thaws itself.
 */
int machine_quiesce(struct machine *machine,
		    const struct machine_stillness *how, char **ret_text,
		    struct error **err);

/** machine_thaw(machine, ret_text, err): everything undone; lines of what
 *  could not be undone begin with "not ".  Does nothing but tell when it thawed
 *  itself.  ret_text may be NULL. */
int machine_thaw(struct machine *machine, char **ret_text, struct error **err);

/** machine_still(machine, err): asks whether it was held still without a break
 *  since machine_quiesce().  Errors: ERROR_SOURCE: it thawed, and why;
 *  ERROR_NETWORK. */
int machine_still(struct machine *machine, struct error **err);

/** machine_view(machine, ret_key, err): of a machine that was quiesced by
 *  snapshots: what source_view() reads them by. */
int machine_view(struct machine *machine, uint64_t *ret_key,
		 struct error **err);

/** machine_lost(machine): true for ever when the session is lost, and, while it
 *  is quiesced, when it may have thawed itself: what was learned since is
 *  worth nothing.  Costs nothing: for loops. */
bool machine_lost(struct machine *machine);

/**
 * machine_fence(machine, kind, err): it is switched off or taken off its
 * networks for good, and this was seen: it answers no more.  Only while it is
 * quiesced.  Errors: ERROR_SOURCE: it refuses, or answers still; ERROR_NETWORK:
 * it was lost, and may be off.
 */
int machine_fence(struct machine *machine, enum wire_fence kind,
		  struct error **err);

#endif
