#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# That nobody wrote to a disk is told by its kernel's count of writes.  Where it
# does not count the disk is refused, with what to do about it, also when that
# begins in the middle; NVMe of several paths is counted on its paths.
# limit: 200
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-quiesce.sh"

no_sysrq
size=$((128 * 1048576))
head -c $size /dev/urandom >"$work/disk.img"
disk=$(losetup --show -f "$work/disk.img")
at_exit unloop "$disk"
name=${disk#/dev/}
switch=/sys/block/$name/queue/iostats
[ "$(cat "$switch")" = 1 ] || skip "this kernel counts nothing of loop devices"
at_exit counted_again
counted_again()
{
    echo 1 >"$switch"
}
truncate -s 1M "$target"
serve_ssh "RekeyLimit 1M"
from "$name"

# From the beginning: nothing is written, and what would help is said.
echo 0 >"$switch"
copy_ssh 4
said 'does not count'
said "echo 1 > $switch there"
[ "$(stat -c %s "$target")" = 1048576 ] || fail "it wrote all the same"
counted_again

# Switched off while it is copied: what is written then is counted by nobody.
wrote_some()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 20000 ]
}
copy_ssh 4 &
agent=$!
until_true 60 wrote_some
echo 0 >"$switch"
printf 'changed' | dd of="$disk" bs=1 seek=1000000 conv=notrunc,fsync status=none
wait $agent || fail "not refused: $(tail -n 20 "$work/out")"
said "echo 1 > $switch there"
counted_again
sync -f "$work/disk.img"
copy_ssh 0
same "$work/disk.img"

# … or before it is held still.
volume one ext4
drive "$loop"
at_exit sh -c "echo 1 >/sys/block/${loop#/dev/}/queue/iostats"
echo 0 >"/sys/block/${loop#/dev/}/queue/iostats"
order_failed "echo 1 > /sys/block/${loop#/dev/}/queue/iostats" quiesce auto
touch "$work/one/x"
echo 1 >"/sys/block/${loop#/dev/}/queue/iostats"
order_ok "" quiesce auto
order_ok "" thaw
end_drive

# A partition: what goes through it is what counts.
parts=$(losetup --show -fP "$work/disk.img")
at_exit unloop "$parts"
echo 'start=2048, size=65536' | sfdisk -q "$parts"
partx -a "$parts" 2>/dev/null || true
at_exit partx -d "$parts"
until_true 10 test -b "${parts}p1"
drive "${parts}p1"
order_ok "" quiesce auto
order_ok "" thaw
end_drive

# NVMe's one name for several paths as kernels before 6.2 show it: the name has
# zeroes, the paths are hidden and count.  Its sysfs is ours, the disk is real.
number=$(cat "/sys/block/$name/dev")
tree=$work/block
mkdir -p "$tree/nvme7n1/queue" "$tree/nvme7c0n1/queue" "$tree/nvme7c1n1/queue" \
    "$tree/nvme7c0n2" "$work/numbers"
echo 1 | tee "$tree"/nvme7n1/queue/iostats "$tree"/nvme7c0n1/queue/iostats \
    >"$tree/nvme7c1n1/queue/iostats"
echo '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0' |
    tee "$tree/nvme7n1/stat" >"$tree/nvme7c0n1/stat"
ln -s "$(realpath "/sys/block/$name/stat")" "$tree/nvme7c1n1/stat"
# Of another disk: it must not count.
ln -s "$(realpath "/sys/block/$name/stat")" "$tree/nvme7c0n2/stat"
echo "$number" >"$tree/nvme7n1/dev"
ln -s "$tree/nvme7n1" "$work/numbers/$number"
mount --bind "$work/numbers" /sys/dev/block
at_exit umount /sys/dev/block
mount --bind "$tree" /sys/block
at_exit umount /sys/block
rm "$target"
truncate -s 1M "$target"
copy_ssh 4 &
agent=$!
until_true 60 wrote_some
printf 'CHANGED' | dd of="$disk" bs=1 seek=2000000 conv=notrunc,fsync status=none
wait $agent || fail "not refused: $(tail -n 20 "$work/out")"
said 'was written to while it was copied'
sync -f "$work/disk.img"
copy_ssh 0
same "$work/disk.img"
# Any path may be the next one that is written through.
rm "$target"
truncate -s 1M "$target"
echo 0 >"$tree/nvme7c0n1/queue/iostats"
copy_ssh 4
said 'echo 1 > /sys/block/nvme7c0n1/queue/iostats there'
echo 1 >"$tree/nvme7c0n1/queue/iostats"
rm "$tree/nvme7c1n1/stat"
cp "$tree/nvme7n1/stat" "$tree/nvme7c1n1/stat"
copy_ssh 4
said 'its driver has no count'
