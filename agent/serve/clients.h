/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SERVE_CLIENTS_H
#define LANDER_SERVE_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>

#define CLIENTS_MAX 16

/** Who reads: every address with a session that runs the program. */
struct client {
	char address[48];
	unsigned int sessions;
};

struct clients {
	struct client client[CLIENTS_MAX];
	size_t count;
	unsigned int more; /* sessions of still others */
};

/** clients_look(program, ret): as it is now, out of /proc: the processes whose
 *  file is this one, and their SSH_CONNECTION (sshd(8)). */
void clients_look(const char *program, struct clients *ret);

/** clients_find(clients, address): NULL when it has no session. */
const struct client *clients_find(const struct clients *clients,
				  const char *address);

/** clients_end(program): all of those processes, at once. */
void clients_end(const char *program);

#endif
