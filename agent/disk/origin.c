/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A path as the file system itself counts it, which is how a boot loader will
 * look for it.  It reads the kernel's list of mounts and nothing else.
 */
#include "disk/origin.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"

#define LIMIT ((size_t)16 << 20)

/* One line: 36 35 98:0 /root /mount options shared:1 - ext4 /dev/root rw */
struct line {
	char *top;
	char *mount;
	char *device;
};

/* \040 and the like, in place. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' &&
		    from[2] >= '0' && from[2] <= '7' && from[3] >= '0' &&
		    from[3] <= '7') {
			*to++ = (char)((from[1] - '0') * 64 +
				       (from[2] - '0') * 8 + from[3] - '0');
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

static bool split(char *text, struct line *ret)
{
	char *rest = strstr(text, " - ");
	char *save = NULL;
	char *word;

	if (!rest)
		return false;
	*rest = '\0';
	*ret = (struct line){0};
	word = strtok_r(text, " ", &save);
	for (int i = 0; word && i < 5; i++) {
		if (i == 3)
			ret->top = word;
		else if (i == 4)
			ret->mount = word;
		word = strtok_r(NULL, " ", &save);
	}
	word = strtok_r(rest + 3, " ", &save);
	ret->device = word ? strtok_r(NULL, " ", &save) : NULL;
	if (!ret->top || !ret->mount || !ret->device)
		return false;
	unescape(ret->top);
	unescape(ret->mount);
	unescape(ret->device);
	return true;
}

/* What of path is below that mount point; NULL when it is elsewhere. */
static const char *below(const char *path, const char *mount)
{
	size_t length = strcmp(mount, "/") ? strlen(mount) : 0;

	if (strncmp(path, mount, length) != 0 ||
	    (path[length] && path[length] != '/'))
		return NULL;
	return path + length;
}

static int keep(const struct line *line, const char *rest,
		struct origin *origin)
{
	const char *top = strcmp(line->top, "/") ? line->top : "";
	char *path = NULL;
	char *device = strdup(line->device);

	if (!device ||
	    asprintf(&path, "%s%s", top, *rest || *top ? rest : "/") < 0) {
		free(device);
		return -ENOMEM;
	}
	origin_done(origin);
	*origin = (struct origin){device, path};
	return 0;
}

int origin_find(const char *path, struct origin *ret_origin, struct error **err)
{
	struct origin origin = {0};
	size_t best = 0;
	char *text = NULL;
	char *save = NULL;
	int r = io_read_file("/proc/self/mountinfo", LIMIT, &text, NULL, err);

	if (r < 0)
		return r;
	for (char *at = strtok_r(text, "\n", &save); r == 0 && at;
	     at = strtok_r(NULL, "\n", &save)) {
		struct line line;
		const char *rest =
			split(at, &line) ? below(path, line.mount) : NULL;

		/* Of two on one place the later one is on top. */
		if (!rest || strlen(line.mount) < best)
			continue;
		best = strlen(line.mount);
		r = keep(&line, rest, &origin);
	}
	free(text);
	if (r < 0) {
		origin_done(&origin);
		return error_memory(err);
	}
	if (!origin.device || *origin.device != '/') {
		origin_done(&origin);
		return error_set(err, ERROR_CONVERT, ENOENT,
				 "no device is mounted where '%s' is", path);
	}
	*ret_origin = origin;
	return 0;
}

void origin_done(struct origin *origin)
{
	free(origin->device);
	free(origin->path);
	*origin = (struct origin){0};
}
