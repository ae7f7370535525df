/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Secrets that a parameter names but does not hold.  What they are goes into
 * no message, and no name leads out of the place that it is a name in.
 */
#include "config/secret.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <blkid/blkid.h>

#include "base/error.h"
#include "base/io.h"
#include "config/load.h"
#include "disk/mount.h"

/* As much as cryptsetup(8) takes of a key file. */
#define SECRET_LIMIT ((size_t)8 << 20)
#define FW_CFG	     "/sys/firmware/qemu_fw_cfg/by_name"
#define CREDENTIALS  "/run/credentials/@system"

static int read_file(const char *directory, const char *name, const char *end,
		     char **ret, size_t *ret_length, struct error **err)
{
	char *path = NULL;
	int r;

	/* No way out of the directory. */
	if (!*name || *name == '/' || strstr(name, ".."))
		return error_set(err, ERROR_CONFIG, 0, "'%s' is no such name",
				 name);
	if (asprintf(&path, "%s/%s%s", directory, name, end) < 0)
		return error_memory(err);
	r = io_read_file(path, SECRET_LIMIT, ret, ret_length, err);
	free(path);
	if (r < 0 && err)
		(*err)->kind = ERROR_CONFIG;
	return r;
}

static int read_volume(const char *name, char **ret, size_t *ret_length,
		       struct error **err)
{
	char *device = load_find_volume();
	char *directory = NULL;
	char *fs = NULL;
	int r;

	if (!device)
		return error_set(err, ERROR_CONFIG, 0,
				 "file:%s: no volume is labelled LANDER", name);
	fs = blkid_get_tag_value(NULL, "TYPE", device);
	r = mount_open(device, fs ? fs : "vfat", true, &directory, err);
	if (r == 0) {
		r = read_file(directory, name, "", ret, ret_length, err);
		(void)mount_close(directory, NULL);
	}
	free(fs);
	free(device);
	return r < 0 ? error_wrap(err, "file:%s on the volume LANDER", name)
		     : 0;
}

/* "text\n" is a text: editors end lines, passphrases have no end. */
static size_t without_line_end(const char *text, size_t length)
{
	const char *end = memchr(text, '\n', length);

	if (!end || end + 1 != text + length || memchr(text, '\0', length))
		return length;
	length--;
	return length && text[length - 1] == '\r' ? length - 1 : length;
}

static int finish(char *secret, size_t length, void **ret, size_t *ret_length,
		  struct error **err)
{
	length = secret ? without_line_end(secret, length) : 0;
	if (!length) {
		free(secret);
		return error_set(err, ERROR_CONFIG, 0, "it is empty");
	}
	*ret = secret;
	*ret_length = length;
	return 0;
}

static bool is_named(const char *text)
{
	return !strncmp(text, "file:", 5) || !strncmp(text, "fw_cfg:", 7);
}

static int read_path(const char *path, char **ret, size_t *ret_length,
		     struct error **err)
{
	int r = io_read_file(path, SECRET_LIMIT, ret, ret_length, err);

	if (r < 0 && err)
		(*err)->kind = ERROR_CONFIG;
	return r;
}

/* All of it, byte for byte. */
static int read_place(const char *from, char **ret, size_t *ret_length,
		      struct error **err)
{
	const char *name = from + strlen("cred:");
	int r;

	if (!strncmp(from, "file:", 5))
		return read_volume(from + 5, ret, ret_length, err);
	if (*from == '/')
		return read_path(from, ret, ret_length, err);
	if (!strncmp(from, "fw_cfg:", 7))
		r = read_file(FW_CFG, from + 7, "/raw", ret, ret_length, err);
	else if (!strncmp(from, "cred:", 5) && !strchr(name, '/'))
		r = read_file(CREDENTIALS, name, "", ret, ret_length, err);
	else
		return error_set(err, ERROR_CONFIG, 0,
				 "it is none of file:NAME, fw_cfg:NAME, "
				 "cred:NAME and the path of a file");
	return r < 0 ? error_wrap(err, "%s", from) : 0;
}

int secret_read(const char *text, void **ret, size_t *ret_length,
		struct error **err)
{
	char *secret = NULL;

	if (is_named(text))
		return secret_read_place(text, ret, ret_length, err);
	secret = strdup(text);
	if (!secret)
		return error_memory(err);
	return finish(secret, strlen(text), ret, ret_length, err);
}

int secret_read_place(const char *from, void **ret, size_t *ret_length,
		      struct error **err)
{
	char *secret = NULL;
	size_t length = 0;
	int r = read_place(from, &secret, &length, err);

	return r < 0 ? r : finish(secret, length, ret, ret_length, err);
}

int secret_read_whole(const char *from, void **ret, size_t *ret_length,
		      struct error **err)
{
	char *bytes = NULL;
	int r = read_place(from, &bytes, ret_length, err);

	*ret = bytes;
	return r;
}

int secret_read_file(const char *path, void **ret, size_t *ret_length,
		     struct error **err)
{
	char *secret = NULL;
	size_t length = 0;
	int r = read_path(path, &secret, &length, err);

	return r < 0 ? r : finish(secret, length, ret, ret_length, err);
}

void secret_forget(void *secret, size_t length)
{
	if (secret)
		explicit_bzero(secret, length);
	free(secret);
}
