#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A source that goes on after it was compared, and a commit that does not notice
# would be a stale copy that starts: its session lost between parking and the
# first write.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"
. "$(dirname "$0")/lib-record.sh"

size=$((160 * 1048576))
live_disk ext4
head -c 64M /dev/urandom >"$mounted/more"
sync
serve_ssh
from "${loop#/dev/}"

# A target that can be made to wait in the middle of a write.
truncate -s 320M "$work/slow.img"
mkfs.ext4 -q "$work/slow.img"
slow=$(losetup --show -f "$work/slow.img")
at_exit unloop "$slow"
mkdir "$work/slow"
mount -t ext4 "$slow" "$work/slow"
let_go()
{
    fsfreeze -u "$work/slow" 2>/dev/null || true
    end_agent
    until umount "$work/slow"; do sleep 1; done
}
at_exit let_go
target=$work/slow/target

is_compared()
{
    grep -q 'differed at the last compare' "$work/log"
}

# All of them: who speaks for a user outlives the one that cut_ssh ends.
end_sessions()
{
    local p

    for p in $(ps -eo pid=,comm= |
        awk -v first="$sshd" '$2 ~ /^sshd/ && $1 != first { print $1 }'); do
        kill -KILL "$p" 2>/dev/null || true
    done
}

# In the stage "commit", with a thread that waits in the kernel.
is_parking()
{
    grep -q '"stage": "commit"' "$work/status" &&
        grep -q '^State:.*D' /proc/"$agent"/task/*/status
}

begin_writing
goes_on
begin
freeze_agent
until is_compared; do
    thaw_agent
    # Shorter than it takes to read the target back.
    sleep 0.01
    kill -STOP "$agent"
done
! is_said 'complete' || fail "it was too quick to be looked at"
fsfreeze -f "$work/slow"
thaw_agent
until_true 60 is_parking
end_sessions
goes_on
fsfreeze -u "$work/slow"
ended 6 'lost while it parked'
said 'the source did not stand still to the end'
said 'it goes on where it stopped'
! is_said 'without the source' || fail "$(cat "$work/out")"
[ "$(record_get "$target" state)" = stage ] ||
    fail "the record says $(record_get "$target" state)"
goes_on

keep=1 begin
freeze_agent
note_still
thaw_agent
ended 0 'the start after it'
said 'read back and equal to the source, which stands still'
equals_still
holds_acknowledged
goes_on

end_writing
nothing_left
