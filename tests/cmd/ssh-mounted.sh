#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that is written to while it is copied, ext4 mounted and a writer on it:
# when it is quiet a round makes the copy equal, and sends little.  The same with
# a lander-source that reads through the page cache leaves differences, which the
# real one finds: reading past the cache is what the equality rests on.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
need openssl mkfs.ext4 losetup

mib=1048576
size=$((192 * mib))
[ -x "$build/lander-source-buffered" ] || fail "make unit builds what is missing"

truncate -s $size "$work/image"
mkfs.ext4 -q -F -b 4096 "$work/image"
loop=$(losetup --show -f "$work/image") || skip "no loop device is to be had"
at_exit unloop "$loop"
mkdir "$work/mounted"

# fill NAME MB: a file of noise, on the disk
fill()
{
    openssl enc -aes-128-ctr -pass "pass:$1$RANDOM" -nosalt -pbkdf2 </dev/zero \
        2>/dev/null | head -c $(($2 * mib)) |
        dd of="$work/mounted/$1" bs=1M conv=notrunc,fsync status=none || true
}

writer()
{
    local i=0

    while [ ! -e "$work/stop" ]; do
        fill "file$((i++ % 5))" 2
        rm -f "$work/mounted/gone$((i % 7))"
        fill "gone$i" 1
    done
}

unmount()
{
    touch "$work/stop"
    if [ -n "${writer:-}" ]; then
        wait "$writer" 2>/dev/null || true
    fi
    ! mountpoint -q "$work/mounted" || umount "$work/mounted"
}

copied()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 10000 ]
}

wrote()
{
    [ "$(find "$work/mounted" -name 'gone*' | wc -l)" -gt 3 ]
}

# What the disk itself holds now; the first sector may be the record.
direct_same()
{
    dd if="$loop" bs=1M iflag=direct status=none | cmp -i 512 - "$target"
}

mount -t ext4 "$loop" "$work/mounted"
at_exit unmount
for i in 0 1 2 3 4; do
    fill "file$i" 20
done
umount "$work/mounted"

serve_ssh "RekeyLimit 1M"
from "${loop#/dev/}"
truncate -s 1M "$target"

# --- the copy, while somebody begins to write --------------------------------

copy_ssh 4 &
agent=$!
until_true 60 copied
mount -t ext4 "$loop" "$work/mounted"
writer &
writer=$!
until_true 60 wrote
wait $agent || fail "not ended as it should: $(tail -n 20 "$work/out")"
touch "$work/stop"
wait $writer
writer=

sync -f "$work/mounted"
mount -o remount,ro "$work/mounted"
! direct_same >/dev/null 2>&1 || fail "the copy was equal before its round"
cp --sparse=always "$target" "$work/fuzzy"
copy_ssh 0
direct_same || fail "the round did not make it equal"
said 'differed from the source and came over again'
received=$(counted received)
echo "ext4: $(counted differing) bytes differed, $received received"
[ "$received" -lt $((size / 2)) ] || fail "$received bytes came over again"

# --- the negative control: the same round through the page cache --------------

# What is cached of the device stays as it is, and what it holds does not.  That
# one sector was written is seen by both.
umount "$work/mounted"
exec 9<"$loop"
dd if=/dev/fd/9 of=/dev/null bs=1M status=none
head -c 4096 /dev/zero | tr '\0' x >"$work/block"
for ((i = 0; i < 50; i++)); do
    dd if="$work/block" of="$work/image" bs=4096 seek=$((2000 + i * 701)) \
        conv=notrunc status=none
done
dd if="$loop" bs=4096 skip=40000 count=1 iflag=direct status=none |
    dd of="$loop" bs=4096 seek=40000 oflag=direct conv=notrunc status=none
cp "$build/lander-source-buffered" "$work/placed"
{
    printf 'restrict,command="%s serve %s" ' "$work/placed" "$loop"
    cat "$work/id.pub"
} >"$work/authorized"
cp "$work/fuzzy" "$target"
copy_ssh 0
! direct_same >/dev/null 2>&1 ||
    fail "a lander-source that reads through the cache was not found out"
echo "buffered: $(counted differing) bytes differed, and the copy is wrong"

# The real one finds what the buffered one called equal; with the record from
# before, so that the copy is not done.
cp "$work/id.pub" "$work/authorized"
dd if="$work/fuzzy" of="$target" bs=512 count=1 conv=notrunc status=none
copy_ssh 0
direct_same || fail "the round did not find what the buffered one left"
left=$(counted differing)
echo "left by the buffered one: $left bytes"
# Not all of it need have been cached.
[ "$left" -ge $((20 * 4096)) ] || fail "only $left bytes differed, it says"
