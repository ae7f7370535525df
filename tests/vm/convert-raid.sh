#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian 12 as its old machine left it: a root on LVM on a RAID-1 over both disks,
# another file system as /dev/sdb3, an mdadm.conf that knows /dev/sda2 and sdb2
# only, an initramfs for AHCI only. Both disks move in one job; on virtio-blk it
# starts, and its array is whole.
# limit: 900
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian-raid
knows_only ahci
mkdir "$work/exports"
ln -s "$source_disk" "$work/exports/one"
ln -s "$source_disk.2" "$work/exports/two"
serve_exports "$work/exports"
one=$(target one 768)
two=$(target two 768)
machine --firmware bios --disk "$one,serial=ONE" --disk "$two,serial=TWO" \
    --args "lander.source=$uri lander.disks=one:ONE,two:TWO"
console $((boot_s + copy_s)) '^lander: stage convert'
console 120 '^lander:   done    fstab: .*/dev/sdb3 on /srv/more is UUID='
console 60 '^lander:   done    mdadm: '
console 60 '^lander:   done    initramfs: .*virtio_blk'
console 60 '^lander: done: '
console "$guest_s" '^ARRAY raid1 degraded=0 sync=idle '
migrated 1
console 5 '^MIGRATED .* root=/dev/mapper/web01-root .* fs=ext4 firmware=bios '
no_prompt
has_receipt
never 'warning: .* a member missing'
