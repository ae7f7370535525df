#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file, from the first look to the commit: a running machine on a disk of
# 1.6 GB becomes one of 1.1 GB, with everything that its files have.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
. "$(dirname "$0")/lib-root.sh"
need losetup partx sfdisk mkfs.ext4 mkfs.xfs mkfs.btrfs mkswap
need_files

truncate -s 1600M "$work/disk"
sfdisk -q "$work/disk" <<'END'
label: gpt
label-id: 11111111-2222-4333-8444-555555555555
size=1M, type=21686148-6449-6E6F-744E-656564454649, name=bios
size=100M, type=L, name="the boot partition"
size=500M, type=L, uuid=AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE
size=400M, type=L
size=300M, type=L
size=64M, type=S
END
loop_of "$work/disk"
mkfs.ext4 -q -L boot "${loop}p2"
mkfs.ext4 -q -L root "${loop}p3"
mkfs.xfs -q -L srv "${loop}p4"
mkfs.btrfs -q -L home "${loop}p5"
mkswap -q -L swap "${loop}p6"
root=$work/machine
mounted noatime "${loop}p3" "$root"
mounted rw "${loop}p2" "$root/boot"
mounted rw "${loop}p4" "$root/srv"
mkdir "$work/top"
mount "${loop}p5" "$work/top"
btrfs -q subvolume create "$work/top/@home"
btrfs -q subvolume create "$work/top/@home/deep"
echo deep >"$work/top/@home/deep/file"
umount "$work/top"
mounted subvol=@home "${loop}p5" "$root/home"
lodge "$root"
echo 'UUID=x / ext4 noatime 0 1' >"$root/etc/fstab"
at_exit release_flags "$root/srv/nasty"
mkdir "$root/srv/nasty" "$root/srv/scratch"
make_nasty "$root/srv/nasty"
head -c 30000000 /dev/urandom >"$root/srv/noise"
head -c 1000000 /dev/urandom >"$root/srv/scratch/left-out"
sync

truncate -s 1100M "$work/target"
serve_ssh "ChrootDirectory $root"
from ""
disk=${loop#/dev/}

move 0 "exclude=/srv/scratch/"
cat "$work/out"
