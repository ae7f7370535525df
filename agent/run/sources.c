/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is there: the source's disks, and which target each of them gets.
 * Reads only.
 */
#include "run/sources.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "config/config.h"
#include "copy/pass.h"
#include "disk/layout.h"
#include "disk/missing.h"
#include "guest/platform.h"
#include "plan/match.h"
#include "run/code.h"
#include "run/credential.h"
#include "run/fitting.h"
#include "run/migrate.h"
#include "run/probe.h"
#include "source/source.h"

/* How long the source may take to answer at first: an unreachable network is
 * told within a minute of the start. */
#define CONNECT_MACHINE_S 40
#define CONNECT_PERSON_S  10

/* What shows any GPT, of 4096-byte sectors, too. */
#define HEAD_BYTES ((size_t)32768)

static const char network_error[] = "/run/lander/network.error";

/* A bad ip= was told by the network generator; say it as our own failure. */
static int check_network(struct error **err)
{
	char *text = NULL;
	int r;

	if (access(network_error, F_OK) < 0)
		return 0;
	r = io_read_file(network_error, 4096, &text, NULL, err);
	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	(void)error_set(err, ERROR_CONFIG, 0, "kernel command line: %s", text);
	free(text);
	return -EIO;
}

/* "nbd://host/web01" means that one, whatever else the server offers. */
bool sources_names_export(const char *uri)
{
	const char *at = strstr(uri, "://");

	at = at ? at + 3 : uri;
	at += strcspn(at, "/?");
	return *at == '/' && at[1] && at[1] != '?';
}

/* The exports to copy: those in disks=, the one in the URI, or all. */
static int list_exports(const struct source_spec *spec,
			const struct match_wishes *wishes, char ***ret_names,
			struct error **err)
{
	bool named = wishes->count && wishes->wish[0].source;
	size_t count = named ? wishes->count : 1;
	char **names;

	if (!named && !sources_names_export(spec->uri))
		return source_list(spec, ret_names, err);
	names = calloc(count + 1, sizeof(*names));
	if (!names)
		return error_memory(err);
	for (size_t i = 0; i < count; i++) {
		const char *name = named ? wishes->wish[i].source : NULL;

		names[i] = strdup(name ? name : "");
		if (!names[i]) {
			parse_free_list(names);
			return error_memory(err);
		}
	}
	*ret_names = names;
	return 0;
}

/* How much the head of a disk looks like what firmware starts from. */
static unsigned int judge_boot(const unsigned char *head, size_t length)
{
	/* C12A7328-F81F-11D2-BA4B-00A0C93EC93B as GPT stores it, UEFI 5.3.3 */
	static const unsigned char esp[16] = {
		0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
		0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b};

	if (length < 512 || head[510] != 0x55 || head[511] != 0xaa)
		return 0;
	if (!io_is_zero(head, 440))
		return 3;
	return memmem(head, length, esp, sizeof(esp)) ? 2 : 1;
}

static int read_table(struct plan_disk *disk, struct error **err)
{
	size_t length = disk->source->size < HEAD_BYTES
				? (size_t)disk->source->size
				: HEAD_BYTES;
	unsigned char *head = malloc(length);
	int r;

	if (!head)
		return error_memory(err);
	r = source_pread(disk->source, head, length, 0, err);
	if (r == 0) {
		disk->table_sector = layout_sector_size(head, length);
		/* A boot record without a GPT counts in 512-byte sectors. */
		if (!disk->table_sector && length >= 512 && head[510] == 0x55 &&
		    head[511] == 0xaa)
			disk->table_sector = 512;
		disk->bootable = judge_boot(head, length);
		r = platform_of_head(head, length, disk->source->size,
				     &disk->platform, err);
		/* Without one there is no place for a partition. */
		if (r == 0 && layout_of_head(head, length, disk->source->size,
					     &disk->layout, NULL) < 0)
			disk->layout = (struct layout){0};
	}
	free(head);
	return r;
}

/* The number of the first partition that is a LUKS container, 0 for none.  Both
 * versions begin with the same six bytes (LUKS2 On-Disk Format, 2.1). */
static int find_encrypted(struct plan_disk *disk, struct error **err)
{
	static const unsigned char magic[6] = {'L', 'U', 'K', 'S', 0xba, 0xbe};
	unsigned char head[4096];
	int r = 0;

	for (size_t i = 0; r == 0 && !disk->encrypted && i < disk->layout.count;
	     i++) {
		const struct layout_part *part = &disk->layout.part[i];

		if (disk->source->size < sizeof(head) ||
		    part->length < sizeof(head) ||
		    part->start > disk->source->size - sizeof(head) ||
		    part->start % disk->source->block_size)
			continue;
		r = source_pread(disk->source, head, sizeof(head), part->start,
				 err);
		if (r == 0 && !memcmp(head, magic, sizeof(magic)))
			disk->encrypted = part->number;
	}
	return r;
}

static int open_disk(struct migrate *m, const struct source_spec *base,
		     const char *name, struct error **err)
{
	struct plan_disk *disk = &m->plan.disk[m->plan.count];
	struct source_spec spec = *base;
	int r;

	spec.export = *name ? name : NULL;
	r = source_open(&spec, &disk->source, err);
	if (r < 0)
		return r;
	m->plan.count++;
	disk->export = strdup(name);
	if (!disk->export)
		return error_memory(err);
	disk->memory =
		pass_memory(disk->source->size, 0) + disk->source->memory;
	r = read_table(disk, err);
	if (r == 0)
		r = find_encrypted(disk, err);
	if (r == 0)
		disk->source_id =
			plan_source_id(name, disk->source->size,
				       atomic_load(&disk->source->identity));
	return r;
}

static bool is_in_list(const char *list, const struct blockdev *disk,
		       const struct blockdevs *all)
{
	struct match_wishes words = {0};
	bool found = false;

	if (!list || match_parse(list, &words, NULL) < 0)
		return false;
	for (size_t i = 0; i < words.count; i++)
		found = found ||
			blockdev_find(all, words.wish[i].target) == disk;
	match_done(&words);
	return found;
}

/* A name that is nobody's is a slip of the hand, not a wish. */
static int check_overwrite(const struct migrate *m, struct error **err)
{
	struct match_wishes words = {0};
	int r = match_parse(config_text(m->config, CONFIG_OVERWRITE), &words,
			    err);

	for (size_t i = 0; r == 0 && i < words.count; i++) {
		const struct match_wish *wish = &words.wish[i];
		const char *word = wish->source ? wish->source : wish->target;

		if (wish->source || !blockdev_find(&m->disks, word))
			r = missing_disk(&m->disks, "overwrite", word, err);
	}
	match_done(&words);
	return r;
}

static struct match_target describe(const struct migrate *m, size_t t)
{
	const char *overwrite = config_text(m->config, CONFIG_OVERWRITE);
	const struct blockdev *disk = &m->disks.disk[t];
	const struct content *content = &m->content[t];
	bool own = probe_is_own(m, content);
	struct match_target target = {
		.size = disk->size,
		.free = !disk->busy && !disk->read_only,
		.usable = own || content->kind == CONTENT_BLANK ||
			  (content->kind == CONTENT_DAMAGED &&
			   !strcmp(content->record.job, m->job)) ||
			  is_in_list(overwrite, disk, &m->disks)};

	for (size_t i = 0; own && i < m->plan.count; i++)
		if (content->record.source_id == m->plan.disk[i].source_id) {
			target.claimed = true;
			target.claim = i;
		}
	return target;
}

/* The contents move from the probe's list into the plan. */
int sources_take_target(struct migrate *m, struct plan_disk *disk, size_t t,
			struct error **err)
{
	const char *overwrite = config_text(m->config, CONFIG_OVERWRITE);

	disk->content = m->content[t];
	m->content[t] = (struct content){0};
	disk->overwrite = is_in_list(overwrite, &m->disks.disk[t], &m->disks);
	return blockdev_copy(&m->disks.disk[t], &disk->target, err);
}

void sources_return_target(struct migrate *m, struct plan_disk *disk)
{
	for (size_t t = 0; disk->target.path && t < m->disks.count; t++)
		if (!strcmp(m->disks.disk[t].path, disk->target.path)) {
			m->content[t] = disk->content;
			disk->content = (struct content){0};
		}
	blockdev_done(&disk->target);
	disk->overwrite = false;
}

bool sources_is_usable(const struct migrate *m, size_t t)
{
	struct match_target target = describe(m, t);

	return target.free && target.usable;
}

static int choose_targets(struct migrate *m, const struct match_wishes *wishes,
			  struct error **err)
{
	struct match match = {.sources = m->plan.count,
			      .targets = m->disks.count,
			      .disks = &m->disks};
	struct match_source *source =
		calloc(match.sources + 1, sizeof(*source));
	struct match_target *target =
		calloc(match.targets + 1, sizeof(*target));
	int r;

	if (!source || !target) {
		r = error_memory(err);
		goto out;
	}
	for (size_t i = 0; i < match.sources; i++)
		source[i] =
			(struct match_source){m->plan.disk[i].export,
					      m->plan.disk[i].source->size, 0};
	for (size_t t = 0; t < match.targets; t++)
		target[t] = describe(m, t);
	match.source = source;
	match.target = target;
	r = match_choose(&match, wishes, err);
	for (size_t i = 0; r == 0 && i < match.sources; i++)
		r = sources_take_target(m, &m->plan.disk[i], source[i].target,
					err);
out:
	free(source);
	free(target);
	return r;
}

static int choose_mode(struct migrate *m, const struct match_wishes *wishes,
		       struct error **err)
{
	struct error *block = NULL;
	int r = fitting_is_asked(m) ? 0 : choose_targets(m, wishes, &block);

	r = fitting_choose(m, wishes, r < 0 ? block : NULL, err);
	return r > 0 ? choose_targets(m, wishes, err) : r;
}

/* The disk that firmware will start: boot code first, then an ESP. */
static void choose_boot(struct plan *plan)
{
	unsigned int best = 0;
	size_t boot = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->disk[i].bootable > best) {
			best = plan->disk[i].bootable;
			boot = i;
		}
	if (plan->count)
		plan->disk[boot].boot = true;
}

static enum packing_wish choose_packing(const struct config *config)
{
	if (config_is(config, CONFIG_COMPRESS, "auto"))
		return PACKING_AUTO;
	return config_is(config, CONFIG_COMPRESS, "yes") ? PACKING_ALWAYS
							 : PACKING_NEVER;
}

struct source_spec *sources_jump(const struct config *config,
				 struct source_spec *ret)
{
	*ret = (struct source_spec){
		.uri = config_text(config, CONFIG_JUMP),
		.hostkey = config_text(config, CONFIG_JUMP_HOSTKEY),
		.identity = config_text(config, CONFIG_JUMP_IDENTITY)};
	return ret->uri ? ret : NULL;
}

int sources_open(struct migrate *m, struct error **err)
{
	struct source_spec jump;
	struct source_spec spec = {
		.uri = config_text(m->config, CONFIG_SOURCE),
		.hostkey = config_text(m->config, CONFIG_HOSTKEY),
		.identity = config_text(m->config, CONFIG_IDENTITY),
		.connect_s = m->machine ? CONNECT_MACHINE_S : CONNECT_PERSON_S,
		.packing = choose_packing(m->config),
		.jump = sources_jump(m->config, &jump)};
	struct match_wishes wishes = {0};
	char **names = NULL;
	size_t count = 0;
	int r = 0;

	if (m->machine)
		r = check_network(err);
	if (r == 0)
		r = match_parse(config_text(m->config, CONFIG_DISKS), &wishes,
				err);
	if (r == 0)
		r = credential_take(m, &spec, err);
	if (r == 0)
		r = code_refused(
			&spec, list_exports(&spec, &wishes, &names, err), err);
	while (r == 0 && names && names[count])
		count++;
	if (r == 0) {
		m->plan.disk = calloc(count + 1, sizeof(*m->plan.disk));
		(void)snprintf(m->plan.job, sizeof(m->plan.job), "%s", m->job);
		if (!m->plan.disk)
			r = error_memory(err);
	}
	for (size_t i = 0; r == 0 && i < count; i++)
		r = code_refused(&spec, open_disk(m, &spec, names[i], err),
				 err);
	if (r == 0)
		r = check_overwrite(m, err);
	if (r == 0)
		r = choose_mode(m, &wishes, err);
	if (r == 0)
		choose_boot(&m->plan);
	parse_free_list(names);
	match_done(&wishes);
	return r;
}
