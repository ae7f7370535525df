/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is neither a regular file nor a directory: made whole or left as it is.
 * Sources: symlink(2), mknod(2).
 */
#include "files/files_special.h"

#include <sys/sysmacros.h>

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "files/files_folder.h"
#include "files/files_put.h"
#include "files/files_shared.h"
#include "files/files_tree.h"

static int make(struct files_put *put, struct error **err)
{
	const struct wire_entry *entry = &put->meta.entry;
	struct files_place place;
	char path[PATH_MAX];
	int r;

	if (S_ISLNK(entry->mode))
		r = symlinkat(put->target, put->node->fd, put->name);
	else
		r = mknodat(put->node->fd, put->name,
			    (entry->mode & S_IFMT) | 0600,
			    makedev(entry->major, entry->minor));
	(void)files_put_path(put, path);
	if (r < 0 && errno == ENOSPC)
		return files_tree_full(put->job->tree, path, err);
	/* Each kind of file system has limits of its own. */
	if (r < 0 && (errno == EINVAL || errno == EPERM ||
		      errno == EOPNOTSUPP || errno == ENAMETOOLONG)) {
		files_notes_add(put->job->notes, FILES_NOTE_LOST, path, "%s",
				strerror(errno));
		atomic_store(&put->node->failed, true);
		return 0;
	}
	if (r < 0)
		return error_set(err, ERROR_TARGET, errno, "%s: '%s'",
				 put->job->tree->name, path);
	atomic_store(&put->node->touched, true);
	(void)atomic_fetch_add(&put->job->stats->made, 1);
	files_folder_place(put->job, put->node, put->name, &place);
	place.path = path;
	return files_meta_apply(&place, &put->meta, put->node->fresh, err);
}

static unsigned int compare(const struct files_put *put,
			    const struct files_here *here)
{
	const struct wire_entry *entry = &put->meta.entry;
	char target[WIRE_LINK_MAX + 1];
	struct files_place place;
	ssize_t n;

	files_folder_place(put->job, put->node, put->name, &place);
	if (S_ISLNK(entry->mode) && S_ISLNK(here->about.st_mode)) {
		n = readlinkat(put->node->fd, put->name, target,
			       sizeof(target));
		if (n != entry->target ||
		    memcmp(target, put->target, (size_t)n) != 0)
			return FILES_CONTENT;
	}
	return files_meta_compare(&place, &put->meta, &here->about);
}

static int mend(struct files_put *put, unsigned int found,
		struct files_here *here, struct error **err)
{
	struct files_place place;
	char path[PATH_MAX];
	int r;

	if (found & (FILES_TYPE | FILES_CONTENT)) {
		r = files_shared_clear(put, here, err);
		return r < 0 ? r : make(put, err);
	}
	files_folder_place(put->job, put->node, put->name, &place);
	place.path = files_put_path(put, path);
	(void)atomic_fetch_add(&put->job->stats->mended, 1);
	return files_meta_apply(&place, &put->meta, false, err);
}

/* FAT has none of these. */
static int leave_out(struct files_put *put)
{
	char path[PATH_MAX];

	files_notes_add(put->job->notes, FILES_NOTE_PLAIN,
			files_put_path(put, path), "%s",
			"it is neither a file nor a directory");
	return 0;
}

int files_special_put(struct files_put *put, struct error **err)
{
	enum files_share share = FILES_SHARE_NONE;
	struct files_here here = {0};
	unsigned int found;
	int r;

	if (put->job->tree->plain)
		return leave_out(put);
	r = files_shared_look(put, &here, err);
	if (r == 0 && put->meta.entry.links > 1)
		r = files_shared_settle(put, &here, make, &share, err);
	if (r < 0 || share != FILES_SHARE_NONE)
		return r;
	if (!here.there) {
		if (!put->job->dry)
			return make(put, err);
		files_shared_differ(put, FILES_MISSING);
		return 0;
	}
	found = compare(put, &here);
	if (put->meta.entry.links == 1 && here.about.st_nlink > 1)
		found |= FILES_LINKS;
	if (!found)
		return 0;
	if (put->job->dry) {
		files_shared_differ(put, found);
		return 0;
	}
	if (found & FILES_LINKS)
		found |= FILES_TYPE;
	return mend(put, found, &here, err);
}
