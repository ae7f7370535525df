/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts of the copied system: read whole, changed in single places, written
 * back.  It refuses what is no text, and what a power cut or a full disk could
 * leave half done is for the caller to stop at.
 */
#include "guest/text.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
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
	static const int codes[] = {EINVAL, EFBIG,	  EISDIR, ENOTDIR,
				    ELOOP,  ENAMETOOLONG, EACCES, EPERM,
				    EXDEV,  ENOENT};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (r == -codes[i])
			return true;
	return false;
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

int text_read(struct convert *convert, const char *step, const char *path,
	      char **ret_text, struct error **err)
{
	char *text = NULL;
	int r = tree_read(convert->root, path, TEXT_LIMIT, &text);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r == 0)
		r = check_whole(convert->root, path, text);
	if (r == 0) {
		*ret_text = text;
		return 1;
	}
	free(text);
	if (!is_guests(r))
		return error_set(err, ERROR_CONVERT, -r,
				 "read '%s' of the copied system", path);
	if (step)
		steps_add(&convert->steps, STEP_FAILED, step, "%s: %s", path,
			  r == -EFBIG	 ? "larger than 4 MiB, left as it is"
			  : r == -EINVAL ? "no text file, left as it is"
					 : strerror(-r));
	return 0;
}

int text_forgive(struct convert *convert, const char *step, int r,
		 struct error **why, struct error **err)
{
	if (r >= 0)
		return r;
	if (is_guests(r)) {
		steps_add(&convert->steps, STEP_FAILED, step, "%s",
			  *why ? (*why)->msg : strerror(-r));
		error_clear(why);
		return 0;
	}
	if (err)
		*err = *why;
	else
		error_free(*why);
	*why = NULL;
	return r;
}

/* Directories whose every file is read, originals too: the last one counts for
 * mkinitramfs, initramfs-tools(7); insserv takes two scripts for one service,
 * insserv(8). */
static bool reads_all(const char *path)
{
	static const char *const directories[] = {
		"/etc/initramfs-tools/conf.d/", "/etc/init.d/",
		"/etc/rc.d/init.d/"};

	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		if (!strncmp(path, directories[i], strlen(directories[i])))
			return true;
	return false;
}

static mode_t mode_of(const char *root, const char *path)
{
	struct stat st = {.st_mode = 0644};
	int fd = tree_open(root, path);

	if (fd < 0)
		return 0644;
	(void)fstat(fd, &st);
	(void)close(fd);
	return st.st_mode & 0777;
}

/* The original goes one directory up, once. */
static int replace_apart(const char *root, const char *path, const char *text,
			 struct error **err)
{
	const char *name = strrchr(path, '/') + 1;
	char *apart = NULL;
	char *old = NULL;
	int r = 0;

	if (asprintf(&apart, "%.*s../%s" EDIT_KEPT, (int)(name - path), path,
		     name) < 0)
		return error_memory(err);
	if (!tree_has(root, apart) &&
	    tree_read(root, path, TEXT_LIMIT, &old) == 0)
		r = edit_file(root, apart,
			      &(struct edit_content){old, strlen(old),
						     mode_of(root, path),
						     false},
			      err);
	if (r >= 0)
		r = edit_file(
			root, path,
			&(struct edit_content){text, strlen(text), 0644, false},
			err);
	free(apart);
	free(old);
	return r;
}

int text_write(struct convert *convert, const char *step, const char *path,
	       const char *text, struct error **err)
{
	struct error *why = NULL;
	int r = reads_all(path) ? replace_apart(convert->root, path, text, &why)
				: edit_text(convert->root, path, text, &why);

	return text_forgive(convert, step, r, &why, err);
}

static void append(struct text_edit *edit, const char *text, size_t length)
{
	char *grown = edit->failed
			      ? NULL
			      : realloc(edit->fresh, edit->length + length + 1);

	if (!grown) {
		edit->failed = true;
		return;
	}
	edit->fresh = grown;
	memcpy(grown + edit->length, text, length);
	edit->length += length;
	grown[edit->length] = '\0';
}

void text_replace(struct text_edit *edit, size_t at, size_t length,
		  const char *text)
{
	append(edit, edit->old + edit->done, at - edit->done);
	append(edit, text, strlen(text));
	edit->done = at + length;
	edit->changes++;
}

char *text_finish(struct text_edit *edit)
{
	append(edit, edit->old + edit->done, strlen(edit->old + edit->done));
	if (edit->failed) {
		free(edit->fresh);
		edit->fresh = NULL;
	}
	return edit->fresh;
}
