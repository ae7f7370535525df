#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file of a btrfs that a BIOS starts from: /, /home and /srv in subvolumes,
# one more inside, one by default, a read-only snapshot of half a
# gigabyte, an initramfs for AHCI only.  On a smaller disk of another BIOS machine
# the guest's own GRUB is put in front of subvolumes with the old names; the
# snapshot is left out, told by name; and the machine starts from its disk alone.
# long: vm/files-uefi is the way of the files, cmd/file-plan the layout
# limit: 900
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-files.sh
. "$(dirname "$0")/lib-files.sh"

guest debian-btrfs
knows_only ahci

# The other subvolumes, what only a btrfs has, and what the machine says of it:
# a subvolume's own inode is 256.
cat >"$work/prepare.sh" <<'END'
set -e
device=$(findmnt -n -o SOURCE --target . | sed 's/\[.*//')
mount -o subvol=@home "$device" home
mount -o subvol=@srv "$device" srv
btrfs subvolume create srv/nested
echo nested >srv/nested/file
btrfs subvolume set-default .
mkdir snapshots
btrfs subvolume snapshot -r . snapshots/before
mkdir home/plain
chattr +C home/plain
head -c 3000000 /dev/urandom >home/plain/file
cat >etc/systemd/system/layout.service <<'UNIT'
[Unit]
After=local-fs.target
Before=migrated.service
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/layout
UNIT
cat >usr/local/sbin/layout <<'SCRIPT'
#!/bin/sh
at() { findmnt -n -o SOURCE "$1" | sed 's/.*\[\(.*\)\]/\1/'; }
mount -t btrfs /dev/vda2 /mnt
line="LAYOUT root=$(at /) home=$(at /home) srv=$(at /srv)"
line="$line inodes=$(stat -c %i / /home /srv /srv/nested | tr '\n' ,)"
line="$line standard=$(at /mnt) nested=$(cat /srv/nested/file)"
line="$line plain=$(lsattr -d /home/plain | cut -d ' ' -f 1 | tr -d -)"
line="$line snapshots=$(ls -A /snapshots | wc -l)"
findmnt --verify >/dev/null 2>&1 && fstab=good || fstab=bad
printf '\n%s fstab=%s\n' "$line" "$fstab" >/dev/ttyS0
SCRIPT
chmod 755 usr/local/sbin/layout
ln -s /etc/systemd/system/layout.service etc/systemd/system/multi-user.target.wants/
END

running_source 2 subvol=@rootfs

disk=$(target disk 1024)
direct --firmware bios --disk "$disk" --memory 640 "${with_identity[@]}" \
    --append "$job_words lander.downtime=10m lander.after=poweroff"
console "$boot_s" '^lander: stage plan'
console 60 '1 read-only snapshots of the btrfs on .* are left out'
console "$copy_s" '^lander: [0-9]+ files and directories are there'
console "$copy_s" 'are equal to the source, which stands still'
console 60 '^lander: stage convert'
console 200 '^lander:   done    boot loader: GRUB for BIOS was installed by the copied system'
console 60 '^lander:   done    initramfs: .*virtio_blk'
console 60 '^lander: done: '
no_prompt
powered_off 60

medium=(--boot disk)
machine --firmware bios --memory 512 --net none --disk "$disk" \
    --guest-after poweroff
console "$guest_s" '^LAYOUT root=/@rootfs home=/@home srv=/@srv inodes=256,256,256,256, standard=/@rootfs nested=nested plain=C snapshots=0 fstab=good'
migrated 1
console 5 '^MIGRATED .* root=/dev/vda2\[/@rootfs] .* fs=btrfs firmware=bios '
has_receipt
no_prompt
powered_off 60
