#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file, cut off in its first pass, in a round and while the source is held:
# the target starts nothing, the source goes on by itself, and the next start
# finds the layout, makes its file systems whole, and goes on with the files.
# limit: 500
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
. "$(dirname "$0")/lib-root.sh"
need losetup partx sfdisk mkfs.ext4 mkfs.xfs mkswap debugfs
need_files

small_machine
mkdir -p "$root/srv/many"
for i in $(seq 400); do
    head -c 100000 /dev/urandom >"$root/srv/many/$i"
done
sync
truncate -s 1100M "$target"
serve_ssh "ChrootDirectory $root"
from ""
disk=${loop#/dev/}

# What a power cut takes with it.
swept()
{
    ! grep -q ' /run/lander/mount/tree' /proc/self/mountinfo ||
        umount -R /run/lander/mount/tree
    losetup -j "$target" -O NAME -n | while read -r l; do
        partx -d "$l" || true
        losetup -d "$l"
    done
}
at_exit swept

# cut TEXT WORD…: starts it and kills it as soon as it has said TEXT
cut()
{
    local text=$1 lander_pid

    shift
    : >"$work/out"
    "$lander" mode=file "source=$source_uri" "identity=$identity" \
        "hostkey=$pin" "disks=$disk:$target" --log="$work/log" "$@" \
        >"$work/out" 2>&1 &
    lander_pid=$!
    until_true 60 grep -q -- "$text" "$work/out"
    kill -KILL "$lander_pid"
    wait "$lander_pid" 2>/dev/null || true
    swept
    head -c 512 "$target" | grep -aq 'lander_mode=file' ||
        fail "no record: $(head -c 512 "$target")"
    [ "$(od -An -tx1 -j 510 -N 2 "$target")" = " 00 00" ] ||
        fail "it could be started"
}

is_writable()
{
    timeout 1 touch "$root/srv/now" "$root/home/now" "$root/now"
}

cut '^lander: copying files: .* left' bwlimit=2M
echo changed >"$root/srv/many/1"
cut '^lander: round 1: files compared'
said "the new layout is there since an earlier start"
came=$(sed -n 's/.*directories are there, \([0-9]*\).*/\1/p' "$work/out")
[ "$came" -lt 39 ] || fail "$came MB of 40 came again"

# The kernel calls the disk otherwise now.
job=$(head -c 440 "$target" | sed -n 's/^lander_job=//p')
mv "$target" "$work/renamed"
target=$work/renamed
cut '^lander: round 1: files compared' "job=$job"
said "the new layout is there since an earlier start"
target=$work/target
mv "$work/renamed" "$target"
rm "$root/srv/many/2"
# A file system without a journal is left like this: it says that it is not whole,
# and a directory counts wrong.
start=$(od -An -tu8 -j $((1024 + 128 + 32)) -N 8 "$target")
for word in 'ssv state 2' 'sif <2> links_count 99'; do
    debugfs -w -R "$word" "$target?offset=$((start * 512))" 2>/dev/null
done
cut '^lander: verifying files\|^lander: stage verify'
said "/boot (ext4) was not whole after an earlier start, and was mended"
until_true 20 is_writable

# A layout that somebody has changed his mind about is made anew.
cut '^lander: copying files: ' "part=/home size=100M"
said "the layout of an earlier start is not the one of this plan"
cut '^lander: round 1: files compared'
said "the layout of an earlier start is not the one of this plan"

move 0
said "the new layout is there since an earlier start"
said "files and directories are equal to the source, which stands still"
umount "$root/home"
loop_of "$target"
mounted ro "${loop}p3" "$work/new"
mounted ro "${loop}p2" "$work/new/boot"
mounted ro,nouuid "${loop}p4" "$work/new/srv"
mounted ro "${loop}p5" "$work/new/home"
mount "/dev/${disk}p5" "$root/home"
same_machine
[ "$(cat "$work/new/srv/many/1")" = changed ] || fail "many/1 is old"
[ ! -e "$work/new/srv/many/2" ] || fail "many/2 is still there"
nothing_left
