/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_INSPECT_KERNEL_H
#define LANDER_GUEST_INSPECT_KERNEL_H

#include <jansson.h>

struct convert;

/**
 * inspect_kernel_list(convert): the kernels of guest/kernel.h, the newest
 * first, each with its initramfs and how that is packed.  "ready": it has the
 * drivers of this machine's disk (convert->modalias), or the kernel has them
 * built in; false, and "missing" names what conversion would add; null, and
 * "problem" says why nobody knows or why it can't be helped.
 */
json_t *inspect_kernel_list(const struct convert *convert);

#endif
