/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_GRUB_FILE_H
#define LANDER_GUEST_GRUB_FILE_H

struct grub_word;
struct grub_words;

/** grub_file_open(root, word): the file that a path of GRUB's means in the
 *  tree: the file system it starts at may be the root's, the one on /boot, or
 *  hold the root in a subvolume.  A descriptor or a negative errno; EINVAL for
 *  what only GRUB could work out. */
int grub_file_open(const char *root, const struct grub_word *word);

/** grub_file_join(root, words): the files that all words but the first name,
 *  in one, each on a multiple of four: the kernel takes one initrd.  Words that
 *  are nothing but a variable are left out.  A descriptor or a negative errno.
 *  Source: Documentation/driver-api/early-userspace/buffer-format.rst. */
int grub_file_join(const char *root, const struct grub_words *words);

#endif
