#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A system that its old machine's AHCI disk was built into: its initramfs knows
# no other controller, its fstab and its boot menu say /dev/sda, its network is
# called ens192. Copied as it is it does not find its root on virtio-blk; converted
# it starts there, with LONG=1 on NVMe, too, with its address on that name.
# (Virtio-scsi is convert-debian11's.)
# limit: 900
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian-old
cp "$source_disk" "$work/asis.img"
medium=(--boot disk)
machine --firmware bios --disk "$work/asis.img"
console 200 'ALERT!  /dev/sda3 does not exist'
pull_plug
rm "$work/asis.img"

medium=(--iso "$iso" --boot iso)
serve "$source_disk"
# By UEFI and NVMe it is convert-debian13 otherwise.
for on in bios:virtio-blk ${LONG:+uefi:nvme}; do
    rm -rf "$vm"
    disk=$(target "disk-${on#*:}" 1024)
    machine --firmware "${on%:*}" --disk "$disk,bus=${on#*:}" \
        --args "lander.source=$uri"
    console $((boot_s + copy_s)) '^lander: stage convert'
    console 120 '^lander:   done    initramfs: '
    console 60 '^lander: done: '
    migrated 1
    console 5 '^MIGRATED .* net=ens192=10.0.2.77/24 '
    no_prompt
    has_receipt
    pull_plug
    rm "$disk"
done
