#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A swap file is made again, with its size, UUID and label, and without holes,
# whether it is swapped to or was switched off between two passes; what was
# swapped into it is neither copied nor compared.  And lost+found is a directory
# like any other where there is something in it.
# limit: 200
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
need losetup mkfs.ext4 mkswap swapon blkid
serve_ssh
url=ssh://root@127.0.0.1:$port
s=$work/source t=$work/target
uuid=01234567-89ab-4cde-8f01-23456789abcd

make_fs ext4 source 60
make_fs ext4 target 80
fallocate -l 8M "$s/swapfile"
chmod 600 "$s/swapfile"
mkswap -q -U $uuid -L ours "$s/swapfile"
# As if somebody had swapped to it.
head -c 1000000 /dev/urandom |
    dd of="$s/swapfile" bs=4096 seek=1 conv=notrunc status=none
echo something >"$s/file"
mkdir -p "$s/lost+found/#77"
echo found >"$s/lost+found/#77/again"
swapon "$s/swapfile" 2>/dev/null || skip "this kernel does not swap"
swap_off()
{
    swapoff "$1" 2>/dev/null || true
}
at_exit swap_off "$s/swapfile"

steps_begin --deep "$url" "$s:$t"
steps_said
[ "$(number files)" = 3 ] || fail "$(number files) files came"
# Whoever holds a machine still switches it off.
swapoff "$s/swapfile"
echo more >>"$s/file"
steps_next
steps_said
[ "$(number files)" = 1 ] || fail "$(number files) files came"
steps_end

[ "$(blkid -p -o value -s UUID "$t/swapfile")" = $uuid ] || fail "another UUID"
[ "$(blkid -p -o value -s LABEL "$t/swapfile")" = ours ] || fail "another label"
[ "$(stat -c '%s %a' "$t/swapfile")" = '8388608 600' ] ||
    fail "$(stat "$t/swapfile")"
[ $(($(stat -c %b "$t/swapfile") * 512)) -ge 8388608 ] || fail "it has holes"
[ "$(tail -c +4097 "$t/swapfile" | tr -d '\0' | wc -c)" = 0 ] ||
    fail "what was swapped out came over"
swapon "$t/swapfile" || fail "nobody can swap to it"
swapoff "$t/swapfile"
[ "$(cat "$t/lost+found/#77/again")" = found ] || fail "lost again"

# A hole is found, and filled.
fallocate -p -o 4M -l 64K "$t/swapfile"
touch -r "$s/swapfile" "$t/swapfile"
swapon "$s/swapfile"
files 8 --verify "$url" "$s:$t"
files 0 "--exclude=/file" "$url" "$s:$t"
files 0 --deep "$url" "$s:$t"
[ $(($(stat -c %b "$t/swapfile") * 512)) -ge 8388608 ] || fail "still a hole"
files 0 --verify "$url" "$s:$t"
swapoff "$s/swapfile"
nothing_left
