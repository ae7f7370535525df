#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What stands between a disk and standing still: files that are open, swap,
# units, loop devices, other mount namespaces, file systems on two disks.  All
# of it is held and let go again, or named, and then nothing stays held.
# limit: 200
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-quiesce.sh"

no_sysrq
serve_ssh
volume one ext4
one=$loop
volume two xfs 320
two=$loop
write_to one

# Read-only: two file systems, one of them with a file that stays open.
drive "$one" "$two"
sleep 1000 >"$work/two/open file" &
sleeper=$!
at_exit kill -KILL "$sleeper"
order_ok "becomes read-only" prepare readonly
order_failed "$work/two (xfs on ${two#/dev/}) can't become read-only, files on it are open for writing: sleep ($sleeper) has $work/two/open file" \
    quiesce readonly
case $result in
*'; and '*forc*) ;;
*) fail "nothing of the next step: $result" ;;
esac
moves one
echo new >"$work/two/new"
kill "$sleeper"
wait "$sleeper" || true
stop_writer "$writer"
order_ok "$work/one (ext4 on ${one#/dev/}) is read-only" quiesce readonly
! touch "$work/one/x" 2>/dev/null || fail "it is not read-only"
! touch "$work/two/x" 2>/dev/null || fail "the other is not read-only"
order_ok "" still
order_ok "can be written to again" thaw
touch "$work/one/x" "$work/two/x"

# What the mount had is what it has again.
mount -o remount,nosuid,noexec,noatime "$work/one"
options=$(findmnt -no OPTIONS "$work/one")
order_ok "" quiesce readonly
order_ok "" thaw
[ "$(findmnt -no OPTIONS "$work/one")" = "$options" ] ||
    fail "$(findmnt -no OPTIONS "$work/one"), not $options"
mount -o remount,suid,exec "$work/one"
write_to one

# Frozen by somebody else, and left so.
fsfreeze -f "$work/two"
order_failed "is frozen by somebody else" quiesce auto
moves one
fsfreeze -u "$work/two" || fail "it was thawed for somebody"

# Mounted twice and in part, held once; beneath another mount, refused.
mkdir "$work/again" "$work/part" "$work/two/part"
mount --bind "$work/two" "$work/again"
mount --bind "$work/two/part" "$work/part"
mount -o remount,bind,ro "$work/part"
order_ok "" prepare freeze
[ "$(grep -c "on ${two#/dev/})" <<<"$said")" = 1 ] || fail "told twice: $said"
order_ok "" quiesce freeze
blocked one
order_ok "" thaw
umount "$work/part" "$work/again"
mount -t tmpfs none "$work/two"
order_failed "every mount of it is hidden" prepare auto
umount "$work/two"

# A loop device whose file lies there: its file system first.
truncate -s 32M "$work/two/image"
mkfs.ext4 -q "$work/two/image"
inner=$(losetup --show -f "$work/two/image")
at_exit unloop "$inner"
mkdir "$work/inner"
mount "$inner" "$work/inner"
at_exit umount "$work/inner"
order_ok "$work/inner (ext4 on ${inner#/dev/}) is frozen" quiesce auto
[ "$(sed -n 1p <<<"$said" | grep -c inner)" = 1 ] || fail "the outer first: $said"
blocked one
order_ok "" thaw
echo goes on >"$work/inner/on"
umount "$work/inner"
losetup -d "$inner"
rm "$work/two/image"

# In another mount namespace, like a container's.
volume alone ext4
alone=$loop
unshare -m --propagation unchanged sh -c 'umount "$1" && : >"$2" &&
    exec sleep 1000' sh "$work/two" "$work/apart" &
container=$!
at_exit kill -KILL "$container"
until_true 10 test -e "$work/apart"
umount "$work/alone"
nsenter -t "$container" -m -r mount "$alone" "$work/alone"
end_drive
drive "$one" "$alone"
order_ok "$work/alone (ext4 on ${alone#/dev/}, in the mount namespace of process" \
    quiesce auto
nsenter -t "$container" -m -r sh -c "echo late >$work/alone/late" &
late=$!
sleep 1
[ -e "/proc/$late" ] || fail "the container wrote to a frozen file system"
order_ok "" thaw
wait "$late" || fail "the container's writer failed"
order_failed "can't become read-only from outside of that" prepare readonly
kill "$container"
wait "$container" || true
end_drive

# Who writes to the device itself is told of, and then found to be in the way.
truncate -s 8M "$work/raw.img"
raw=$(losetup --show -f "$work/raw.img")
at_exit unloop "$raw"
drive "$raw"
{
    while :; do
        # Through the page cache nothing would reach the disk; many at once, so
        # that no pause between two programs looks like quiet.
        dd if=/dev/urandom of="$raw" bs=4096 count=2000 oflag=direct \
            conv=notrunc status=none
    done
} 5<>"$raw" &
writer=$!
at_exit stop_writer "$writer"
disown "$writer"
has_it_open()
{
    [ "$(readlink "/proc/$writer/fd/5")" = "$raw" ]
}
until_true 10 has_it_open
order_ok "not held back, and to be ended before" prepare auto
case $said in
*" ($writer) has $raw"*) ;;
*) fail "who it is: $said" ;;
esac
order_failed "something writes to the disks: " quiesce auto
case $result in
*" ($writer) has $raw"*) ;;
*) fail "who it was: $result" ;;
esac
stop_writer "$writer"
order_ok "" quiesce auto
order_ok "" thaw
end_drive

# btrfs on two disks, of which the second is copied.
truncate -s 128M "$work/b1.img" "$work/b2.img"
b1=$(losetup --show -f "$work/b1.img")
at_exit unloop "$b1"
b2=$(losetup --show -f "$work/b2.img")
at_exit unloop "$b2"
mkfs.btrfs -q -m raid1 -d raid1 "$b1" "$b2"
mkdir "$work/both"
mount -t btrfs "$b1" "$work/both"
at_exit umount "$work/both"
write_to both
drive "$b2"
order_ok "$work/both (btrfs on ${b2#/dev/}) is frozen" quiesce auto
blocked both
order_ok "" thaw
end_drive
none_lost both
