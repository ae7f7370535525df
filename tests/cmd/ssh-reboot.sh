#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The source machine starts again between two rounds: sshd, lander-source and the
# kernel's trace are gone, what was written before it went down and while it was
# up without them nobody noted, and its boot_id is another one.  Notes from before
# count for nothing, all of it is compared, and the copy is exact.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"
need losetup mkfs.ext4
[ -n "${LANDER_IN_ROOT:-}" ] || skip "only inside the build root"

boot_id=/proc/sys/kernel/random/boot_id
size=$((192 * 1048576))
live_disk ext4
serve_ssh
from "${loop#/dev/}"
begin_writing
goes_on

rounds()
{
    grep -c "round [0-9]*: $1, " "$work/out" || true
}

more_rounds()
{
    [ "$(rounds "$1")" -gt "$2" ]
}

# The machine's own name for this run of it is another one from now on.
another_start()
{
    cat /proc/sys/kernel/random/uuid >"$work/boot_id"
    mount --bind "$work/boot_id" $boot_id
    at_exit umount $boot_id
    [ "$(cat $boot_id)" = "$(cat "$work/boot_id")" ] || fail "the same boot_id"
}

begin cutover=manual downtime=20s quiesce=freeze
until_true 60 is_said 'waiting for the order'
if ! is_said "kernel notes what is written"; then
    skip "writes can't be tracked here: $(grep -m 1 "can't be" "$work/out")"
fi
until_true 60 more_rounds 'writes tracked' 1
before=$(rounds 'hashes compared')

# Down.
stop_ssh
end_writing
umount "$mounted"
# With them goes the trace that they made.
nothing_left
losetup -d "$loop"
# While nobody could note it, say by a repair from another system.
dd if=/dev/urandom of="$work/source" bs=4096 count=700 seek=$((size / 4096 - 900)) \
    conv=notrunc status=none
another_start
# Up: the same names, nobody who tracks.
# Its number may be another's for a moment.
until_true 60 losetup "$loop" "$work/source"
mount "$loop" "$mounted"
head -c 3M /dev/urandom >"$mounted/written-at-the-start"
sync -f "$mounted"
begin_writing
goes_on
serve_ssh_again
until_true 90 more_rounds 'hashes compared' "$before"
said 'nobody noted what was written meanwhile'
goes_on

# The next ones rest on notes again.
again=$(rounds 'writes tracked')
until_true 60 more_rounds 'writes tracked' "$again"
order 0 cutover 'is ordered'
freeze_agent
note_still
thaw_agent
ended 0 'after a start of the source'
equals_still
goes_on
if grep -q 'notes of writes did not name' "$work/log"; then
    fail "the last comparison had to find what a round should have"
fi
end_writing
nothing_left
