/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which disks of this machine are served.  It opens none for writing, starts no
 * array and no volume, and has the kernel refuse whatever would write.
 */
#include "serve/offer.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "disk/missing.h"
#include "disk/settle.h"

static int protect(const struct blockdev *disk, struct error **err)
{
	int on = 1;
	int fd = open(disk->path, O_RDONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open %s",
				 disk->path);
	if (ioctl(fd, BLKROSET, &on) < 0)
		r = error_set(err, ERROR_TARGET, errno,
			      "%s can't be made read-only", disk->path);
	(void)close(fd);
	return r;
}

static uint64_t count_sectors(const struct blockdev *disk)
{
	char path[128];
	char *line;
	char *at;
	uint64_t sectors = 0;

	if (!disk->is_block)
		return 0;
	(void)snprintf(path, sizeof(path), "/sys/class/block/%s/stat",
		       disk->name);
	line = io_read_line(path);
	at = line;
	/* The third number: Documentation/block/stat.rst. */
	for (unsigned int i = 0; line && i < 3; i++)
		sectors = strtoull(at, &at, 10);
	free(line);
	return sectors;
}

uint64_t offer_read(const struct offer *offer)
{
	uint64_t now = count_sectors(&offer->disk);

	return now > offer->began ? (now - offer->began) << 9 : 0;
}

/* "vda, vdb" */
static bool is_wanted(const struct offer *offer, const struct blockdevs *all,
		      char *const *words)
{
	for (; *words; words++) {
		const struct blockdev *found = blockdev_find(all, *words);

		if (found && !strcmp(found->name, offer->disk.name))
			return true;
	}
	return false;
}

static const char *reason(const struct offer *offer, bool all, bool wanted)
{
	if (offer->disk.busy)
		return offer->disk.busy;
	if (all)
		return offer->disk.removable ? "it is removable" : NULL;
	return wanted ? NULL : "lander.serve does not name it";
}

/* Who names the medium itself wants something that can't be. */
static int decide(struct offers *offers, const struct blockdevs *list,
		  char *const *words, struct error **err)
{
	for (char *const *word = words; *word; word++)
		if (!blockdev_find(list, *word))
			return missing_disk(list, "lander.serve", *word, err);
	for (size_t i = 0; i < offers->count; i++) {
		struct offer *offer = &offers->offer[i];
		bool wanted = is_wanted(offer, list, words);
		const char *why = reason(offer, !*words, wanted);

		if (why && wanted)
			return error_set(err, ERROR_CONFIG, 0,
					 "lander.serve: %s is not for serving: "
					 "%s",
					 offer->disk.name, why);
		offer->left_out = why ? strdup(why) : NULL;
		if (why && !offer->left_out)
			return error_memory(err);
		offers->served += !why;
	}
	if (!offers->served)
		return error_set(err, ERROR_CONFIG, 0,
				 "lander.serve: this machine has no disk that "
				 "could be served; a removable one must be "
				 "named (lander.serve=sdb)");
	return 0;
}

/* The list moves into offers; what a disk holds is found out. */
static int take(const struct blockdevs *list, bool machine,
		struct offers *offers, struct error **err)
{
	int r = 0;

	offers->offer = calloc(list->count + 1, sizeof(*offers->offer));
	if (!offers->offer)
		return error_memory(err);
	for (size_t i = 0; r == 0 && i < list->count; i++) {
		struct offer *offer = &offers->offer[offers->count];

		if (machine)
			r = protect(&list->disk[i], err);
		if (r == 0)
			r = blockdev_copy(&list->disk[i], &offer->disk, err);
		if (r == 0)
			offers->count++;
	}
	return r;
}

/* One that can't be read is no reason to keep the others back. */
static int look_at(struct offers *offers, struct offer *offer,
		   struct error **err)
{
	struct error *why = NULL;

	if (offer->left_out ||
	    content_read(&offer->disk, &offer->content, &why) == 0)
		return 0;
	offers->served--;
	if (asprintf(&offer->left_out, "unreadable: %s", why->msg) < 0)
		offer->left_out = NULL;
	error_free(why);
	return offer->left_out ? 0 : error_memory(err);
}

static int look(struct offers *offers, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < offers->count; i++) {
		r = look_at(offers, &offers->offer[i], err);
		offers->offer[i].began = count_sectors(&offers->offer[i].disk);
	}
	if (r == 0 && !offers->served)
		r = error_set(err, ERROR_TARGET, 0,
			      "none of this machine's disks can be read");
	return r;
}

static int list_named(char *const *words, struct blockdevs *ret,
		      struct error **err)
{
	size_t count = 0;
	int r = 0;

	while (words[count])
		count++;
	if (!count)
		return error_set(err, ERROR_CONFIG, 0,
				 "outside the live system lander.serve must "
				 "name the disks");
	ret->disk = calloc(count, sizeof(*ret->disk));
	if (!ret->disk)
		return error_memory(err);
	for (; r == 0 && *words; words++) {
		r = blockdev_probe(*words, &ret->disk[ret->count], err);
		if (r == 0)
			ret->count++;
	}
	return r < 0 ? error_wrap(err, "lander.serve") : 0;
}

int offer_disks(const char *wanted, bool machine, struct offers *ret,
		struct error **err)
{
	struct blockdevs list = {0};
	struct offers offers = {0};
	char **words = NULL;
	int r = parse_split(wanted, ',', &words, err);

	if (r < 0)
		return r;
	if (machine) {
		/* A controller may be late, and its disks with it. */
		settle();
		r = blockdev_list(&list, err);
	} else {
		r = list_named(words, &list, err);
	}
	if (r == 0)
		r = take(&list, machine, &offers, err);
	if (r == 0)
		r = decide(&offers, &list, words, err);
	if (r == 0)
		r = look(&offers, err);
	blockdev_free_list(&list);
	parse_free_list(words);
	if (r < 0)
		offer_done(&offers);
	else
		*ret = offers;
	return r;
}

void offer_done(struct offers *offers)
{
	for (size_t i = 0; i < offers->count; i++) {
		blockdev_done(&offers->offer[i].disk);
		content_done(&offers->offer[i].content);
		free(offers->offer[i].left_out);
	}
	free(offers->offer);
	*offers = (struct offers){0};
}
