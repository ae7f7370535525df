/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_INJECT_H
#define LANDER_GUEST_INJECT_H

struct convert;
struct error;

/**
 * inject_convert(convert, err): every installed kernel finds this machine's
 * disk: what its initramfs lacks for convert->modalias is appended to it, from
 * the kernel's own modules.  The guest's own tool makes it anew instead when
 * convert->rebuild asks for that, or where an append is refused (a unified
 * image, an unknown codec, a file system image inside, a damaged one).  Network
 * cards' drivers stay out: an initramfs that renames them does so before the
 * system's own rules are there.
 *
 * One line in convert->steps for each kernel.  No kernel at all is a failed
 * line: the old machine did not start this system from its disk either.  A
 * kernel that can't be helped is one, too; when none reaches the disk, that is
 * the error: ERROR_CONVERT, "kernel 3.10.0-1160: no driver virtio_blk for
 * this machine's disk".  An I/O error of the disk is one, too.
 */
int inject_convert(struct convert *convert, struct error **err);

#endif
