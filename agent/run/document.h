/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_DOCUMENT_H
#define LANDER_RUN_DOCUMENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct config;
struct error;
struct machine_id;

#define DOCUMENT_NAME 256

/** One document of a job, as it came. */
struct document {
	void *bytes;
	size_t length;
	char name[DOCUMENT_NAME]; /* for origins: no way to a secret one */
};

struct document_order {
	const struct config *config; /* whom to trust */
	const struct machine_id *id; /* who asks */
	const _Atomic bool *stop;
};

/**
 * document_read(order, place, ret, err): the document of a URL, or of a place
 * as secret_read_whole() knows them; for document_done(), also after an error.
 * A server is asked with the machine's serial number and its card's address in
 * the headers that anaconda's inst.ks.sendsn and sendmac use.
 * Errors: ERROR_CONFIG (no such file), ERROR_NETWORK, ERROR_ABORTED.
 * Source: anaconda's docs/boot-options.rst.
 */
int document_read(const struct document_order *order, const char *place,
		  struct document *ret, struct error **err);

/** document_text(document, ret, err): it as a string, for secret_forget().
 *  Errors: ERROR_CONFIG when there are zero bytes in it. */
int document_text(const struct document *document, char **ret,
		  struct error **err);

/** document_is_digest(text): 64 hexadecimal digits; document_has(document,
 *  sha256): that is the SHA-256 of it. */
bool document_is_digest(const char *text);
bool document_has(const struct document *document, const char *sha256);

/** document_beside(from, place, ret, err): where that is which a document from
 *  there calls place: a URL or a path stands for itself, "/x" begins at the
 *  root of its server, and "x" lies beside it; ret: to free().
 *  Errors: ERROR_CONFIG for a place of this machine out of a server's document,
 *  and where nothing lies beside. */
int document_beside(const char *from, const char *place, char **ret,
		    struct error **err);

void document_done(struct document *document);

#endif
