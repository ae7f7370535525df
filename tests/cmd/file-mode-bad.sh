#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file where something is in the way: what is refused before anything is
# written, a file system that becomes full all the same, files that come, grow
# and go while they are read, an order to stop, a pause.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
. "$(dirname "$0")/lib-root.sh"
need losetup partx sfdisk mkfs.ext4 mkfs.xfs mkswap
need_files

small_machine
head -c 20000000 /dev/urandom >"$root/srv/noise"
sync
truncate -s 1100M "$target"
serve_ssh "ChrootDirectory $root"
from ""
disk=${loop#/dev/}

untouched()
{
    [ "$(tr -d '\0' <"$target" | wc -c)" = 0 ] || fail "something was written"
}

# --- refused -----------------------------------------------------------------
move 2 "exclude=srv/x"
said "lander.exclude"
move 3 rehearse
said "lander.rehearse"
move 3 quiesce=snapshot
said "lander.quiesce=snapshot is for copies of disks"
move 3 convert=none
said "a new layout (as the job says) has no boot loader"
move 3 "part=/var size=9999999G"
said "the largest is /var"
said "change what the message names"
untouched

nothing_mounted()
{
    ! grep -q ' /run/lander/mount/tree' /proc/self/mountinfo &&
        [ -z "$(losetup -j "$target")" ]
}

# --- files under work --------------------------------------------------------
work_hard()
{
    local i=0

    while [ ! -e "$work/enough" ]; do
        i=$((i + 1))
        echo "$i" >>"$root/srv/growing"
        echo "$i" >"$root/srv/coming.$((i % 50))"
        mv "$root/srv/coming.$(((i + 25) % 50))" "$root/srv/went.$i" \
            2>/dev/null || true
        rm -f "$root/srv/went.$((i - 100))"
    done
}
work_hard &
worker=$!
at_exit touch "$work/enough"
move 0
said "which stands still"
touch "$work/enough"
wait "$worker" || true
nothing_mounted || fail "something is still mounted"

# --- a pause, and an order to stop -------------------------------------------
rm "$target"
truncate -s 1100M "$target"
start()
{
    : >"$work/out"
    "$lander" mode=file "source=$source_uri" "identity=$identity" \
        "hostkey=$pin" "disks=$disk:$target" --log="$work/log" \
        --control="$work/control" "$@" >"$work/out" 2>&1 &
    agent=$!
}
order()
{
    "$lander" "$@" --control="$work/control" 2>&1
}
start bwlimit=2M
until_true 60 grep -q 'copying files: .* left' "$work/out"
order pause
until_true 30 grep -q 'copying files: .* paused by order' "$work/out"
order resume
order throttle off
until_true 60 grep -q 'round 1' "$work/out"
status=0
wait "$agent" || status=$?
[ "$status" = 0 ] || fail "status $status: $(cat "$work/out")"

rm "$target"
truncate -s 1100M "$target"
start bwlimit=1M
until_true 60 grep -q 'copying files: .* left' "$work/out"
order abort
status=0
wait "$agent" || status=$?
[ "$status" = 10 ] || fail "status $status: $(cat "$work/out")"
said "what is on it is kept"
nothing_mounted || fail "something is still mounted"

# --- full --------------------------------------------------------------------
rm "$target"
truncate -s 1100M "$target"
start bwlimit=2M "part=/home size=40M"
until_true 60 grep -q 'copying files: .* left' "$work/out"
head -c 40000000 /dev/urandom >"$root/home/large"
order throttle off
status=0
wait "$agent" || status=$?
[ "$status" = 5 ] || fail "status $status: $(cat "$work/out")"
said "a line 'part PLACE size=…' gives it more room"
grep -q '/home: its .* are full' "$work/out" || fail "not said where: $(cat "$work/out")"
nothing_mounted || fail "something is still mounted"
# What it says to do is enough.
start cutover=manual "part=/home size=100M"
until_true 120 grep -q 'waiting for the order' "$work/out"
said "the layout of an earlier start is not the one of this plan"
# In a round, too.
head -c 80000000 /dev/urandom >"$root/home/larger"
status=0
wait "$agent" || status=$?
[ "$status" = 5 ] || fail "status $status: $(cat "$work/out")"
said "are full at 'larger'"
said "try: mend what the message names"
rm "$root/home/larger"
move 0 "part=/home size=100M"
said "the new layout is there since an earlier start"
nothing_left
