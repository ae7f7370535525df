/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts of the copied system: read whole, changed in single places, written
 * back.  It refuses what is no text, and what a power cut or a full disk could
 * leave half done is for the caller to stop at.
 */
#include "guest/names_text.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/tree.h"

#define TEXT_LIMIT ((size_t)4 << 20)

/* What the guest did to its file, not what the disk or the memory did. */
static bool is_guests(int r)
{
	return r == -EINVAL || r == -EFBIG || r == -EISDIR || r == -ENOTDIR ||
	       r == -ELOOP || r == -ENAMETOOLONG || r == -EACCES ||
	       r == -EPERM || r == -EXDEV || r == -ENOENT;
}

/* A zero byte would end the text for us, and the rest would be lost. */
static int check_whole(const char *root, const char *path, const char *text)
{
	struct stat st;
	int fd = tree_open(root, path);
	int r = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		r = -EIO;
	else if ((size_t)st.st_size != strlen(text))
		r = -EINVAL;
	(void)close(fd);
	return r;
}

int names_text_read(struct names *names, const char *step, const char *path,
		    char **ret_text, struct error **err)
{
	const char *root = names->convert->root;
	char *text = NULL;
	int r = tree_read(root, path, TEXT_LIMIT, &text);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r == 0)
		r = check_whole(root, path, text);
	if (r == 0) {
		*ret_text = text;
		return 1;
	}
	free(text);
	if (!is_guests(r))
		return error_set(err, ERROR_CONVERT, -r,
				 "read '%s' of the copied system", path);
	if (step)
		steps_add(&names->convert->steps, STEP_FAILED, step, "%s: %s",
			  path,
		  r == -EFBIG	? "larger than 4 MiB, left as it is"
		  : r == -EINVAL ? "no text file, left as it is"
				 : strerror(-r));
	return 0;
}

int names_text_write(struct names *names, const char *step, const char *path,
		     const char *text, struct error **err)
{
	struct error *why = NULL;
	int r = edit_text(names->convert->root, path, text, &why);

	if (r >= 0)
		return r;
	if (!is_guests(r)) {
		if (err)
			*err = why;
		else
			error_free(why);
		return r;
	}
	steps_add(&names->convert->steps, STEP_FAILED, step, "%s",
		  why ? why->msg : path);
	error_free(why);
	return 0;
}

static void append(struct names_edit *edit, const char *text, size_t length)
{
	char *grown = edit->failed ? NULL
				   : realloc(edit->fresh,
					     edit->length + length + 1);

	if (!grown) {
		edit->failed = true;
		return;
	}
	edit->fresh = grown;
	memcpy(grown + edit->length, text, length);
	edit->length += length;
	grown[edit->length] = '\0';
}

void names_text_replace(struct names_edit *edit, size_t at, size_t length,
			const char *text)
{
	append(edit, edit->old + edit->done, at - edit->done);
	append(edit, text, strlen(text));
	edit->done = at + length;
	edit->changes++;
}

char *names_text_finish(struct names_edit *edit)
{
	append(edit, edit->old + edit->done, strlen(edit->old + edit->done));
	if (edit->failed) {
		free(edit->fresh);
		edit->fresh = NULL;
	}
	return edit->fresh;
}
