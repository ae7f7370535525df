/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_COMPARE_H
#define LANDER_FILES_COMPARE_H

struct error;
struct files_here;
struct files_put;

/** What is to be done with a regular file that is here. */
enum files_verdict {
	FILES_SAME,
	FILES_MEND,    /* its metadata are to be set */
	FILES_CHECK,   /* its SHA-256 is to be compared */
	FILES_WANT,    /* its content is to be fetched */
	FILES_REPLACE, /* likewise, into another file */
};

struct files_found {
	enum files_verdict verdict;
	unsigned int bits; /* enum files_difference */
};

/** files_compare_here(put, here, ret, err): the entry, all of which has come,
 *  with the file that is here. */
int files_compare_here(struct files_put *put, const struct files_here *here,
		       struct files_found *ret, struct error **err);

/** files_compare_mend(put, found, err): sets what differs of its metadata. */
int files_compare_mend(struct files_put *put, const struct files_found *found,
		       struct error **err);

#endif
