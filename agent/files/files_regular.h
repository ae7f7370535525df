/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_REGULAR_H
#define LANDER_FILES_REGULAR_H

struct error;
struct files_put;

/** files_regular_begin(put, err): a regular file comes: opened, when what is in
 *  it comes, too. */
int files_regular_begin(struct files_put *put, struct error **err);

/** files_regular_write(put, err): some of what is in it. */
int files_regular_write(struct files_put *put, struct error **err);

/** files_regular_received(put, err): all of it has come. */
int files_regular_received(struct files_put *put, struct error **err);

/** files_regular_compare(put, err): all that is known of it has come: whether
 *  it is the one that is here, and what is to be done if it is not. */
int files_regular_compare(struct files_put *put, struct error **err);

#endif
