/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files of the server: its configuration, its host key, who may log in, and
 * lander-source.  All of it is ours: no file of the system decides who reads,
 * and no word gets into a configuration that could be another line of it.
 */
#include "serve/daemon_files.h"

#include <sys/stat.h>
#include <sys/utsname.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "net/ssh_key.h"
#include "serve/daemon.h"
#include "source/helper.h"

#define NAME_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"

/* A key can't be guessed, so nobody is made to wait after a wrong one: he may
 * share his address with the target. */
static const char settings[] = "AuthenticationMethods publickey\n"
			       "PubkeyAuthentication yes\n"
			       "PasswordAuthentication no\n"
			       "KbdInteractiveAuthentication no\n"
			       "HostbasedAuthentication no\n"
			       "PermitEmptyPasswords no\n"
			       "AllowUsers root\n"
			       "UsePAM no\n"
			       "DisableForwarding yes\n"
			       "PermitUserRC no\n"
			       "PermitUserEnvironment no\n"
			       "PrintMotd no\n"
			       "PrintLastLog no\n"
			       "UseDNS no\n"
			       "PidFile none\n"
			       "LogLevel VERBOSE\n"
			       "LoginGraceTime 30\n"
			       "MaxStartups 64\n"
			       "PerSourcePenalties no\n"
			       "ClientAliveInterval 15\n"
			       "ClientAliveCountMax 8\n";

/* Who reads disks runs one program; who helps has a shell, and can copy files.
 */
static const char reading[] = "PermitRootLogin forced-commands-only\n"
			      "PermitTTY no\n";
static const char helping[] = "PermitRootLogin prohibit-password\n"
			      "PermitTTY yes\n"
			      "SetEnv PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
			      "Subsystem sftp internal-sftp\n";

/* In pieces, so that none of them has to be put together in memory. */
struct piece {
	const void *at;
	size_t length;
};

static int put(const struct daemon_files *files, const char *name, int mode,
	       const struct piece *piece, struct error **err)
{
	char path[64];
	int fd;
	int r = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", files->directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return error_set(err, ERROR_INTERNAL, errno, "%s", path);
	for (; r == 0 && piece->at; piece++) {
		size_t done = 0;

		while (r == 0 && done < piece->length) {
			ssize_t n = write(fd, (const char *)piece->at + done,
					  piece->length - done);

			if (n > 0)
				done += (size_t)n;
			else if (n == 0 || errno != EINTR)
				r = error_set(err, ERROR_INTERNAL, errno, "%s",
					      path);
		}
	}
	if (close(fd) < 0 && r == 0)
		r = error_set(err, ERROR_INTERNAL, errno, "%s", path);
	return r;
}

static int put_text(const struct daemon_files *files, const char *name,
		    const char *text, struct error **err)
{
	const struct piece piece[] = {{text, strlen(text)}, {NULL, 0}};

	return put(files, name, 0600, piece, err);
}

/* "…/lander-source serve vda vdb" */
static int make_command(const struct daemon_files *files,
			const struct daemon_order *order, char **ret,
			struct error **err)
{
	size_t length = 0;
	FILE *out;

	for (const char *const *disk = order->disk; *disk; disk++)
		if (!**disk || strspn(*disk, NAME_LETTERS) != strlen(*disk))
			return error_set(err, ERROR_CONFIG, 0,
					 "'%s' can't be served: only letters, "
					 "digits and / . _ - may be in a name",
					 *disk);
	out = open_memstream(ret, &length);
	if (!out)
		return error_memory(err);
	(void)fprintf(out, "%s serve", files->program);
	for (const char *const *disk = order->disk; *disk; disk++)
		(void)fprintf(out, " %s", *disk);
	return fclose(out) == 0 ? 0 : error_memory(err);
}

/* What they may do once they are in. */
static int put_readers(const struct daemon_files *files,
		       const struct daemon_order *order, const char *command,
		       struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	int r;

	if (!out)
		return error_memory(err);
	for (size_t i = 0; i < order->readers; i++) {
		if (order->shell)
			(void)fputs("restrict,pty", out);
		else
			(void)fprintf(out, "restrict,command=\"%s\"", command);
		(void)fprintf(out, " %s %s\n", order->reader[i].type,
			      order->reader[i].text);
	}
	r = fclose(out) == 0 ? put_text(files, "readers", text, err)
			     : error_memory(err);
	free(text);
	return r;
}

static int put_config(const struct daemon_files *files,
		      const struct daemon_order *order, const char *command,
		      struct error **err)
{
	char *text = NULL;
	int r;

	if (asprintf(&text,
		     "Port %s\nHostKey %s/host\nAuthorizedKeysFile "
		     "%s/readers\n%s%s%s%s%s",
		     order->port, files->directory, files->directory,
		     order->shell ? "" : "ForceCommand ",
		     order->shell ? "" : command, order->shell ? "" : "\n",
		     order->shell ? helping : reading, settings) < 0)
		return error_memory(err);
	r = put_text(files, "config", text, err);
	free(text);
	return r;
}

/* The one of this machine's kind. */
static const struct helper *own_helper(void)
{
	struct utsname name;

	if (uname(&name) < 0)
		return NULL;
	for (size_t i = 0; i < HELPERS; i++)
		if (!strcmp(helper_each[i].machine, name.machine))
			return &helper_each[i];
	return NULL;
}

static int put_program(const struct daemon_files *files,
		       const struct daemon_order *order, char **ret_command,
		       struct error **err)
{
	const struct helper *helper = own_helper();
	const struct piece program[] = {{helper ? helper->program : NULL,
					 helper ? helper_size(helper) : 0},
					{NULL, 0}};
	int r;

	if (!helper)
		return error_set(err, ERROR_INTERNAL, 0,
				 "no lander-source is made for this kind of "
				 "machine");
	r = make_command(files, order, ret_command, err);
	return r < 0 ? r : put(files, "lander-source", 0700, program, err);
}

static int fill(const struct daemon_files *files,
		const struct daemon_order *order, struct error **err)
{
	const struct piece host[] = {
		{order->host->private.at, order->host->private.length},
		{NULL, 0}};
	char *command = NULL;
	int r = order->shell ? 0 : put_program(files, order, &command, err);

	if (r == 0)
		r = put(files, "host", 0600, host, err);
	if (r == 0)
		r = put_readers(files, order, command, err);
	if (r == 0)
		r = put_config(files, order, command, err);
	free(command);
	return r;
}

int daemon_files_make(const struct daemon_order *order,
		      struct daemon_files *ret, struct error **err)
{
	struct daemon_files files = {.directory = "/run/lander-serve-XXXXXX"};
	int r;

	if (!mkdtemp(files.directory))
		return error_set(err, ERROR_INTERNAL, errno,
				 "a directory in /run");
	(void)snprintf(files.config, sizeof(files.config), "%s/config",
		       files.directory);
	(void)snprintf(files.program, sizeof(files.program), "%s/lander-source",
		       files.directory);
	r = fill(&files, order, err);
	if (r < 0)
		daemon_files_remove(&files);
	else
		*ret = files;
	return r;
}

void daemon_files_remove(struct daemon_files *files)
{
	static const char *const names[] = {"config", "readers", "host",
					    "lander-source"};
	char path[64];

	if (!*files->directory)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", files->directory,
			       names[i]);
		(void)unlink(path);
	}
	(void)rmdir(files->directory);
	files->directory[0] = '\0';
}
