#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A Debian 12 whose old machine's AHCI disk is built into its initramfs, and
# with no program that could make another one; its network is netplan's. The
# driver is appended, and it starts on virtio-blk with its address and name.
# long: convert-drivers appends a driver as well, unit/network_address has netplan
# limit: 600
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian-netplan
knows_only ahci

serve "$source_disk"
disk=$(target disk 1024)
machine --firmware uefi --disk "$disk,bus=virtio-blk" \
    --args "lander.source=$uri"
console $((boot_s + copy_s)) '^lander: stage convert'
console 120 '^lander:   done    initramfs: .*appended.* virtio_blk'
console 60 '^lander: done: '
migrated 1
console 5 '^MIGRATED .* root=/dev/vda3 .* net=ens192=10.0.2.77/24 fs=ext4 firmware=uefi '
no_prompt
has_receipt
