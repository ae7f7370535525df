/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_SPECIAL_H
#define LANDER_FILES_SPECIAL_H

struct error;
struct files_put;

/** files_special_put(put, err): a symbolic link, device, pipe or socket, all of
 *  which has come, as it is to be. */
int files_special_put(struct files_put *put, struct error **err);

#endif
