/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The form of RFC 5424.  The text goes without a byte order mark, as most
 * senders do it: the RFC then calls it MSG-ANY.
 */
#include "net/syslog_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FACILITY_DAEMON 3
#define NAME_MAX_BYTES	255 /* HOSTNAME */

/* PRINTUSASCII, of at most 255; "-" is none. */
static void put_name(const char *name, FILE *out)
{
	size_t length = strlen(name);

	if (!length || length > NAME_MAX_BYTES) {
		(void)fputc('-', out);
		return;
	}
	for (; *name; name++)
		(void)fputc(*name > ' ' && *name < 127 ? *name : '?', out);
}

/* 6.3.3: these three get a backslash. */
static void put_value(const char *name, const char *value, FILE *out)
{
	if (!*value)
		return;
	(void)fprintf(out, " %s=\"", name);
	for (; *value; value++) {
		if (strchr("\"\\]", *value))
			(void)fputc('\\', out);
		(void)fputc(*value, out);
	}
	(void)fputc('"', out);
}

static void put_time(const struct timespec *time, FILE *out)
{
	struct tm utc;
	char text[32];

	(void)gmtime_r(&time->tv_sec, &utc);
	if (!strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc))
		text[0] = '\0';
	(void)fprintf(out, "%s.%06ldZ ", text, time->tv_nsec / 1000);
}

char *syslog_line_format(const struct syslog_line *line)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	(void)fprintf(out, "<%d>1 ", FACILITY_DAEMON * 8 + (int)line->severity);
	put_time(&line->time, out);
	put_name(line->host, out);
	(void)fprintf(out, " lander %ld - ", line->process);
	/* 32473 is nobody's number (RFC 5612): the project has none. */
	(void)fputs("[lander@32473", out);
	put_value("job", line->job, out);
	put_value("uuid", line->uuid, out);
	put_value("serial", line->serial, out);
	put_value("mac", line->mac, out);
	(void)fprintf(out, "] %s", line->text);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
