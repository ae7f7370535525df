/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NAMES_MDADM_H
#define LANDER_GUEST_NAMES_MDADM_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct names;

/** names_mdadm(names, err): a DEVICE line of mdadm.conf(5) that names the old
 *  machine's disks becomes a comment: without one mdadm looks at every
 *  partition, and the superblocks say what belongs together.  An ARRAY line
 *  that knows its members by name only is told. */
int names_mdadm(struct names *names, struct error **err);

/** names_mdadm_is(line, word): a line of mdadm.conf(5) with that keyword, which
 *  may be cut to three letters. */
bool names_mdadm_is(const char *line, const char *word);

/** names_mdadm_length(text): of a line and those that go on with it, which
 *  begin with a blank; without the last newline. */
size_t names_mdadm_length(const char *text);

/** names_mdadm_has(line, length, word): a word of it begins so. */
bool names_mdadm_has(const char *line, size_t length, const char *word);

#endif
