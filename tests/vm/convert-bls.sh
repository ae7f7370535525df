#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# firmware=convert of a disk laid out as Red Hat's installer does it: an MBR,
# /boot, an XFS root on LVM, and a menu of /boot/loader/entries by blscfg, which
# the GRUB that lander brings does not have. The machine starts by UEFI, with
# the newer one of two kernels' entries.
# long: convert-firmware does the same with GRUB's own menu
# limit: 600
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
need debugfs

guest debian11
cp --sparse=always "$source_disk" "$work/bls.img"
boot="$work/bls.img?offset=1048576"
kernel=$(debugfs -R 'ls -p /' "$boot" 2>/dev/null |
    sed -n 's|.*/vmlinuz-\([^/]*\)/.*|\1|p')
[ -n "$kernel" ] || fail "no kernel in /boot"
id=5f1c0de05f1c0de05f1c0de05f1c0de0
printf 'insmod blscfg\nblscfg\n' >"$work/grub.cfg"
# $1: version
entry()
{
    printf '%s\n' "title Debian ($1)" "version $1" "linux /vmlinuz-$1" \
        "initrd /initrd.img-$1 \$tuned_initrd" \
        "options root=/dev/mapper/web01-root ro console=tty0 console=ttyS0,115200 \$tuned_params" \
        >"$work/$id-$1.conf"
}
entry "$kernel"
entry 4.0.0-1-amd64 # with no kernel: never the default
printf '%s\n' 'rm /grub/grub.cfg' "write $work/grub.cfg /grub/grub.cfg" \
    'mkdir /loader' 'mkdir /loader/entries' \
    "write $work/$id-$kernel.conf /loader/entries/$id-$kernel.conf" \
    "write $work/$id-4.0.0-1-amd64.conf /loader/entries/$id-4.0.0-1-amd64.conf" \
    >"$work/debugfs.in"
debugfs -w -f "$work/debugfs.in" "$boot" >"$work/debugfs.out" 2>&1

serve "$work/bls.img"
disk=$(target disk 1152)
machine --firmware uefi --disk "$disk" \
    --args "lander.source=$uri lander.firmware=convert"
console $((boot_s + copy_s)) '^lander: stage convert'
console 120 '^lander:   done    boot loader: .*a menu of all /boot/loader/entries'
console 60 '^lander: done: '
migrated 1
console 5 '^MIGRATED .* root=/dev/mapper/web01-root .* fs=xfs firmware=uefi '
no_prompt
has_receipt
