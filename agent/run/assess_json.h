/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_ASSESS_JSON_H
#define LANDER_RUN_ASSESS_JSON_H

#include <jansson.h>

struct assess_source;
struct survey;
struct verdict;

/** assess_json(source, survey, verdict): all that is known of a source, as one
 *  object; what is not known is missing or null.  NULL: no memory. */
json_t *assess_json(const struct assess_source *source,
		    const struct survey *survey, const struct verdict *verdict);

#endif
