#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file, from the first look to the commit: a running machine on a disk of
# 1.6 GB becomes one of 1.1 GB, with everything that its files have, and a /var
# of its own.  No btrfs: one kernel knows its UUID only once.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
. "$(dirname "$0")/lib-root.sh"
need losetup partx sfdisk mkfs.ext4 mkfs.xfs mkswap
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
mkfs.ext4 -q -L home "${loop}p5"
mkswap -q -L swap "${loop}p6"
root=$work/machine
mounted noatime "${loop}p3" "$root"
mounted rw "${loop}p2" "$root/boot"
mounted rw "${loop}p4" "$root/srv"
mounted rw "${loop}p5" "$root/home"
echo deep >"$root/home/file"
lodge "$root"
{
    echo "UUID=$(blkid -o value -s UUID "${loop}p3") / ext4 noatime 0 1"
    echo "/dev/${loop#/dev/}p4 /srv xfs defaults 0 0"
    echo "LABEL=home /home ext4 defaults 0 2"
} >"$root/etc/fstab"
at_exit release_flags "$root/srv/nasty"
mkdir -p "$root/srv/nasty" "$root/srv/scratch" "$root/var/lib/things"
echo thing >"$root/var/lib/things/one"
make_nasty "$root/srv/nasty"
head -c 30000000 /dev/urandom >"$root/srv/noise"
head -c 1000000 /dev/urandom >"$root/srv/scratch/left-out"
sync

truncate -s 1100M "$work/target"
serve_ssh "ChrootDirectory $root"
from ""
disk=${loop#/dev/}

# all FILE: every path of the machine, with what can be said of it in a line
listed()
{
    (cd "$1" && find . \( -path ./usr -o -path ./dev -o -path ./proc \
        -o -path ./sys -o -path ./srv/scratch/left-out -o -path ./run \
        -o -name '.lander-*' -o -name lost+found -o -path ./tmp -o -name 'fstab*' \) -prune -o \
        -not -path . -not -path ./etc -printf '%p %y %m %U %G %T@ %l\n' | LC_ALL=C sort)
}

# opened: the finished target's file systems at $work/new
opened()
{
    loop_of "$target"
    mounted ro "${loop}p3" "$work/new"
    mounted ro "${loop}p2" "$work/new/boot"
    mounted ro,nouuid "${loop}p4" "$work/new/srv"
    mounted ro "${loop}p5" "$work/new/home"
    mounted ro "${loop}p7" "$work/new/var"
}

move 0 "exclude=/srv/scratch/" "part=/var size=40M"
said "files and directories are equal to the source, which stands still"
said "convert"
opened
listed "$root" >"$work/before"
listed "$work/new" | diff "$work/before" - >"$work/diff" ||
    fail "the copy differs: $(head -n 20 "$work/diff")"
same_tree "$root/srv/nasty" "$work/new/srv/nasty"
[ ! -e "$work/new/srv/scratch/left-out" ] || fail "exclude= was not obeyed"
[ -d "$work/new/srv/scratch" ] || fail "the directory itself is missing"
[ "$(cat "$work/new/var/lib/things/one")" = thing ] || fail "/var is empty"
grep -q "^UUID=$(blkid -o value -s UUID "${loop}p4") /srv xfs" \
    "$work/new/etc/fstab" || fail "/srv: $(cat "$work/new/etc/fstab")"
grep -q "^UUID=$(blkid -o value -s UUID "${loop}p7") /var ext4" \
    "$work/new/etc/fstab" || fail "/var: $(cat "$work/new/etc/fstab")"
for n in 2 3 4 5 6; do
    [ "$(blkid -o value -s UUID "${loop}p$n")" = \
        "$(blkid -o value -s UUID "/dev/${disk}p$n")" ] ||
        fail "another UUID on $n"
done
cat "$work/out"
nothing_left
