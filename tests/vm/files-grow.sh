#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file onto a larger disk: a Debian that starts by BIOS keeps its MBR and its
# firmware, its ext4 root grows into all that is left, and /var gets a file system
# of its own.  It starts from its own disk by its own GRUB, and says how large its
# file systems are.
# long: vm/files-uefi makes a layout, vm/files-btrfs has BIOS
# limit: 900
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-files.sh
. "$(dirname "$0")/lib-files.sh"

guest debian-mbr

cat >"$work/prepare.sh" <<'SCRIPT'
cat >etc/systemd/system/layout.service <<'UNIT'
[Unit]
After=local-fs.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'mib() { df --output=size -B 1048576 "$$1" | tail -n 1 | tr -d " "; }; echo "LAYOUT root=$$(findmnt -n -o FSTYPE /):$$(mib /) var=$$(findmnt -n -o FSTYPE /var):$$(mib /var) swap=$$(awk "END { print NR - 1 }" /proc/swaps) table=$$(lsblk -dno PTTYPE /dev/vda) fstab=$$(findmnt --verify >/dev/null 2>&1 && echo good || echo bad)" >/dev/ttyS0'
UNIT
ln -s /etc/systemd/system/layout.service etc/systemd/system/multi-user.target.wants/
SCRIPT
running_source 1

disk=$(target disk 3072)
machine --firmware bios --disk "$disk" --guest-after poweroff \
    "${with_identity[@]}" --args "$job_words lander.part=\"/var size=300M\"
        lander.part=\"/ grow\" lander.downtime=10m"
console "$boot_s" '^lander: stage plan'
console 60 '^lander: +-> /dev/vda +3\.0 GiB +MBR'
console 60 '^lander: +part / size=[0-9]+M grow fstype=ext4'
console "$copy_s" '^lander: [0-9]+ files and directories are there'
console "$copy_s" 'are equal to the source, which stands still'
console 60 '^lander: stage convert'
console 400 '^lander:   done    boot loader: GRUB for BIOS was installed by the copied system'
console 60 '^lander: done: '
migrated 1
console 5 '^MIGRATED .* fs=ext4 firmware=bios '
said=$(console 30 '^LAYOUT root=ext4:[0-9]+ var=ext4:[0-9]+ swap=1 table=dos fstab=good')
root=${said#*root=ext4:} var=${said#*var=ext4:}
root=${root%% *} var=${var%% *}
# Of 3072 MiB: 32 of swap, and what ext4 takes for itself.
[ "$root" -gt 2500 ] || fail "/ has $root MiB"
[ "$var" -gt 250 ] && [ "$var" -lt 300 ] || fail "/var has $var MiB"
no_prompt
has_receipt
powered_off 60
