/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The services that are stopped while the disks stand still, with those that
 * systemd stops along with them: who requires, is bound to or is part of a unit
 * goes when it goes, and does not come back with it.  Only what ran is started
 * again.
 * Source: systemd.unit(5) on Requires=, Requisite=, BindsTo=, PartOf= and
 * PropagatesStopTo=.
 */
#include "lander-source/units.h"

#include <errno.h>
#include <string.h>

#include "lander-source/hold.h"
#include "lander-source/text.h"
#include "lander-source/unit.h"

#define FOLLOWERS 8192 /* bytes of the names of one */

static void tell(struct text *to, const char *before, const char *name,
		 const char *after)
{
	text_add(to, before);
	text_add(to, name);
	text_add(to, after);
}

static bool is_known(const struct hold *hold, const char *name)
{
	for (size_t i = 0; i < hold->units; i++)
		if (text_equal(hold->unit[i].name, name))
			return true;
	return false;
}

/* Also those that do not run: systemd goes on to who depends on them. */
static int add_followers(struct hold *hold, size_t of, char *names,
			 struct text *why)
{
	char *at = names;

	while (*at) {
		struct hold_unit *unit = &hold->unit[hold->units];
		char *name = at;
		struct text text;

		while (*at && *at != ' ')
			at++;
		if (*at)
			*at++ = '\0';
		if (!*name || is_known(hold, name))
			continue;
		if (hold->units == HOLD_UNITS) {
			tell(why, "unit ", hold->unit[of].name,
			     " can't be stopped: more than can be started "
			     "again depend on it");
			return EBUSY;
		}
		hold->units++;
		unit->because = of + 1;
		text_begin(&text, unit->name, sizeof(unit->name));
		text_add(&text, name);
	}
	return 0;
}

int units_look(struct hold *hold, struct text *why)
{
	static char names[FOLLOWERS];
	int r = 0;

	/* Who is found is looked at, too, as the list grows. */
	for (size_t i = 0; r == 0 && i < hold->units; i++) {
		struct hold_unit *unit = &hold->unit[i];
		struct text followers;

		text_begin(&followers, names, sizeof(names));
		r = unit_look(unit->name, &unit->running, &followers, why);
		/* One that is not loaded any more does not run. */
		if (r == ENOENT && unit->because) {
			text_begin(why, why->at, why->room);
			r = 0;
		}
		if (r == 0 && (unit->running || unit->because))
			r = add_followers(hold, i, names, why);
		if (r == 0 && followers.full) {
			tell(why, "unit ", unit->name,
			     " can't be stopped: more depend on it than can be "
			     "listed");
			r = EBUSY;
		}
	}
	return r;
}

static void mark_followers(struct hold *hold, int state, struct text *done)
{
	for (size_t i = 0; i < hold->units; i++) {
		struct hold_unit *unit = &hold->unit[i];

		if (!unit->because || !unit->running)
			continue;
		atomic_store(&unit->state, state);
		if (state != HOLD_DONE)
			continue;
		tell(done, "unit ", unit->name, " is stopped along with ");
		tell(done, "", hold->unit[unit->because - 1].name, "\n");
	}
}

int units_stop(struct hold *hold, struct text *done, struct text *why)
{
	int r = units_look(hold, why);

	if (r == 0)
		mark_followers(hold, HOLD_DOING, done);
	for (size_t i = 0; r == 0 && i < hold->units; i++) {
		struct hold_unit *unit = &hold->unit[i];

		if (!unit->running || unit->because)
			continue;
		atomic_store(&unit->state, HOLD_DOING);
		r = unit_stop(unit->name, why);
		if (r)
			break;
		atomic_store(&unit->state, HOLD_DONE);
		tell(done, "unit ", unit->name, " is stopped\n");
	}
	if (r == 0)
		mark_followers(hold, HOLD_DONE, done);
	return r;
}

static void start_unit(struct hold_unit *unit, bool start, struct text *to)
{
	char said[600];
	struct text why;

	if (atomic_load(&unit->state) == HOLD_IDLE)
		return;
	text_begin(&why, said, sizeof(said));
	if (!start) {
		tell(to, "unit ", unit->name, " stays stopped\n");
		return;
	}
	if (unit->because ? unit_return(unit->name, &why)
			  : unit_start(unit->name, &why))
		tell(to, "not started again: ", said, "\n");
	else
		tell(to, "unit ", unit->name, " is started again\n");
	atomic_store(&unit->state, HOLD_IDLE);
}

/* In reverse order, and then who depends on them. */
void units_start(struct hold *hold, bool start, struct text *to)
{
	for (size_t i = hold->units; i-- > 0;)
		if (!hold->unit[i].because)
			start_unit(&hold->unit[i], start, to);
	for (size_t i = 0; i < hold->units; i++)
		if (hold->unit[i].because)
			start_unit(&hold->unit[i], start, to);
}

void units_tell(const struct hold *hold, struct text *to)
{
	for (size_t i = 0; i < hold->units; i++) {
		const struct hold_unit *unit = &hold->unit[i];

		if (!unit->because) {
			tell(to, "unit ", unit->name,
			     unit->running ? " is stopped\n"
					   : " does not run and is left "
					     "alone\n");
		} else if (unit->running) {
			tell(to, "unit ", unit->name,
			     " is stopped, too: it depends on ");
			tell(to, "", hold->unit[unit->because - 1].name, "\n");
		}
	}
}
