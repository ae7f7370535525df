/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_GUEST_NICS_H
#define LANDER_TESTS_GUEST_NICS_H

/* Running the network's part of the conversion on a tree, and looking at whole
 * files and at what was said. */

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/nics.h"
#include "guest/tree.h"
#include "guest_tree.h"

static struct convert nics_state;

static inline void nics_make(const char *script)
{
	guest_make(script);
}

static inline void nics_put(const char *path, const char *text)
{
	assert_true(edit_file("guest", path,
			      &(struct edit_content){text, strlen(text), 0644,
						     false},
			      NULL) >= 0);
}

static inline void nics_holds(const char *path, const char *text)
{
	char *has = NULL;

	assert_int_equal(tree_read("guest", path, 1 << 20, &has), 0);
	assert_string_equal(has, text);
	free(has);
}

static inline void nics_run(const struct convert_nic *nic, size_t count,
			    const char *const *words)
{
	struct error *error = NULL;
	int r;

	steps_free(&nics_state.steps);
	nics_state.root = "guest";
	nics_state.nic = nic;
	nics_state.nics = count;
	nics_state.nic_map = words;
	r = nics_convert(&nics_state, &error);
	if (r < 0)
		fail_msg("%s", error->msg);
	guest_stayed_inside();
}

static inline void nics_said(enum step_outcome outcome, const char *text)
{
	for (size_t i = 0; i < nics_state.steps.count; i++)
		if (nics_state.steps.step[i].outcome == outcome &&
		    strstr(nics_state.steps.step[i].text, text))
			return;
	for (size_t i = 0; i < nics_state.steps.count; i++)
		print_message("%s: %s\n",
			      steps_word(nics_state.steps.step[i].outcome),
			      nics_state.steps.step[i].text);
	fail_msg("it did not say: %s", text);
}

/* The sum of all files and links, their names and modes. */
#define NICS_SUM                                                  \
	"(cd guest && find . -printf '%p %y %m %l\\n' | sort && " \
	"find . -type f | sort | xargs -d '\\n' cat) | cksum"

/* A second run changes no byte and says nothing was done. */
static inline void nics_again(const struct convert_nic *nic, size_t count,
			      const char *const *words)
{
	assert_true(guest_is(NICS_SUM " >sum"));
	nics_run(nic, count, words);
	if (!guest_is("test \"$( " NICS_SUM " )\" = \"$(cat sum)\"")) {
		(void)guest_is("cd guest && find . -type f | sort | "
			       "xargs -d \"\n\" tail -n +1 >&2");
		fail_msg("a second run changed something");
	}
	for (size_t i = 0; i < nics_state.steps.count; i++)
		if (nics_state.steps.step[i].outcome == STEP_DONE)
			fail_msg("again: %s", nics_state.steps.step[i].text);
}

#endif
