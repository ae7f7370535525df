/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk that was named and is not there: nobody has to look up what else it
 * may be called, so those that are there are told, by all that names them.
 */
#include "disk/missing.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/parse.h"
#include "disk/blockdev.h"

#define SHOWN 16U

static void describe(FILE *out, const struct blockdev *disk)
{
	char size[32];

	(void)fprintf(out, "%s (%s", disk->name,
		      parse_format_size(disk->size, size, sizeof(size)));
	if (disk->serial)
		(void)fprintf(out, ", serial %s", disk->serial);
	else if (disk->wwn)
		(void)fprintf(out, ", wwn %s", disk->wwn);
	if (disk->busy)
		(void)fprintf(out, ", %s", disk->busy);
	(void)fputc(')', out);
}

static char *list_all(const struct blockdevs *list)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	for (size_t i = 0; i < list->count && i < SHOWN; i++) {
		(void)fputs(i ? ", " : "", out);
		describe(out, &list->disk[i]);
	}
	if (list->count > SHOWN)
		(void)fprintf(out, " and %zu more", list->count - SHOWN);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

int missing_disk(const struct blockdevs *list, const char *what,
		 const char *text, struct error **err)
{
	char *names = list_all(list);
	int r;

	if (!names)
		return error_memory(err);
	r = error_set(err, ERROR_CONFIG, 0,
		      "%s: no disk of this machine is '%s', or more than one; "
		      "it has: %s",
		      what, text, *names ? names : "no disk");
	free(names);
	return r;
}
