/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others are told waits in order; what goes when there is no more room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/io.h"
#include "run/outbox.h"

struct taker {
	_Atomic enum outbox_fate fate;
	_Atomic unsigned int tries;
	char taken[256];
};

static enum outbox_fate take(void *owner, const char *text,
			     const _Atomic bool *stop, struct error **err)
{
	struct taker *taker = owner;
	enum outbox_fate fate = atomic_load(&taker->fate);

	(void)stop;
	atomic_fetch_add(&taker->tries, 1);
	if (fate == OUTBOX_TAKEN)
		(void)strcat(strcat(taker->taken, text), " ");
	else
		(void)error_set(err, ERROR_NETWORK, 0, "not now");
	return fate;
}

static struct outbox *queue(struct taker *taker, size_t limit)
{
	const struct outbox_options options = {"test", limit, take, taker};
	struct outbox *outbox = NULL;

	assert_int_equal(outbox_open(&options, &outbox, NULL), 0);
	return outbox;
}

/* Until the thread has the first one: that one stays. */
static void put_first(struct outbox *outbox, struct taker *taker)
{
	double end = io_seconds() + 20;

	outbox_put(outbox, OUTBOX_NOTE, strdup("first"));
	while (!atomic_load(&taker->tries) && io_seconds() < end)
		(void)usleep(1000);
	assert_true(atomic_load(&taker->tries) > 0);
}

static void the_least_goes_first(void **state)
{
	struct taker taker = {.fate = OUTBOX_LATER};
	struct outbox *outbox = queue(&taker, 4);

	(void)state;
	put_first(outbox, &taker);
	outbox_put(outbox, OUTBOX_PROGRESS, strdup("p1"));
	outbox_put(outbox, OUTBOX_NOTE, strdup("n1"));
	outbox_put(outbox, OUTBOX_PROGRESS, strdup("p2"));
	outbox_put(outbox, OUTBOX_END, strdup("end")); /* p1 goes */
	outbox_put(outbox, OUTBOX_NOTE, strdup("n2")); /* p2 */
	outbox_put(outbox, OUTBOX_NOTE, strdup("n3")); /* first or n1 */
	outbox_put(outbox, OUTBOX_NOTE, strdup("n4"));
	assert_false(outbox_wait(outbox, io_seconds() + 0.1));
	assert_false(outbox_answered(outbox));
	atomic_store(&taker.fate, OUTBOX_TAKEN);
	outbox_hurry(outbox, true);
	assert_true(outbox_wait(outbox, io_seconds() + 20));
	assert_true(outbox_answered(outbox));
	assert_string_equal(taker.taken, "end n2 n3 n4 ");
	assert_int_equal(outbox_lost(outbox), 2);
	assert_int_equal(outbox_lost(outbox), 0);
	assert_true(outbox_close(outbox));
}

static void what_is_refused_holds_up_nobody(void **state)
{
	struct taker taker = {.fate = OUTBOX_REFUSED};
	struct outbox *outbox = queue(&taker, 4);

	(void)state;
	outbox_put(outbox, OUTBOX_END, strdup("a"));
	outbox_put(outbox, OUTBOX_END, strdup("b"));
	assert_true(outbox_wait(outbox, io_seconds() + 20));
	assert_int_equal(atomic_load(&taker.tries), 2);
	assert_true(outbox_close(outbox));
}

/* Who is somebody else is asked again, but not when the machine is to go. */
static void somebody_else_is_given_up_at_the_end(void **state)
{
	struct taker taker = {.fate = OUTBOX_FOREIGN};
	struct outbox *outbox = queue(&taker, 4);

	(void)state;
	put_first(outbox, &taker);
	assert_false(outbox_wait(outbox, io_seconds() + 0.2));
	outbox_hurry(outbox, true);
	assert_true(outbox_wait(outbox, io_seconds() + 20));
	assert_true(outbox_close(outbox));
	assert_string_equal(taker.taken, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_goes_first),
		cmocka_unit_test(what_is_refused_holds_up_nobody),
		cmocka_unit_test(somebody_else_is_given_up_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
