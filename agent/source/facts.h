/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_FACTS_H
#define LANDER_SOURCE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* More of anything is left out, and struct facts says so. */
#define FACTS_DISKS_MAX	 256U
#define FACTS_PARTS_MAX	 128U
#define FACTS_USES_MAX	 256U
#define FACTS_LAYERS_MAX 256U
#define FACTS_PLACES_MAX 16U

#define FACTS_WORD 64U	/* bytes of a name, with its zero byte */
#define FACTS_LINE 256U /* bytes of a longer text, likewise */

/** A truth that a machine may not be able to tell. */
enum facts_truth { FACTS_UNKNOWN, FACTS_NO, FACTS_YES };

struct facts_part {
	char name[FACTS_WORD];
	uint64_t number;
	uint64_t start; /* bytes */
	uint64_t size;	/* bytes */
	char fs[FACTS_WORD];
};

/** Somebody who uses a disk. */
struct facts_use {
	char what[FACTS_WORD]; /* "mount", "swap", "unseen" */
	char device[FACTS_WORD];
	char place[FACTS_LINE];
	char type[FACTS_WORD]; /* "ext4" */
	bool write;
	bool known;    /* size and used are */
	uint64_t size; /* bytes of the file system */
	uint64_t used; /* bytes */
};

/** A device that stands on a disk or its partitions. */
struct facts_layer {
	char name[FACTS_WORD];	/* "dm-0" */
	char label[FACTS_WORD]; /* "vg-root" */
	/** "lvm", "crypt", "multipath", "dmraid", "dm", "md", "bcache", "drbd",
	 *  "other" */
	char kind[FACTS_WORD];
};

struct facts_disk {
	char name[FACTS_WORD]; /* in /dev */
	uint64_t size;	       /* bytes */
	uint64_t block;	       /* logical block, bytes */
	uint64_t physical;
	bool read_only;
	bool removable;
	bool rotational;
	char vendor[FACTS_LINE];
	char model[FACTS_LINE];
	char serial[FACTS_LINE];
	char wwn[FACTS_LINE];
	char bus[FACTS_WORD];	/* "virtio", "nvme", "iscsi", "fc", … */
	char table[FACTS_WORD]; /* "gpt", "dos" */
	char fs[FACTS_WORD];	/* of the disk without partitions */
	bool counted;		/* the following is known */
	uint64_t was_written;	/* bytes since the machine started */
	struct facts_part *part;
	size_t parts;
	struct facts_use *use;
	size_t uses;
	struct facts_layer *layer;
	size_t layers;
};

/** A directory that lander-source might be put into. */
struct facts_place {
	char path[FACTS_LINE];
	uint64_t free; /* bytes */
	bool noexec;
};

/** What a source machine says of itself.  "" and 0: it does not say. */
struct facts {
	char version[FACTS_WORD]; /* of its lander-source */
	char hostname[FACTS_LINE];
	char kernel[FACTS_LINE];
	char arch[FACTS_WORD];
	char os[FACTS_LINE];
	char os_id[FACTS_WORD];
	char os_version[FACTS_WORD];
	char boot_id[FACTS_WORD];
	char vendor[FACTS_LINE];
	char product[FACTS_LINE];
	char firmware[FACTS_WORD];  /* "bios", "uefi" */
	char container[FACTS_WORD]; /* "lxc", … */
	char lockdown[FACTS_WORD];  /* "none", "integrity", … */
	char tracing[FACTS_LINE];   /* where tracefs shows block events */
	enum facts_truth root;
	enum facts_truth secure_boot;
	bool zfs;      /* its module is loaded */
	bool tracefs;  /* the kernel has it, mounted or not */
	double load;   /* of the last minute; negative: not known */
	double uptime; /* seconds */
	uint64_t time; /* seconds since 1970 */
	uint64_t cpus;
	uint64_t memory; /* bytes */
	uint64_t memory_free;
	uint64_t swap;
	uint64_t swap_free;
	struct facts_place place[FACTS_PLACES_MAX];
	size_t places;
	struct facts_disk *disk;
	size_t disks;
	bool cut; /* there is more of something than is kept here */
};

/**
 * facts_parse(name, text, length, ret, err): of lander-source's JSON.  It is
 * taken for a claim: texts are printable, numbers below 2^62, a disk's name
 * could be one; what does not fit is left out.  name: of the machine, for
 * messages.  Errors: ERROR_SOURCE.
 */
int facts_parse(const char *name, const void *text, size_t length,
		struct facts *ret, struct error **err);
void facts_done(struct facts *facts);

/** facts_disk(facts, name): by its name or its path in /dev, or NULL. */
const struct facts_disk *facts_disk(const struct facts *facts,
				    const char *name);

/** facts_is_own(disk): one that a job without disks= copies. */
bool facts_is_own(const struct facts_disk *disk);

/** facts_used(disk, ret): bytes in its file systems, each once, swap and other
 *  space of no file system not counted; false when none of it is known. */
bool facts_used(const struct facts_disk *disk, uint64_t *ret_bytes);

#endif
