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
        noise "$1/keep$n" $(($2 / 12))
    done
    noise "$1/gone" $(($2 * 4 / 10))
    sync -f "$1"
    rm "$1/gone"
    sync -f "$1"
}

end_used()
{
    end_writing
    for m in "$work/ext4" "$work/xfs" "$work/copy"; do
        fsfreeze -u "$m" 2>/dev/null || true
        ! mountpoint -q "$m" || umount "$m" || true
    done
    losetup -d "$loop"
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

copy_is_good()
{
    local copy t

    copy=$(losetup --show -Prf "$target")
    [ -b "${copy}p2" ] || partx -a "$copy"
    e2fsck -fn "${copy}p1" >"$work/fsck" 2>&1 || fail "$(cat "$work/fsck")"
    # The log has a record that a freeze leaves, and nothing else to replay.
    xfs_repair -n "${copy}p2" >"$work/fsck" 2>&1 || fail "$(cat "$work/fsck")"
    for t in ext4 xfs; do
        case $t in
        ext4) mount -o ro,noload "${copy}p1" "$work/copy" ;;
        xfs) mount -o ro,norecovery,nouuid "${copy}p2" "$work/copy" ;;
        esac
        sums "$work/copy" | cmp - "$work/$t.sums" ||
            fail "a file on $t is not what it was"
        umount "$work/copy"
    done
    losetup -d "$copy"
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

# --- all blocks, for the comparison -------------------------------------------

begin
ended 0 'all blocks'
all=$(came)

# --- while it is written to ---------------------------------------------------

begin_files
begin free=skip
freeze_agent
note_files
thaw_agent
ended 0 'free=skip'
end_writing
said 'which stands still, but for '
used=$(came)
echo "all blocks: $all MiB came; used ones, with a writer: $used MiB"
copy_is_good
