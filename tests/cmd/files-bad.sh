#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Files that can't be had: unreadable ones, those that grow and vanish while they
# are read, those that are left out, and a target that is full; FAT.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
need_files
need debugfs mkfs.vfat
serve_ssh
url=ssh://root@127.0.0.1:$port
s=$work/source t=$work/target

make_fs ext4 source 300
make_fs ext4 target 300
mkdir -p "$s/var/cache" "$s/var/lib" "$s/srv/backup/a" "$s/home/me"
noise a 100000 >"$s/var/lib/broken"
noise b 100000 >"$s/var/lib/whole"
noise c 100000 >"$s/var/cache/one"
noise d 20000000 >"$s/srv/backup/a/large"
noise e 20000000 >"$s/home/me/large"
echo >"$s/home/me/core"
echo >"$s/home/me/note.tmp"
umount "$s"
debugfs -w -R 'sif /var/lib/broken block[0] 0x1234' "$work/source.img" 2>/dev/null
loop=$(losetup -j "$work/source.img" | cut -d : -f 1)
mount -o errors=continue "$loop" "$s"

# Unreadable: said by name, counted, and no obstacle to the others.
files 0 "$url" "$s:$t"
[ "$(number unreadable)" = 1 ] || fail "unreadable: $(cat "$work/said")"
said 'var/lib/broken: '
[ ! -e "$t/var/lib/broken" ] || fail "half of it was left there"
cmp "$s/var/lib/whole" "$t/var/lib/whole" || fail "its neighbour"
files 8 --verify "$url" "$s:$t"
said 'var/lib/broken: '
files 0 --exclude=broken "$url" "$s:$t"
[ "$(number unreadable)" = 0 ] || fail "it was read"
files 0 --exclude=broken --verify "$url" "$s:$t"

# A file whose inode makes no sense: a look at it makes ext4 read-only.  Left out
# by its own name, by a pattern or with all beside it, it is not looked at, in
# whatever pass.
make_fs ext4 sick 60
mkdir -p "$work/sick/lib/d1" "$work/sick/own"
noise g 50000 | tee "$work/sick/lib/bad1" "$work/sick/lib/d1/bad2" \
    "$work/sick/own/bad3" >"$work/sick/lib/fine"
umount "$work/sick"
for f in lib/bad1 lib/d1/bad2 own/bad3; do
    debugfs -w -R "sif /$f block[0] 0x1234" "$work/sick.img" 2>/dev/null
done
loop=$(losetup -j "$work/sick.img" | cut -d : -f 1)
mount -o errors=remount-ro "$loop" "$work/sick"
make_fs ext4 well 60
touched()
{
    cat "/sys/fs/ext4/${loop#/dev/}/errors_count"
}
[ "$(touched)" = 0 ] || fail "it is noted already"
for way in "" --deep --verify "--passes=2"; do
    # shellcheck disable=SC2086 # nothing is no word
    files 0 $way --exclude="$work/sick/lib/bad1" \
        --exclude="$work/sick/**/ba[a-d][!x]" --exclude="$work/sick/own/" \
        "$url" "$work/sick:$work/well"
    [ "$(touched)" = 0 ] || fail "it was looked at ($way)"
done
cmp "$work/sick/lib/fine" "$work/well/lib/fine" || fail "its neighbour"
[ -d "$work/well/own" ] || fail "a directory that is only emptied"
[ "$(find "$work/well" -name 'bad*' | wc -l)" = 0 ] || fail "one was made"
files 0 "$url" "$work/sick:$work/well"
[ "$(touched)" != 0 ] || fail "a look at it does no harm: this proves nothing"

# Left out.
find "$t" -mindepth 1 -delete
files 0 --exclude=broken --exclude="$s/srv/backup" --exclude="$s/var/cache/" \
    --exclude=core --exclude="$s/home/**/*.tmp" "$url" "$s:$t"
[ -e "$t/home/me/large" ] && [ -d "$t/var/cache" ] || fail "too much left out"
for f in srv/backup var/cache/one home/me/core home/me/note.tmp; do
    [ ! -e "$t/$f" ] || fail "$f was not left out"
done
files 2 --exclude=a/b "$url" "$s:$t"
said 'neither begins with / nor is one name'

# Full: where, how many bytes; nothing is lost, and with less it goes on.
make_fs ext4 little 30
files 5 --exclude=broken "$url" "$s:$work/little"
said 'No space left'
said 'large'
said 'bytes) are full'
files 0 --exclude=broken --exclude="$s/srv/backup" "$url" "$s:$work/little"
cmp "$s/home/me/large" "$work/little/home/me/large" || fail "after a full one"

# Growing, vanishing, appearing: the pass ends well, says so, and the next one
# that is not disturbed makes it equal.
noise f 60000000 >"$s/home/me/grows"
writer()
{
    local i=0

    while [ ! -e "$work/stop" ]; do
        echo "$i" >>"$s/home/me/grows"
        echo "$i" >"$s/var/cache/new$((i % 50))"
        rm -rf "$s/var/cache/new$(((i + 25) % 50))" "$s/home/dir$(((i + 3) % 9))"
        mkdir -p "$s/home/dir$((i % 9))/sub"
        echo >"$s/home/dir$((i % 9))/sub/file"
        i=$((i + 1))
    done
}
writer 2>/dev/null &
writer=$!
changed=0
for i in 1 2 3; do
    rm -f "$t/home/me/grows"
    files 0 --exclude=broken "$url" "$s:$t"
    echo "# while it is written to: $(cat "$work/said")"
    changed=$((changed + $(number changed)))
done
touch "$work/stop"
wait "$writer" || true
[ $changed -gt 0 ] || fail "nobody saw the file grow"
files 0 --exclude=broken "$url" "$s:$t"
files 0 --exclude=broken --verify "$url" "$s:$t"
cmp "$s/home/me/grows" "$t/home/me/grows" || fail "what grew"

# Names and contents are all that FAT takes; what it can't is said.
if grep -qw vfat /proc/filesystems; then
    make_fs vfat fat 40
    files 0 "$url" "$s/var:$work/fat"
    cmp "$s/var/lib/whole" "$work/fat/lib/whole" || fail "FAT"
fi
nothing_left
