/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_BOOTCODE_H
#define LANDER_DISK_BOOTCODE_H

#include <stdint.h>

/**
 * The boot code that GRUB 2.06 and 2.12 put into sector 0, before grub-install
 * sets its few fields.  Source: GRUB, grub-core/boot/i386/pc/boot.S (GPL-3.0
 * or later), as built by Debian 12 and 13.
 */
#define BOOTCODE_LENGTH 440
extern const uint8_t bootcode_grub[BOOTCODE_LENGTH];

#endif
