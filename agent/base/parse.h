/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BASE_PARSE_H
#define LANDER_BASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/** parse_number(text, low, high, ret, err): a decimal number in low..high.
 *  Errors: ERROR_CONFIG, "'70000' is not in 1..65535". */
int parse_number(const char *text, uint64_t low, uint64_t high,
		 uint64_t *ret_value, struct error **err);

/** parse_duration(text, ret, err): seconds; s m h d may follow. */
int parse_duration(const char *text, uint64_t *ret_seconds, struct error **err);

/** parse_rate(text, ret, err): bytes a second, at least 64K: "20M", "1.5G"; K M
 *  G are powers of 1000.  "off" is 0. */
int parse_rate(const char *text, uint64_t *ret_rate, struct error **err);

/** parse_switch(text, ret, err): yes/no, true/false, on/off, 1/0, and the
 *  empty text (the bare word on a command line), which is yes. */
int parse_switch(const char *text, bool *ret_on, struct error **err);

/** parse_split(text, separator, ret, err): the fields between separators, a
 *  NULL-terminated array for parse_free_list(); empty text gives none. */
int parse_split(const char *text, char separator, char ***ret_fields,
		struct error **err);
void parse_free_list(char **fields);

/** parse_format_size(bytes, buf, room): "1.5 GiB", for people. */
const char *parse_format_size(uint64_t bytes, char *buf, size_t room);

/** parse_format_amount(bytes, buf, room): "12.5 MB", of what moves: in the unit
 *  of rates (10^6), at most. */
const char *parse_format_amount(uint64_t bytes, char *buf, size_t room);

/** parse_url_place(url, path, buf, room): the part of a URL that may be shown:
 *  "https://host:8443/…", with its path when path is set; never a user, a
 *  password or a query. */
void parse_url_place(const char *url, bool path, char *buf, size_t room);

/** parse_make_printable(text): control characters and what is not UTF-8 become
 *  "?": words of others reach terminals, logs and JSON. */
void parse_make_printable(char *text);

#endif
