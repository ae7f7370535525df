/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who reads from this machine, asked of the kernel: a session is a process of
 * lander-source, and its environment says whose it is.  It keeps no books that
 * could be wrong.
 * Source: proc(5), sshd(8) on SSH_CONNECTION.
 */
#include "serve/clients.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

#define CONNECTION "SSH_CONNECTION="

static bool runs(const char *pid, const char *program)
{
	char path[PATH_MAX];
	char file[PATH_MAX];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	n = readlink(path, file, sizeof(file) - 1);
	if (n < 0)
		return false;
	file[n] = '\0';
	return !strcmp(file, program);
}

/* Its first word is the client's address. */
static bool find_address(const char *pid, char *buf, size_t room)
{
	char path[PATH_MAX];
	char *text = NULL;
	size_t length = 0;
	bool found = false;

	(void)snprintf(path, sizeof(path), "/proc/%s/environ", pid);
	if (io_read_file(path, 1 << 16, &text, &length, NULL) < 0)
		return false;
	for (size_t at = 0; !found && at < length; at += strlen(text + at) + 1)
		if (!strncmp(text + at, CONNECTION, strlen(CONNECTION))) {
			const char *value = text + at + strlen(CONNECTION);

			(void)snprintf(buf, room, "%.*s",
				       (int)strcspn(value, " "), value);
			found = *buf;
		}
	free(text);
	return found;
}

static void add(struct clients *clients, const char *address)
{
	for (size_t i = 0; i < clients->count; i++)
		if (!strcmp(clients->client[i].address, address)) {
			clients->client[i].sessions++;
			return;
		}
	if (clients->count == CLIENTS_MAX) {
		clients->more++;
		return;
	}
	(void)snprintf(clients->client[clients->count].address,
		       sizeof(clients->client->address), "%s", address);
	clients->client[clients->count++].sessions = 1;
}

void clients_look(const char *program, struct clients *ret)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char address[48];

	*ret = (struct clients){0};
	while (dir && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    runs(entry->d_name, program) &&
		    find_address(entry->d_name, address, sizeof(address)))
			add(ret, address);
	if (dir)
		(void)closedir(dir);
}

const struct client *clients_find(const struct clients *clients,
				  const char *address)
{
	for (size_t i = 0; i < clients->count; i++)
		if (!strcmp(clients->client[i].address, address))
			return &clients->client[i];
	return NULL;
}

void clients_end(const char *program)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    runs(entry->d_name, program))
			(void)kill((pid_t)strtol(entry->d_name, NULL, 10),
				   SIGKILL);
	if (dir)
		(void)closedir(dir);
}
