#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# free=skip: a disk with ext4 and XFS, a third full, whose free space holds what
# was deleted there.  It is copied while it is written to, and the free space is
# neither sent nor left on the target; everything else is there, by the file
# systems' own checks and by the files.  After a kill it goes on.  A source that
# calls used blocks free is found out.
# limit: 600
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"
need openssl losetup partx sfdisk mkfs.ext4 mkfs.xfs e2fsck xfs_repair fsfreeze

mib=1048576
size=$((520 * mib))
copy=

# noise FILE MIB
noise()
{
    openssl enc -aes-128-ctr -pass "pass:$1$RANDOM" -nosalt -pbkdf2 \
        </dev/zero 2>/dev/null | head -c $(($2 * mib)) >"$1" || true
}

# Full once, then a third of it.
fill()
{
    local n

    for n in 1 2 3 4; do
        noise "$1/keep$n" $(($2 / 14))
    done
    # Many small places, too: more than one block of XFS's tree tells.
    noise "$work/small" 6
    mkdir "$1/small"
    split -b 4096 -a 4 -d "$work/small" "$1/small/"
    noise "$1/gone" $(($2 * 4 / 10))
    sync -f "$1"
    rm -f "$1/gone" "$1"/small/*[13579]
    sync -f "$1"
}

end_used()
{
    end_writing
    for m in "$work/ext4" "$work/xfs" "$work/copy"; do
        fsfreeze -u "$m" 2>/dev/null || true
        ! mountpoint -q "$m" || umount "$m" || true
    done
    detach
    unloop "$loop"
}

make_disk()
{
    truncate -s "$size" "$work/source"
    printf '%s\n' 'label: gpt' 'start=2048, size=344064' 'start=346112, size=716800' |
        sfdisk -q "$work/source"
    loop=$(losetup --show -P -f "$work/source") ||
        skip "no loop device is to be had"
    at_exit end_used
    # A kernel that reads no tables takes them from outside.
    [ -b "${loop}p2" ] || partx -a "$loop" 2>/dev/null || true
    [ -b "${loop}p2" ] || skip "no partitions on loop devices here"
    mkfs.ext4 -q -b 4096 "${loop}p1"
    mkfs.xfs -q "${loop}p2"
    mkdir -p "$work/ext4" "$work/xfs" "$work/copy"
    mount "${loop}p1" "$work/ext4"
    mount "${loop}p2" "$work/xfs"
    fill "$work/ext4" 150
    fill "$work/xfs" 330
}

# Into space that was free when the copy began, and files that go again.
write_files()
{
    local n=0

    while [ -e "$work/writing" ]; do
        n=$((n + 1))
        noise "$work/ext4/new$((n % 9))" 1
        noise "$work/xfs/new$((n % 9))" 1
        rm -f "$work/ext4/new$(((n + 4) % 9))" "$work/xfs/new$(((n + 5) % 9))"
        sync -f "$work/ext4"
        sync -f "$work/xfs"
        echo $n >>"$work/acked"
    done
}

begin_files()
{
    : >"$work/acked"
    touch "$work/writing"
    write_files &
    writer=$!
}

sums()
{
    (cd "$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

# What the files are now, read while nothing can write.
note_files()
{
    sums "$work/ext4" >"$work/ext4.sums"
    sums "$work/xfs" >"$work/xfs.sums"
}

attach()
{
    copy=$(losetup --show -Pf "$@")
    [ -b "${copy}p2" ] || partx -a "$copy"
}

detach()
{
    [ -z "$copy" ] || unloop "$copy"
    copy=
}

# Every file, and what the file systems' own programs say.  XFS is never without
# a log while it is mounted: it is written out on a copy of the copy.
copy_is_good()
{
    cp --sparse=always "$target" "$work/second"
    attach "$work/second"
    e2fsck -fn "${copy}p1" >"$work/fsck" 2>&1 || fail "$(cat "$work/fsck")"
    mount -o ro,noload "${copy}p1" "$work/copy"
    sums "$work/copy" | cmp - "$work/ext4.sums" ||
        fail "a file on ext4 is not what it was"
    umount "$work/copy"
    mount -o nouuid "${copy}p2" "$work/copy"
    sums "$work/copy" | cmp - "$work/xfs.sums" ||
        fail "a file on XFS is not what it was"
    umount "$work/copy"
    xfs_repair -n "${copy}p2" >"$work/fsck" 2>&1 || fail "$(cat "$work/fsck")"
    detach
}

# bytes that came for this disk, in MiB
came()
{
    awk '/ received [0-9]+ bytes, written/ {
        sub(/.* received /, ""); sum += $1 } END { print int(sum / 1048576) }' \
        "$work/log"
}

make_disk
serve_ssh
from "${loop#/dev/}"

# --- what is planned ----------------------------------------------------------

begin free=skip dryrun
ended 0 'dry run'
said "free space of $work/ext4 (ext4 on ${loop#/dev/}p1), "
said "free space of $work/xfs (xfs on ${loop#/dev/}p2), "
said 'is not copied, as lander.free=skip asks'
begin dryrun
ended 0 'dry run of copy'
if is_said 'is not copied'; then
    fail "without free=skip it would leave something out"
fi

# --- all of it, for the comparison --------------------------------------------

note_files
begin
ended 0 'all blocks'
all=$(came)
begin free=skip
ended 0 'used blocks'
used=$(came)
said 'which stands still, but for '
said 'and the copied file systems call all of it free'
copy_is_good
# That tree has more than one level, in a group at least: agf_levels[0].
deep=0
for n in 0 1 2 3; do
    at=$((346112 * 512 + n * 179200 * 512 + 512 + 28))
    level=$(od -An -tu4 --endian=big -j $at -N 4 "$target")
    [ "$level" -le 1 ] || deep=$level
done
[ "$deep" -gt 1 ] || fail "XFS's free space is in one block a group"
echo "all blocks: $all MiB came; used ones: $used MiB"
[ $((used * 2)) -lt "$all" ] || fail "$used of $all MiB came"
# What was left out is zero: nothing of the old target, nothing of the source.
[ "$(du -m "$target" | cut -f 1)" -lt $((used + 8)) ] ||
    fail "the target holds more than what came"

# --- what came of it: the rest is equal, bit for bit --------------------------

keep=1 begin
ended 0 'the rest'
left=$(awk '/ differing [0-9]+/ { sub(/.* differing /, "")
    n = $1 + 0; if (n > most) most = n } END { print int(most / 1048576) }' \
    "$work/log")
[ $((left + used)) -le $((all + 4)) ] ||
    fail "$left MiB differed, and $((all - used)) were left out"

# --- while it is written to, onto a target that held something -----------------

begin_files
noise "$target" 520
keep=1 begin free=skip
freeze_agent
note_files
thaw_agent
ended 0 'with a writer'
end_writing
said 'which stands still, but for '
copy_is_good
# What was free and is used by now is not taken for a write that nobody noted.
if grep 'did not name' "$work/log"; then
    fail "its notes of writes are said to be wrong"
fi

# --- killed on its way ----------------------------------------------------------

# Some of it is there, and not all.
copied()
{
    [ "$(du -m "$target" | cut -f 1)" -gt 40 ]
}

begin_files
begin free=skip
until_true 60 copied
kill -KILL "$agent"
wait "$agent" 2>/dev/null || true
not_committed
if is_said 'stage delta'; then
    fail "it was too quick to be killed"
fi
keep=1 begin free=skip
freeze_agent
note_files
thaw_agent
ended 0 'after a kill'
end_writing
said 'reading it again instead of copying it again'
copy_is_good

# --- a source that lies ---------------------------------------------------------

# It calls the data of files free.  Hashes can't tell: nothing is compared there.
cp "$build/lander-source-lying" "$work/placed"
{
    printf 'restrict,command="%s serve --quiesce %s" ' "$work/placed" "$loop"
    cat "$work/id.pub"
} >"$work/authorized"
begin free=skip
ended 8 'a source that lies'
said 'and the copied file system calls them used'
not_committed
cp "$work/id.pub" "$work/authorized"

# --- where nothing is left out ---------------------------------------------------

umount "$work/ext4" "$work/xfs"
begin free=skip
ended 0 'nothing is mounted'
said 'no file system on it is mounted there'
cmp "$loop" "$target" || fail "something was left out"
nothing_left
