/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_BLS_H
#define LANDER_GUEST_BLS_H

/** One boot entry of type 1.  Paths are those of the file system that the
 *  entries are on; texts as they stand there. */
struct bls_entry {
	char *path;    /* of its file in the tree */
	char *kernel;  /* "/vmlinuz-6.1"; NULL when it has none */
	char *efi;     /* a program to start instead */
	char *initrd;  /* all of them, blanks between; NULL for none */
	char *options; /* all lines, joined; NULL for none */
};

/**
 * bls_read(root, directory, wish, ret): the entry that a menu of
 * "/boot/loader/entries" starts: the last version of those whose name
 * (without ".conf") matches the pattern wish, else of all.  One that was tried
 * in vain ("+0-3") comes last.
 * Returns 0 or a negative errno; -ENOENT when there is none that could be
 * started.  Source: The Boot Loader Specification, "Type #1", "Sorting",
 * "Boot counting"; loader.conf(5), default.
 */
int bls_read(const char *root, const char *directory, const char *wish,
	     struct bls_entry *ret_entry);
void bls_done(struct bls_entry *entry);

#endif
