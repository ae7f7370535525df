/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * This machine's LVM, by its own tools: they know its locks, its clusters and
 * the form of its metadata.  No tool writes to /etc, and one that changes
 * something is never cut off: a volume may be suspended just then.
 * Sources: lvm(8), pvs(8), lvcreate(8), lvremove(8), lvm.conf(5); libdm on how
 * names are joined.
 */
#include "lander-source/lvm.h"

#include <sys/stat.h>

#include <errno.h>

#include "lander-source/process.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define LOOK_S 60
#define SAID   65536
#define FIELDS 6U

static const char settings[] = "backup/backup=0 backup/archive=0 "
			       "activation/monitoring=0 "
			       "activation/snapshot_autoextend_threshold=100";

static char said[SAID];

static const char *tool(void)
{
	static const char *const places[] = {"/usr/sbin/lvm", "/sbin/lvm",
					     "/usr/bin/lvm", "/bin/lvm", NULL};
	struct stat st = {0};

	for (const char *const *at = places; *at; at++)
		if (system_stat(*at, &st) >= 0)
			return *at;
	return NULL;
}

bool lvm_is_there(void)
{
	return tool();
}

static int failed(int r, const char *what, struct text *why)
{
	text_add(why, what);
	text_add(why, r == -ETIMEDOUT ? " takes too long" : " fails");
	for (const char *at = said; *at; at++) {
		if (at == said)
			text_add(why, ": ");
		text_add_bytes(why, *at == '\n' ? " " : at, 1);
	}
	return EIO;
}

/* --- what is there ----------------------------------------------------- */

bool lvm_take_part(char *line, struct lvm_part *ret)
{
	char *field[FIELDS];
	uint64_t *number[] = {&ret->data, &ret->extent, &ret->free,
			      &ret->metadata};
	size_t count = 1;

	while (*line == ' ')
		line++;
	if (*line != '/')
		return false;
	field[0] = line;
	for (; *line; line++) {
		if (*line != '|')
			continue;
		if (count == FIELDS)
			return false;
		*line = '\0';
		field[count++] = line + 1;
	}
	if (count != FIELDS)
		return false;
	ret->node = field[0];
	ret->group = field[1];
	/* Of one that is in no group, some are empty. */
	for (size_t i = 2; i < FIELDS; i++) {
		const char *at = text_number(field[i], number[i - 2]);

		if (!at && !*field[i] && !*ret->group)
			*number[i - 2] = 0;
		else if (!at || (*at && *at != ' '))
			return false;
	}
	return true;
}

int lvm_parts(void (*each)(void *owner, const struct lvm_part *part),
	      void *owner, struct text *why)
{
	static const char columns[] = "pv_name,vg_name,pe_start,vg_extent_size,"
				      "vg_free_count,pv_mda_count";
	struct text text;
	char *line = said;
	int r;

	text_begin(&text, said, sizeof(said));
	if (!tool())
		return failed(0, "there is no LVM on this machine: lvm", why);
	r = process_run((const char *[]){tool(), "pvs", "--noheadings",
					 "--separator", "|", "--units", "b",
					 "--nosuffix", "--config", settings,
					 "-o", columns, NULL},
			LOOK_S, &text);
	if (r)
		return failed(r, "pvs", why);
	if (text.full) {
		said[0] = '\0';
		return failed(0, "reading what pvs says", why);
	}
	while (*line) {
		struct lvm_part part;
		char *end = line;
		bool last;

		while (*end && *end != '\n')
			end++;
		last = !*end;
		*end = '\0';
		if (lvm_take_part(line, &part))
			each(owner, &part);
		line = last ? end : end + 1;
	}
	return 0;
}

/* --- what is changed --------------------------------------------------- */

int lvm_snapshot(const struct lvm_snapshot *snapshot, struct text *why)
{
	char extents[24];
	struct text text;
	int r;

	text_begin(&text, extents, sizeof(extents));
	text_add_number(&text, snapshot->extents);
	text_begin(&text, said, sizeof(said));
	r = process_finish((const char *[]){tool(), "lvcreate", "--yes",
					    "--quiet", "--config", settings,
					    "--snapshot", "--permission", "r",
					    "--addtag", "lander", "--extents",
					    extents, "--name", snapshot->name,
					    snapshot->origin, NULL},
			   &text);
	return r ? failed(r, "lvcreate", why) : 0;
}

int lvm_remove(const char *group, const char *name, struct text *why)
{
	char both[280];
	struct text text;
	int r;

	text_begin(&text, both, sizeof(both));
	text_add(&text, group);
	text_add(&text, "/");
	text_add(&text, name);
	text_begin(&text, said, sizeof(said));
	r = process_finish((const char *[]){tool(), "lvremove", "--yes",
					    "--force", "--quiet", "--config",
					    settings, both, NULL},
			   &text);
	return r ? failed(r, "lvremove", why) : 0;
}

/* --- names ------------------------------------------------------------- */

bool lvm_split(const char *mapped, char *group, char *volume, size_t room)
{
	struct text text;
	bool second = false;

	text_begin(&text, group, room);
	for (; *mapped; mapped++) {
		if (*mapped == '-' && mapped[1] == '-') {
			mapped++;
		} else if (*mapped == '-') {
			if (second)
				return false;
			second = true;
			if (text.full)
				return false;
			text_begin(&text, volume, room);
			continue;
		}
		text_add_bytes(&text, mapped, 1);
	}
	return second && *group && *volume && !text.full;
}

static void add_escaped(struct text *to, const char *name)
{
	for (; *name; name++)
		text_add(to, *name == '-' ? "--" : (char[2]){*name, '\0'});
}

void lvm_join(const char *group, const char *volume, struct text *to)
{
	add_escaped(to, group);
	text_add(to, "-");
	add_escaped(to, volume);
}
