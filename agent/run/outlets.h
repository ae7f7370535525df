/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_OUTLETS_H
#define LANDER_RUN_OUTLETS_H

#include <stdbool.h>

#include "base/log.h"

struct config;
struct error;
struct outlets;
struct status;

/** outlets_open(): nobody listens yet; NULL without memory. */
struct outlets *outlets_open(void);

/** outlets_listen(outlets, config, whole, err): who listens is who the job
 *  names: its webhook, its syslog server and its port.  When these are who
 * listened before, they just go on, with what waits for them.  Not whole: more
 * words may come, and those of the try before hold until then. Errors:
 * ERROR_CONFIG with the parameter and its origin. */
int outlets_listen(struct outlets *outlets, const struct config *config,
		   bool whole, struct error **err);

/** Somebody in this program who is told, too, whoever else listens.  Called
 *  with locks held: it must not wait, and must not call back. */
struct outlets_observer {
	void *owner;
	void (*event)(void *owner, const char *kind,
		      const struct status *status);
	void (*line)(void *owner, const char *text);
};

/** outlets_observe(outlets, observer): from now on this one; NULL: nobody. */
void outlets_observe(struct outlets *outlets,
		     const struct outlets_observer *observer);

/** outlets_job(outlets, job): for the lines. */
void outlets_job(struct outlets *outlets, const char *job);

/** outlets_event(outlets, kind, status, message): to the webhook; kind as in
 *  run/status.h.  Never waits. */
void outlets_event(struct outlets *outlets, const char *kind,
		   const struct status *status, const char *message);

/** outlets_line(outlets, level, text): to syslog.  Never waits. */
void outlets_line(struct outlets *outlets, enum log_level level,
		  const char *text);

/** outlets_orders(outlets, answer, owner): who obeys what the host of this
 *  machine orders by the port; run/port.h.  NULL: nobody, from its return on.
 */
typedef int outlets_answer(void *owner, const char *order, char *answer);
void outlets_orders(struct outlets *outlets, outlets_answer *answer,
		    void *owner);

/** outlets_deliver(outlets): before this machine or program ends; waits a
 *  minute for a webhook that answered before, less for one that never did, and
 *  tells what is not taken. */
void outlets_deliver(struct outlets *outlets);

/** outlets_close(outlets): drops what waits. */
void outlets_close(struct outlets *outlets);

#endif
