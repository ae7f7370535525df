/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SYSLOG_LINE_H
#define LANDER_NET_SYSLOG_LINE_H

#include <time.h>

/** Severities of RFC 5424, 6.2.1. */
enum syslog_line_severity {
	SYSLOG_LINE_ERROR = 3,
	SYSLOG_LINE_WARNING = 4,
	SYSLOG_LINE_NOTICE = 5,
	SYSLOG_LINE_INFO = 6,
};

/** One line; "" for what is not known. */
struct syslog_line {
	enum syslog_line_severity severity;
	struct timespec time; /* CLOCK_REALTIME */
	const char *host;
	long process;
	const char *job, *uuid, *serial, *mac; /* structured data */
	const char *text;		       /* UTF-8, printable */
};

/** syslog_line_format(line): an RFC 5424 message of facility daemon, from
 *  malloc(3), without a frame; NULL without memory. */
char *syslog_line_format(const struct syslog_line *line);

#endif
