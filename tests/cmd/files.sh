#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Files over SSH, with everything that they can have, into ext4, XFS and btrfs;
# the source is not written to, not even a time.  A comparison of everything
# finds nothing, and then each single thing that was changed behind its back;
# the next pass mends it.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
need_files
serve_ssh
url=ssh://root@127.0.0.1:$port
source=$work/source

# What lies below a mount point is not what is mounted there.
make_fs ext4 source 400
at_exit release_flags "$source"
make_nasty "$source"
echo below >"$source/empty/below"
mount -t tmpfs none "$source/empty"
echo above >"$source/empty/above"

# Looking sets times, too, but once.
look()
{
    find "$source" -xdev -printf '%A@ %C@ %p\n' | LC_ALL=C sort
}
look >/dev/null
look >"$work/times"

for kind in ext4 xfs btrfs; do
    make_fs $kind $kind 500
    at_exit release_flags "$work/$kind"
    files 0 "$url" "$source:$work/$kind"
    echo "# $kind: $(cat "$work/said")"
    [ "$(number unreadable)" = 0 ] || fail "unreadable"
    [ "$(number lost)" = 0 ] || fail "lost: $(cat "$work/out")"
    files 0 --verify "$url" "$source:$work/$kind"
    [ "$(number different)" = 0 ] || fail "differs"
    [ "$(number compared)" -gt 3000 ] || fail "compared $(number compared) only"
done
look | diff - "$work/times" | head -n 5 >"$work/diff"
[ ! -s "$work/diff" ] || fail "the source was written to: $(cat "$work/diff")"
umount "$source/empty"
for kind in ext4 xfs btrfs; do
    same_tree "$source" "$work/$kind"
    [ ! -e "$work/$kind/.lander-files" ] || fail "our note is left there"
    for f in plain/hole plain/sparse; do
        [ "$(stat -c %b "$work/$kind/$f")" -lt 2000 ] || fail "$f has no holes"
    done
done

# Each of these is one difference, and some of them are seen by nothing but the
# hash, because a time was put back.
d=$work/ext4
release_flags "$d"
setfattr -n user.text -v 'some texT' "$d/xattrs/file"
setfattr -x trusted.onfifo "$d/xattrs/fifo"
setfacl -m u:1234:r-x "$d/xattrs/acl"
chmod 4754 "$d/owners/mode4755"
chown 65534 "$d/owners/65535"
touch -d '1970-01-01 00:00:00.000000002 UTC' "$d/times/first"
ln -sf ../../../../etc/passwD "$d/names/up"
rm "$d/names/-rf"
echo more >"$d/names/surplus"
printf X | dd of="$d/plain/300000" bs=1 seek=77777 conv=notrunc status=none
touch -r "$source/plain/300000" "$d/plain/300000"
cp -p "$d/links/sub/c" "$d/links/sub/d"
mv "$d/links/sub/d" "$d/links/sub/c"
rm "$d/special/fifo"
echo no pipe >"$d/special/fifo"
files 8 --verify "$url" "$source:$d"
for f in "xattrs/file: attributes" "xattrs/fifo: attributes" \
    "xattrs/acl: mode, attributes" "owners/mode4755: mode" \
    "owners/65535: owner" "times/first: time" "names/up: content" \
    "names/-rf: missing" "names/surplus: not on the source" \
    "plain/300000: content" "links/[abcsu/]*: links" "special/fifo: type" \
    "flags/append: flags" "flags/fixed: flags"; do
    grep -q -- "  $f$" "$work/out" || fail "not told: $f: $(cat "$work/out")"
done
files 0 --deep "$url" "$source:$d"
echo "# mended: $(cat "$work/said")"
[ "$(number files)" -le 4 ] || fail "$(number files) files were sent again"
same_tree "$source" "$d"
files 0 --verify "$url" "$source:$d"
nothing_left
