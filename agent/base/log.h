/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BASE_LOG_H
#define LANDER_BASE_LOG_H

#include <stdbool.h>

struct error;

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/** What receives each finished line (without newline): run/ puts the consoles
 *  here.  Called under the log's lock. */
typedef void log_sink(void *owner, enum log_level level, const char *line);

/**
 * log_open(path, err): append to this file from now on; directories are
 * made.  Lines are "time - area - LEVEL - message", UTC, ISO 8601.
 * Errors: ERROR_TARGET with the errno of open(2).
 */
int log_open(const char *path, struct error **err);

/** log_set_level(level): lines above it are dropped (INFO at start). */
void log_set_level(enum log_level level);

/** log_set_sink(sink, owner): one more receiver beside the file, or NULL. */
void log_set_sink(log_sink *sink, void *owner);

/** log_close(): flush and close the file; logging goes on without it. */
void log_close(void);

/** log_message(level, area, fmt, ...): area is the folder or room, "copy".
 *  Any thread may call it; never in an inner loop. */
void log_message(enum log_level level, const char *area, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define log_warn(area, ...)  log_message(LOG_LEVEL_WARN, area, __VA_ARGS__)
#define log_info(area, ...)  log_message(LOG_LEVEL_INFO, area, __VA_ARGS__)
#define log_debug(area, ...) log_message(LOG_LEVEL_DEBUG, area, __VA_ARGS__)

#endif
