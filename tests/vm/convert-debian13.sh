#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian 13 as its old machine left it: systemd-boot with its kernel in the EFI
# system partition and nothing in \EFI\BOOT, a btrfs root in a subvolume by
# /dev/sda2, dracut's initramfs for AHCI only, NetworkManager with the old NIC's
# address. Converted it starts from NVMe with a firmware that never saw it.
# limit: 600
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian13
knows_only ahci

serve "$source_disk"
disk=$(target disk 1280)
machine --firmware uefi --disk "$disk,bus=nvme" --args "lander.source=$uri"
console $((boot_s + copy_s)) '^lander: stage convert'
console 120 '^lander:   done    initramfs: .* nvme'
console 60 '^lander: done: '
migrated 1
console 5 '^MIGRATED .* root=/dev/nvme0n1p2\[/@rootfs] .* net=ens192=10.0.2.77/24 fs=btrfs firmware=uefi '
no_prompt
has_receipt
