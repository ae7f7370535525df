/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_SOURCE_OPS_H
#define LANDER_SOURCE_SOURCE_OPS_H

#include "source/source.h"

/** What a backend implements; source.h says what each call promises. */
struct source_ops {
	int (*open)(const struct source_spec *spec, struct source **ret_source,
		    struct error **err);
	void (*close)(struct source *source);
	int (*list)(const struct source_spec *spec, char ***ret_names,
		    struct error **err);
	/* NULL: nothing is known of a writer. */
	int (*check)(struct source *source, struct error **err);
	int (*mark)(struct source *source, struct error **err);
	/* NULL: it can't tell what is free. */
	int (*usage)(struct source *source, struct usage *ret,
		     struct error **err);
	/* NULL: not as it was. */
	void (*view)(struct source *source, uint64_t key);
	int (*reader_open)(struct source *source, const _Atomic bool *stop,
			   struct source_reader **ret_reader,
			   struct error **err);
	void (*reader_close)(struct source_reader *reader);
	int (*read)(struct source_reader *reader, struct request *request,
		    struct error **err);
	int (*inquire)(struct source_reader *reader, struct inquiry *inquiry,
		       struct error **err);
	/* NULL: not SOURCE_HASH. */
	int (*hash)(struct source_reader *reader, struct hashing *hashing,
		    struct error **err);
	void (*want)(struct source_reader *reader, struct pollfd *fd);
	int (*run)(struct source_reader *reader, short revents,
		   struct error **err);
};

/** The first member of a backend's reader. */
struct source_reader {
	struct source *source;
};

extern const struct source_ops source_nbd_ops;
extern const struct source_ops source_file_ops;
extern const struct source_ops source_ssh_ops;

#endif
