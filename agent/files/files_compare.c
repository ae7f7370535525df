/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a regular file is the source's.  Its size and its time, which is the
 * source's own and was set after its content, say so, unless it may have been
 * cut off by a power cut, or contents are to be compared whatever they say.
 * Nobody's clock is compared with anybody else's.
 */
#include "files/files_compare.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "files/files_folder.h"
#include "files/files_put.h"
#include "files/files_shared.h"
#include "files/files_tree.h"

#define PIECE 262144U

/* Below it is cheaper to send a file than to ask for its hash. */
#define SMALL 65536U

static int fail(const struct files_put *put, struct error **err)
{
	int code = errno;
	char path[PATH_MAX];

	return error_set(err, ERROR_TARGET, code, "%s: '%s'",
			 put->job->tree->name, files_put_path(put, path));
}

/* Past what the page cache has of it: it is the disk that counts. */
static int hash(const struct files_put *put, int fd, uint64_t length,
		uint8_t ret[WIRE_DIGEST_BYTES], struct error **err)
{
	static _Thread_local uint8_t buf[PIECE];
	EVP_MD_CTX *sum = EVP_MD_CTX_new();
	uint64_t done = 0;
	ssize_t n = 1;
	int r = 0;

	if (!sum || EVP_DigestInit_ex(sum, EVP_sha256(), NULL) != 1)
		r = error_memory(err);
	if (put->job->dry)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	while (r == 0 && done < length && n > 0) {
		size_t some =
			length - done < PIECE ? (size_t)(length - done) : PIECE;

		r = files_job_obey(put->job, err);
		if (r < 0)
			break;
		n = pread(fd, buf, some, (off_t)done);
		if (n < 0 && errno == EINTR) {
			n = 1;
			continue;
		}
		if (n < 0)
			r = fail(put, err);
		else if (EVP_DigestUpdate(sum, buf, (size_t)n) != 1)
			r = error_memory(err);
		done += n > 0 ? (uint64_t)n : 0;
	}
	if (r == 0 && EVP_DigestFinal_ex(sum, ret, NULL) != 1)
		r = error_memory(err);
	EVP_MD_CTX_free(sum);
	if (r == 0) {
		(void)atomic_fetch_add(&put->job->stats->compared, 1);
		(void)atomic_fetch_add(&put->job->stats->hashed, done);
	}
	return r;
}

static bool is_swap(const struct files_put *put)
{
	return (put->meta.entry.marks & WIRE_MARK_SWAP) != 0;
}

/* No kernel swaps to a file with holes. */
static bool has_holes(const struct stat *about)
{
	return (uint64_t)about->st_blocks * 512 < (uint64_t)about->st_size;
}

/* Of swap only its head is anybody's. */
static uint64_t length_of(const struct files_put *put)
{
	uint64_t size = put->meta.entry.size;

	return is_swap(put) && size > WIRE_SWAP_BYTES ? WIRE_SWAP_BYTES : size;
}

static int compare_content(struct files_put *put, int fd, unsigned int *bits,
			   struct error **err)
{
	uint8_t own[WIRE_DIGEST_BYTES];
	int r;

	if (*bits & FILES_SIZE)
		return 0;
	r = hash(put, fd, length_of(put), own, err);
	if (r == 0 && memcmp(own, put->record.digest, sizeof(own)) != 0)
		*bits |= FILES_CONTENT;
	return r;
}

/* It was changed after all that is known to be on the disk. */
static bool is_doubtful(const struct files_put *put, const struct stat *about)
{
	const struct timespec *settled = &put->job->settled;

	return about->st_ctim.tv_sec > settled->tv_sec ||
	       (about->st_ctim.tv_sec == settled->tv_sec &&
		about->st_ctim.tv_nsec >= settled->tv_nsec);
}

/* Size and time say nothing of whether it can be read by now. */
static bool was_unreadable(const struct files_put *put)
{
	char path[PATH_MAX];

	return put->node->known == FILES_PARTLY &&
	       files_ledger_find(put->job->last, files_put_path(put, path),
				 put->meta.entry.inode) == FILES_PARTLY;
}

static enum files_verdict judge(const struct files_put *put,
				const struct stat *about, unsigned int bits)
{
	bool known = put->record.digest != NULL;

	if (bits & (FILES_TYPE | FILES_LINKS))
		return FILES_REPLACE;
	if (bits & (FILES_SIZE | FILES_CONTENT))
		return FILES_WANT;
	if (known)
		return bits ? FILES_MEND : FILES_SAME;
	if (bits & FILES_TIME && put->meta.entry.size <= SMALL)
		return FILES_WANT;
	/* What the source says has changed: times can be put back there. */
	if (bits & FILES_TIME || put->job->dry || put->job->deep ||
	    put->job->tree->plain || is_doubtful(put, about) ||
	    put->work->flags & WIRE_TREE_CHANGED || was_unreadable(put))
		return FILES_CHECK;
	return bits ? FILES_MEND : FILES_SAME;
}

int files_compare_here(struct files_put *put, const struct files_here *here,
		       struct files_found *ret, struct error **err)
{
	struct files_place place;
	unsigned int bits;
	int r = 0;

	files_folder_place(put->job, put->node, put->name, &place);
	if (S_ISREG(here->about.st_mode))
		place.fd =
			openat(put->node->fd, put->name,
			       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (S_ISREG(here->about.st_mode) && place.fd < 0)
		return fail(put, err);
	bits = files_meta_compare(&place, &put->meta, &here->about);
	if (put->meta.entry.links == 1 && here->about.st_nlink > 1 &&
	    !put->job->tree->plain)
		bits |= FILES_LINKS;
	if (is_swap(put) && S_ISREG(here->about.st_mode) &&
	    has_holes(&here->about))
		bits |= FILES_CONTENT;
	if (put->record.digest && !(bits & (FILES_TYPE | FILES_LINKS)))
		r = compare_content(put, place.fd, &bits, err);
	ret->bits = bits;
	ret->verdict = judge(put, &here->about, bits);
	if (ret->verdict == FILES_SAME || ret->verdict == FILES_MEND)
		files_job_seen(put->job, put->meta.entry.size, 0);
	if (place.fd >= 0)
		(void)close(place.fd);
	return r;
}

int files_compare_mend(struct files_put *put, const struct files_found *found,
		       struct error **err)
{
	struct files_place place;
	char path[PATH_MAX];
	int r;

	(void)found;
	files_folder_place(put->job, put->node, put->name, &place);
	place.path = files_put_path(put, path);
	place.fd = openat(put->node->fd, put->name,
			  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (place.fd < 0)
		return fail(put, err);
	(void)files_meta_unlock(place.fd);
	(void)atomic_fetch_add(&put->job->stats->mended, 1);
	r = files_meta_apply(&place, &put->meta, false, err);
	(void)close(place.fd);
	return r;
}
