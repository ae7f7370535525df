#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The plan of file mode, of a running machine with a disk of its own: what was,
# what will be, the same again from its own words, and what does not fit.  It
# writes nothing, neither here nor there.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-root.sh"
need losetup partx sfdisk mkfs.ext4 mkfs.xfs mkfs.btrfs mkswap

# A machine: /, /boot, /srv and /home, the last a subvolume; swap that is not
# in use; a file system that is not mounted.
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
size=50M, type=L
END
loop_of "$work/disk"
mkfs.ext4 -q -L boot "${loop}p2"
mkfs.ext4 -q -O ^64bit,^metadata_csum -L root "${loop}p3"
mkfs.xfs -q -L srv "${loop}p4"
mkfs.btrfs -q -L home "${loop}p5"
mkswap -q -L swap "${loop}p6"
mkfs.ext4 -q -L aside "${loop}p7"

# mounted OPTIONS DEVICE PLACE
mounted()
{
    mkdir -p "$3"
    mount -o "$1" "$2" "$3"
    at_exit umount "$3"
}

root=/mnt # sshd wants no directory above it that others may write to
mounted noatime "${loop}p3" "$root"
mounted rw "${loop}p2" "$root/boot"
mounted rw "${loop}p4" "$root/srv"
mkdir "$work/top"
mount "${loop}p5" "$work/top"
btrfs -q subvolume create "$work/top/@home"
btrfs -q subvolume create "$work/top/@home/deep"
btrfs -q subvolume snapshot -r "$work/top/@home" "$work/top/@home/snap"
umount "$work/top"
mounted subvol=@home "${loop}p5" "$root/home"
mkdir -p "$root/etc" "$root/root"
chmod 755 "$root"
echo 'UUID=x / ext4 noatime 0 1' >"$root/etc/fstab"
head -c 30000000 /dev/urandom >"$root/srv/noise"

# What it takes to log in there: the programs and devices of this machine.
cp -a /etc/passwd /etc/group "$root/etc/"
for d in usr dev proc sys; do
    mkdir -p "$root/$d"
    mount --rbind "/$d" "$root/$d"
    at_exit umount -l "$root/$d"
done
mkdir -p "$root/tmp" "$root/run"
chmod 1777 "$root/tmp" "$root/run"
for d in bin sbin lib lib64; do
    ln -s "usr/$d" "$root/$d"
done
sync

truncate -s 1100M "$work/target"
serve_ssh "ChrootDirectory $root"
from ""
disk=${loop#/dev/}

# plan STATUS ARG…: without the names and sizes that are never the same
plan()
{
    local want=$1 status=0

    shift
    before=$(stat -c "%y %b" "$work/target")
    timeout 120 "$lander" "source=$source_uri" "identity=$identity" \
        "hostkey=$pin" --log="$work/log" "$@" >"$work/said" 2>&1 || status=$?
    sed "s/^lander: //" "$work/said" >"$work/out"
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(tail -n 30 "$work/out")"
    [ "$before" = "$(stat -c "%y %b" "$work/target")" ] ||
        fail "the target has changed"
}

row()
{
    grep -Eq "^ +$1\$" "$work/out" || fail "no row '$1': $(cat "$work/out")"
}

plan 0 mode=file dryrun "disks=$disk:$work/target"
row "${disk}p1 +1.0 MiB +-> +1 +1.0 MiB +bios_grub"
row "${disk}p2 +100 MiB +[0-9.]+ [KM]iB +-> +2 +[0-9.]+ MiB +ext4 /boot"
row "${disk}p3 +500 MiB +[0-9.]+ [KM]iB +-> +3 +[0-9.]+ MiB +ext4 /"
row "${disk}p4 +400 MiB +[0-9.]+ MiB +-> +4 +[0-9.]+ MiB +xfs /srv"
row "${disk}p5 +300 MiB +[0-9.]+ [KM]iB +-> +5 +[0-9.]+ MiB +btrfs /home /home/deep"
row "${disk}p6 +64.0 MiB +-> +6 +64.0 MiB +swap"
said "${disk}p7 (ext4 aside, 50.0 MiB) is not mounted there"
said "1 read-only snapshots of the btrfs"
said "mode=file: as the job says"
said "dry run: nothing was written"

# Its own words give the same, and a larger size in one of them is obeyed.
grep -E '^ +part ' "$work/out" | sed 's/^ *//' >"$work/job.ks"
grep -c . "$work/job.ks" | grep -qx 5 || fail "$(cat "$work/job.ks")"
grep -E -- '->|^  before' "$work/out" >"$work/rows"
plan 0 mode=file dryrun "disks=$disk:$work/target" --kickstart="$work/job.ks"
grep -E -- '->|^  before' "$work/out" | cmp - "$work/rows" ||
    fail "its own words give another layout: $(cat "$work/out")"
printf 'part / size=320M\npart /srv size=310M fstype=xfs\npart swap size=0\n' \
    >"$work/job.ks"
printf 'part /var size=100M fstype=ext4\n' >>"$work/job.ks"
plan 0 mode=file dryrun "disks=$disk:$work/target" --kickstart="$work/job.ks"
row "${disk}p3 +500 MiB .* +3 +320 MiB +ext4 /"
row "-> +7? ?[0-9]* +100 MiB +ext4 /var"
! grep -q ' swap$' "$work/out" || fail "swap is still there"
"$lander" --explain mode=file "source=$source_uri" \
    --kickstart="$work/job.ks" >"$work/out" 2>&1 || fail "$(cat "$work/out")"
grep -Eq 'lander.part +/srv size=310M fstype=xfs +.*job.ks:2' "$work/out" ||
    fail "explain: $(cat "$work/out")"

# What can't be.
plan 2 mode=file dryrun "disks=$disk:$work/target" "part=/srv size=1M"
said "part /srv: xfs is not made smaller than"
plan 2 mode=file dryrun "disks=$disk:$work/target" "part=srv size=1G"
said "part takes a place like /var, or swap, first"
truncate -s 600M "$work/target"
plan 3 mode=file dryrun "disks=$disk:$work/target"
grep -Eq 'is too small: .* \([0-9]+ bytes\) is needed .* the largest is /srv' \
    "$work/out" || fail "$(cat "$work/out")"

# auto is block, until a disk is too small for that.
truncate -s 1700M "$work/target"
plan 0 dryrun "disks=$disk:$work/target"
! grep -q 'mode=file' "$work/out" || fail "$(cat "$work/out")"
truncate -s 1100M "$work/target"
small=$(losetup --show -f "$work/target")
at_exit losetup -d "$small"
plan 0 dryrun "disks=$disk:$small"
said "mode=file: $small is smaller than the disk that it is for"
plan 3 mode=block "disks=$disk:$small" dryrun
said "$small is too small"

nothing_left
