/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * As much YAML as netplan files are written in.  It refuses, rather than
 * guesses: tabs, anchors, aliases, tags, merge keys, block scalars and a second
 * document.
 */
#include "guest/yamlmap.h"

#include <string.h>

/* Where the quoted text that starts at i ends: behind its last quote. */
static size_t skip_quoted(const struct line *line, size_t i)
{
	char quote = line->text[i++];

	while (i < line->length && line->text[i] != quote)
		i += quote == '"' && line->text[i] == '\\' ? 2 : 1;
	return i < line->length ? i + 1 : line->length;
}

/* Without the comment, which starts at a "#" behind a blank. */
static struct line without_comment(struct line line)
{
	for (size_t i = 0; i < line.length;) {
		char byte = line.text[i];
		bool starts = i == 0 || strchr(" \t,:[{", line.text[i - 1]);

		if ((byte == '"' || byte == '\'') && starts) {
			i = skip_quoted(&line, i);
			continue;
		}
		if (byte == '#' && (i == 0 || strchr(" \t", line.text[i - 1])))
			line.length = i;
		else
			i++;
	}
	return line_trim(line);
}

static struct line unquoted(struct line line)
{
	if (line.length >= 2 && (*line.text == '"' || *line.text == '\'') &&
	    line.text[line.length - 1] == *line.text) {
		line.text++;
		line.length -= 2;
	}
	return line;
}

static int brackets(const struct line *line)
{
	int open = 0;

	for (size_t i = 0; i < line->length;) {
		char byte = line->text[i];

		if (byte == '"' || byte == '\'') {
			i = skip_quoted(line, i);
			continue;
		}
		open += (byte == '{' || byte == '[') -
			(byte == '}' || byte == ']');
		i++;
	}
	return open;
}

/* Splits "key: value"; false when the line is no such thing. */
static bool split(const struct line *line, struct line *ret_key,
		  struct line *ret_value)
{
	size_t i = 0;

	if (line->length && (*line->text == '"' || *line->text == '\''))
		i = skip_quoted(line, 0);
	while (i < line->length &&
	       !(line->text[i] == ':' &&
		 (i + 1 == line->length || line->text[i + 1] == ' ' ||
		  line->text[i + 1] == '\t')))
		i++;
	if (i >= line->length)
		return false;
	*ret_key = unquoted(
		line_trim((struct line){.text = line->text, .length = i}));
	*ret_value = line_trim((struct line){.text = line->text + i + 1,
					     .length = line->length - i - 1});
	return ret_key->length > 0;
}

static const char *not_understood(const struct line *key,
				  const struct line *value)
{
	char first = value->length ? *value->text : '\0';

	if (line_is(key, "<<") || *key->text == '?')
		return "a merge key or a complex key";
	if (first == '|' || first == '>')
		return "a block scalar";
	if (first && strchr("&*!", first))
		return "an anchor, an alias or a tag";
	return NULL;
}

static void take_key(struct yamlmap *map, const struct line *line,
		     size_t indent)
{
	struct line key;
	struct line value;

	if (!split(line, &key, &value))
		return;
	map->refused = not_understood(&key, &value);
	while (map->depth && map->indent[map->depth - 1] >= indent)
		map->depth--;
	map->open = value.length && strchr("{[", *value.text) ? brackets(&value)
							      : 0;
	if (map->refused || map->depth == YAMLMAP_DEPTH)
		return;
	map->key[map->depth] = key;
	map->indent[map->depth++] = indent;
	map->value = unquoted(value);
	map->has_key = true;
}

bool yamlmap_next(struct yamlmap *map)
{
	struct line line;
	size_t indent = 0;

	if (map->refused || !line_next(&map->at, &map->line))
		return false;
	map->number++;
	map->has_key = false;
	line = map->line;
	while (indent < line.length && line.text[indent] == ' ')
		indent++;
	line = without_comment((struct line){.text = line.text + indent,
					     .length = line.length - indent});
	if (!line.length || (map->number == 1 && line_is(&line, "---")))
		return true;
	if (map->open > 0) {
		map->open += brackets(&line);
		return true;
	}
	if (memchr(map->line.text, '\t', (size_t)(line.text - map->line.text)))
		map->refused = "a tab";
	else if (!indent && (line_is(&line, "---") || line_is(&line, "...") ||
			     *line.text == '%'))
		map->refused = "a second document or a directive";
	else if (*line.text == '-' && (line.length == 1 || line.text[1] == ' '))
		map->open = line.length > 2 && strchr("{[", line.text[2])
				    ? brackets(&line)
				    : 0;
	else
		take_key(map, &line, indent);
	return !map->refused;
}

bool yamlmap_flow(const char **at, const char *end, struct line *ret_key,
		  struct line *ret_value)
{
	while (*at < end) {
		struct line rest = {.text = *at, .length = (size_t)(end - *at)};
		struct line part;
		size_t i = 0;

		while (i < rest.length && !strchr(",{}", rest.text[i]))
			i = strchr("\"'", rest.text[i]) ? skip_quoted(&rest, i)
							: i + 1;
		part = line_trim((struct line){.text = *at, .length = i});
		*at += i < rest.length ? i + 1 : i;
		if (split(&part, ret_key, ret_value)) {
			*ret_value = unquoted(*ret_value);
			return true;
		}
	}
	return false;
}
