/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SERVE_DAEMON_FILES_H
#define LANDER_SERVE_DAEMON_FILES_H

struct daemon_order;
struct error;

/** What a server needs, in a directory that only root may enter. */
struct daemon_files {
	char directory[32]; /* "" when there is none */
	char config[64];
	char program[64];
};

/** daemon_files_make(order, ret, err), daemon_files_remove(files).
 *  Source: sshd_config(5), sshd(8) on authorized_keys. */
int daemon_files_make(const struct daemon_order *order,
		      struct daemon_files *ret, struct error **err);
void daemon_files_remove(struct daemon_files *files);

#endif
