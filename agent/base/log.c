/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log: one line an event, to a file and to one sink.  It refuses to fail
 * loudly: a full disk under the log never stops a migration.
 */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *file;
static enum log_level threshold = LOG_LEVEL_INFO;
static log_sink *sink;
static void *sink_owner;

static const char *const level_name[] = {"ERROR", "WARN", "INFO", "DEBUG"};

int log_open(const char *path, struct error **err)
{
	FILE *opened;
	int r;

	r = io_make_parents(path, err);
	if (r < 0)
		return r;
	opened = fopen(path, "ae");
	if (!opened)
		return error_set(err, ERROR_TARGET, errno, "log '%s'", path);
	pthread_mutex_lock(&lock);
	if (file)
		(void)fclose(file);
	file = opened;
	pthread_mutex_unlock(&lock);
	return 0;
}

void log_set_level(enum log_level level)
{
	pthread_mutex_lock(&lock);
	threshold = level;
	pthread_mutex_unlock(&lock);
}

void log_set_sink(log_sink *new_sink, void *owner)
{
	pthread_mutex_lock(&lock);
	sink = new_sink;
	sink_owner = owner;
	pthread_mutex_unlock(&lock);
}

void log_close(void)
{
	pthread_mutex_lock(&lock);
	if (file)
		(void)fclose(file);
	file = NULL;
	pthread_mutex_unlock(&lock);
}

static void write_line(enum log_level level, const char *area, const char *text)
{
	char stamp[32];
	char line[1200];
	struct timespec now;
	struct tm tm;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &tm);
	(void)strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(line, sizeof(line), "%s.%03ldZ - %s - %s - %s", stamp,
		       now.tv_nsec / 1000000, area, level_name[level], text);
	if (file) {
		(void)fprintf(file, "%s\n", line);
		(void)fflush(file);
	}
	if (sink)
		sink(sink_owner, level, line);
}

void log_message(enum log_level level, const char *area, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	parse_make_printable(text);
	pthread_mutex_lock(&lock);
	if (level <= threshold)
		write_line(level, area, text);
	pthread_mutex_unlock(&lock);
}
