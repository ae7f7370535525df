#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that lost GRUB's core.img, so that no BIOS starts it: with
# loader=reinstall the copied system's own grub-install, run on the copy before
# it is bootable, makes it start.
# long: unit/guest_biosgrub has the cases
# limit: 600
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian-mbr
cp --sparse=always "$source_disk" "$work/lost.img"
dd if=/dev/zero of="$work/lost.img" bs=512 seek=1 count=2047 conv=notrunc \
    status=none
serve "$work/lost.img"
disk=$(target disk 1024)
machine --firmware bios --disk "$disk" \
    --args "lander.source=$uri lander.loader=reinstall"
console $((boot_s + copy_s)) '^lander: stage convert'
console 120 '^lander:   done    boot loader: GRUB for BIOS was installed'
console 60 '^lander: done: '
migrated 1
console 5 '^MIGRATED .* firmware=bios '
no_prompt
has_receipt
