/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was answered, as the words of a job: the same words that a kernel
 * command line would have, through the same parser.  A secret is none of them.
 */
#include "run/wizard_answers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "run/wizard_option.h"

#define WORDS_MAX (12U + 2U * WIZARD_OPTIONS + WIZARD_PARTS)
#define LIST_ROOM 2048

const char *wizard_answers_source(const struct wizard_answers *answers,
				  char *buf, size_t room)
{
	bool six = strchr(answers->host, ':') && answers->host[0] != '[';

	if (answers->kind == WIZARD_URI)
		(void)snprintf(buf, room, "%s", answers->uri);
	else
		(void)snprintf(buf, room, "ssh://%s@%s%s%s:%s/%s",
			       answers->kind == WIZARD_CODE ? "root"
							    : answers->user,
			       six ? "[" : "", answers->host, six ? "]" : "",
			       answers->port, answers->only);
	return buf;
}

bool wizard_answers_is_full(const struct wizard_answers *answers, size_t target)
{
	return answers->content[target].kind != CONTENT_BLANK;
}

size_t wizard_answers_targets(const struct wizard_answers *answers,
			      size_t ret_target[WIZARD_DISKS])
{
	size_t count = 0;

	for (size_t i = 0; i < answers->disks; i++) {
		size_t target = answers->disk[i].target;
		size_t at = 0;

		while (at < count && ret_target[at] != target)
			at++;
		if (target != WIZARD_NONE && at == count)
			ret_target[count++] = target;
	}
	return count;
}

bool wizard_answers_shared(const struct wizard_answers *answers)
{
	size_t target[WIZARD_DISKS];
	size_t chosen = 0;

	for (size_t i = 0; i < answers->disks; i++)
		chosen += answers->disk[i].target != WIZARD_NONE;
	return wizard_answers_targets(answers, target) < chosen;
}

static void append(char *buf, size_t room, const char *text)
{
	size_t length = strlen(buf);

	(void)snprintf(buf + length, room - length, "%s%s", length ? "," : "",
		       text);
}

/* A file is found by its path only. */
static const char *name_of(const struct blockdev *disk)
{
	return disk->is_block ? disk->name : disk->path;
}

const char *wizard_answers_full(const struct wizard_answers *answers, char *buf,
				size_t room)
{
	size_t target[WIZARD_DISKS];
	size_t count = wizard_answers_targets(answers, target);

	*buf = '\0';
	for (size_t i = 0; i < count; i++)
		if (wizard_answers_is_full(answers, target[i]))
			append(buf, room,
			       answers->targets.disk[target[i]].name);
	return buf;
}

/* The words, as far as they go. */
struct list {
	char **word;
	size_t count;
};

__attribute__((format(printf, 3, 4))) static int
add(struct list *list, struct error **err, const char *format, ...)
{
	va_list args;
	int r;

	va_start(args, format);
	r = vasprintf(&list->word[list->count], format, args);
	va_end(args);
	if (r < 0) {
		list->word[list->count] = NULL;
		return error_memory(err);
	}
	list->count++;
	return 0;
}

static int add_disks(const struct wizard_answers *answers, struct list *list,
		     struct error **err)
{
	size_t taken[WIZARD_DISKS];
	size_t count = wizard_answers_targets(answers, taken);
	char disks[LIST_ROOM] = "";
	char full[LIST_ROOM] = "";
	int r;

	for (size_t i = 0; i < answers->disks; i++) {
		const struct wizard_source_disk *disk = &answers->disk[i];
		const struct blockdev *target;
		char pair[512];

		if (disk->target == WIZARD_NONE)
			continue;
		target = &answers->targets.disk[disk->target];
		(void)snprintf(pair, sizeof(pair), "%s%s%s", disk->name,
			       *disk->name ? ":" : "",
			       answers->machine ? name_of(target)
						: target->path);
		append(disks, sizeof(disks), pair);
	}
	for (size_t i = 0; i < count; i++) {
		const struct blockdev *target =
			&answers->targets.disk[taken[i]];

		if (wizard_answers_is_full(answers, taken[i]))
			append(full, sizeof(full),
			       answers->machine ? name_of(target)
						: target->path);
	}
	r = add(list, err, "disks=%s", disks);
	if (r == 0 && *full)
		r = add(list, err, "overwrite=%s", full);
	return r;
}

bool wizard_answers_opens(const struct wizard_answers *answers)
{
	return wizard_option_is(answers, WIZARD_OPTION_LUKS);
}

size_t wizard_answers_parts(const struct wizard_answers *answers)
{
	return wizard_option_is(answers, WIZARD_OPTION_FILE) ? answers->parts
							     : 0;
}

void wizard_answers_forget_words(char **words)
{
	for (char **word = words; word && *word; word++)
		explicit_bzero(*word, strlen(*word));
	parse_free_list(words);
}

/* None, one word, or two with a blank. */
static int add_choice(const char *words, struct list *list, struct error **err)
{
	size_t length = strcspn(words, " ");
	int r;

	if (!length || !strcmp(words, WIZARD_OPTION_LUKS))
		return 0;
	r = add(list, err, "%.*s", (int)length, words);

	if (r == 0 && words[length])
		r = add(list, err, "%s", words + length + 1);
	return r;
}

static int add_options(const struct wizard_answers *answers, struct list *list,
		       struct error **err)
{
	const struct wizard_option *option;
	int r = 0;

	for (size_t i = 0; r == 0 && (option = wizard_option(i)); i++)
		if (wizard_option_counts(answers, i))
			r = add_choice(option->choice[answers->option[i]].word,
				       list, err);
	return r;
}

static int add_jump(const struct wizard_answers *answers, struct list *list,
		    struct error **err)
{
	int r = add(list, err, "jump=ssh://%s", answers->jump);

	if (r == 0)
		r = add(list, err, "jump.hostkey=%s", answers->jump_hostkey);
	if (r == 0)
		r = add(list, err, "jump.identity=%s", answers->jump_key);
	return r;
}

int wizard_answers_words(const struct wizard_answers *answers, const char *more,
			 char ***ret_words, struct error **err)
{
	struct list list = {calloc(WORDS_MAX, sizeof(char *)), 0};
	char source[640];
	int r;

	if (!list.word)
		return error_memory(err);
	r = add(&list, err, "source=%s",
		wizard_answers_source(answers, source, sizeof(source)));
	if (r == 0 && answers->kind == WIZARD_SSH)
		r = add(&list, err, "hostkey=%s", answers->hostkey);
	if (r == 0 && answers->kind == WIZARD_SSH && answers->way == WIZARD_KEY)
		r = add(&list, err, "identity=%s", answers->key);
	if (r == 0 && answers->kind == WIZARD_CODE)
		r = add(&list, err, "identity=code");
	if (r == 0 && answers->kind == WIZARD_SSH && *answers->jump)
		r = add_jump(answers, &list, err);
	if (r == 0)
		r = add_disks(answers, &list, err);
	if (r == 0)
		r = add_options(answers, &list, err);
	for (size_t i = 0; r == 0 && i < wizard_answers_parts(answers); i++)
		r = add(&list, err, "part=%s", answers->part[i]);
	if (r == 0 && wizard_answers_opens(answers) && answers->luks.length)
		r = add(&list, err, "luks=%s", answers->luks.at);
	if (r == 0 && more)
		r = add(&list, err, "%s", more);
	if (r < 0) {
		wizard_answers_forget_words(list.word);
		return r;
	}
	*ret_words = list.word;
	return 0;
}

void wizard_answers_forget_targets(struct wizard_answers *answers)
{
	for (size_t i = 0; answers->content && i < answers->targets.count; i++)
		content_done(&answers->content[i]);
	free(answers->content);
	answers->content = NULL;
	blockdev_free_list(&answers->targets);
	answers->targets = (struct blockdevs){0};
}

void wizard_answers_forget_layout(struct wizard_answers *answers)
{
	free(answers->plan);
	answers->plan = NULL;
	answers->files = false;
	answers->parts = 0;
}

void wizard_answers_done(struct wizard_answers *answers)
{
	wizard_answers_forget_targets(answers);
	wizard_answers_forget_layout(answers);
	locked_done(&answers->password);
	locked_done(&answers->luks);
}
