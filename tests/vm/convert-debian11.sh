#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian 11 as its old machine left it: an MBR, /boot by /dev/sda1, an XFS root
# on LVM, an initramfs for AHCI only, ifupdown with a static address on ens192.
# Converted it starts on virtio-scsi, on a NIC of another kind, with that
# address on that name.
# limit: 600
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian11
knows_only ahci

serve "$source_disk"
disk=$(target disk 1024)
machine --firmware bios --disk "$disk,bus=virtio-scsi" \
    --args "lander.source=$uri"
console $((boot_s + copy_s)) '^lander: stage convert'
console 120 '^lander:   done    initramfs: .* virtio_scsi'
console 60 '^lander: done: '
migrated 1
console 5 '^MIGRATED .* root=/dev/mapper/web01-root .* net=ens192=10.0.2.77/24 fs=xfs firmware=bios '
no_prompt
has_receipt
