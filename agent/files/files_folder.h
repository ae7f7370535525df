/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_FOLDER_H
#define LANDER_FILES_FOLDER_H

#include <stdbool.h>

struct error;
struct files_job;
struct files_names;
struct files_node;
struct files_place;
struct files_record;

/** files_folder_open(job, node, names, err): this directory of the copy, whose
 *  metadata have come; what is in it.  What would get in the way of changes is
 *  taken off until files_folder_finish(). */
int files_folder_open(struct files_job *job, struct files_node *node,
		      struct files_names *names, struct error **err);

/** files_folder_finish(job, node): nothing changes in it any more: its own
 *  metadata, last of all. */
void files_folder_finish(struct files_job *job, struct files_node *node);

/**
 * files_folder_child(job, node, record, here, err): a directory in it that the
 * source has; here: as of files_names_take().  It is made when it is missing,
 * and put on the list of what is to do.
 */
int files_folder_child(struct files_job *job, struct files_node *node,
		       const struct files_record *record, int here,
		       struct error **err);

/** files_folder_remove(job, node, name, err): with all that is in it. */
int files_folder_remove(struct files_job *job, struct files_node *node,
			const char *name, struct error **err);

/** files_folder_place(job, node, name, ret): of a file in it; path is to be
 *  filled by files_node_path(). */
void files_folder_place(const struct files_job *job, struct files_node *node,
			const char *name, struct files_place *ret);

#endif
