#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that is mounted and written to all the time: copied while it is, held
# still for the last comparison, and let go.  Whatever is cut, stopped or killed
# meanwhile, the source goes on, and no copy is committed that never was.
# limit: 600
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"
need script

size=$((192 * 1048576))
live_disk ext4
serve_ssh
from "${loop#/dev/}"
begin_writing
goes_on

# Refused, or planned: nothing is stopped, nothing is written.
begin quiesce=none
ended 3 'quiesce=none'
said "$mounted"
said 'does not stop who writes there'
begin quiesce=snapshot
ended 4 'snapshots without LVM'
said 'LVM'
begin quiesce=snapshot fence=poweroff
ended 2 'snapshots and a fence'
said 'would be lost with it'
begin dryrun
ended 0 'dry run'
said 'the source is in use: '
said 'as soon as it can stand still for no more than 60s:'
said 'a second machine with the same identity'
[ "$(stat -c %s "$target")" = 1048576 ] || fail "a dry run wrote"
[ "$(stood_still)" = 0 ] || fail "a dry run stopped the source"
goes_on

# By itself, when the downtime can be kept.
begin
freeze_agent
note_still
thaw_agent
ended 0 'auto'
equals_still
holds_acknowledged
said 'round 1: '
said 'read back and equal to the source, which stands still'
said 'from the quiesce to the commit, predicted'
said 'two machines with one identity'
grep -q '"downtime_s": [0-9]' "$work/status" || fail "no downtime in the status"
grep -q '"round": [1-9]' "$work/status" || fail "no round in the status"
goes_on

# By order.
begin cutover=manual downtime=0
until_true 60 is_said 'waiting for the order'
order 0 status 'awaiting-cutover, stage final'
order 0 cutover 'is ordered'
freeze_agent
note_still
order_later cutover
thaw_agent
ended 0 'manual'
grep -q 'under way' "$work/answer" || fail "a second order: $(cat "$work/answer")"
equals_still
holds_acknowledged
said 'warning: predicted downtime'
goes_on

# By order, typed.
: >"$work/out"
mkfifo "$work/keys"
exec 7<>"$work/keys"
rm "$target"
truncate -s 1M "$target"
script -qefc "$(printf '%q ' "$lander" "source=$source_uri" "disks=$target" \
    convert=none "identity=$identity" "hostkey=$pin" cutover=manual)" \
    "$work/out" <"$work/keys" >"$work/typescript" 2>&1 &
agent=$!
until_true 60 is_said 'waiting for the order'
printf 'banana\ncutover\n' >&7
ended 0 'typed'
said 'no such order; there are status'
said 'from the quiesce to the commit'
exec 7>&-
goes_on

# At a time.
begin "cutover=at:$(date -u -d '+12 seconds' +%Y-%m-%dT%H:%M:%SZ)"
until_true 60 is_said 'waiting for 20'
freeze_agent
note_still
thaw_agent
ended 0 'at'
equals_still
if is_said "kernel notes what is written"; then
    said "writes tracked"
fi
begin "cutover=at:$(date -u -d '-2 hours' +%Y-%m-%dT%H:%MZ)"
ended 3 'a time that is over'

# Aborted while it stands still.
begin
freeze_agent
order_later abort
thaw_agent
ended 10 'abort'
said 'and runs again'
said 'try: start again when it suits: what is on the target is kept'
not_committed
goes_on

# Killed while it stands still: the source goes on by itself.
begin
freeze_agent
kill -KILL "$agent"
killed=$(date +%s)
wait "$agent" 2>/dev/null || true
goes_on
[ $(($(date +%s) - killed)) -le 12 ] || fail "it stood still for longer than 12 s"
not_committed
# The next start goes on, with little.
keep=1 begin
freeze_agent
note_still
thaw_agent
ended 0 'after a kill'
equals_still
holds_acknowledged
done_with='^lander: done: .* holds the machine;'
grep -qE "$done_with [0-9.]+ (bytes|kB|MB) received, [0-9]+ s$" "$work/out" ||
    fail "too much came again, or nobody tells: $(tail -n 5 "$work/out")"
came=$(sed -nE "s/$done_with ([0-9]+)[.0-9]* MB received.*/\1/p" "$work/out")
[ "${came:-0}" -le 17 ] || fail "too much came again: $came MB"
goes_on

# Its session is cut while it stands still: done again, not committed.
begin
freeze_agent
cut_ssh
goes_on
thaw_agent
freeze_agent
note_still
thaw_agent
ended 0 'cut'
said 'going back to the rounds'
equals_still
holds_acknowledged
goes_on

# A promise that can't be kept.
begin downtime=1s
ended 7 'downtime=1s'
said 'lander.downtime allows 1.0 s'
said 'the source was only read'
[ "$(stood_still)" = 0 ] || fail "it was stopped all the same"
not_committed
goes_on

# The example of kickstart/, for this machine: nobody is switched off here.
grep -v '^lander.fence=poweroff$' "$project/kickstart/ssh-live.args" |
    sed "s/#.*//; s|@10.0.2.2/sda|@127.0.0.1:$port/$loop|
        s|SHA256:A*|$pin|; s|file:id_ed25519|$identity|" |
    tr '\n' ' ' >"$work/words"
! grep -q fence "$work/words" || fail "it would be switched off"
"$lander" --cmdline="$(cat "$work/words")" convert=none "disks=$target" \
    "overwrite=$target" >"$work/out" 2>&1 || fail "the example: $(cat "$work/out")"
said 'from the quiesce to the commit'

end_writing
nothing_left
