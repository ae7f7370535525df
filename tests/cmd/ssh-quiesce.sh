#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A running machine's file systems are held still: the disk's bytes stay what
# they are while its writers wait, and nothing is lost when they go on.  And
# they do go on, whoever dies.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-quiesce.sh"

no_sysrq
serve_ssh

# Each kind of file system, frozen: three seconds of the very same bytes.
for type in ext4 xfs btrfs; do
    volume "$type" "$type" 320
    write_to "$type"
    drive "$loop"
    order_ok "$work/$type ($type on ${loop#/dev/}) is frozen" prepare auto
    moves "$type"
    order_ok "is frozen" quiesce auto
    blocked "$type"
    before=$(sum_of "$loop")
    sleep 3
    [ "$(sum_of "$loop")" = "$before" ] || fail "$type changed while frozen"
    order_ok "" still
    order_ok "can be written to again" thaw
    moves "$type"
    sync -f "$work/$type"
    [ "$(sum_of "$loop")" != "$before" ] || fail "$type: the digest sees nothing"
    end_drive
    none_lost "$type"
done
none_of_ours

volume one ext4
one=$loop
volume two ext4
two=$loop
write_to one

# Whoever is killed: the writer goes on at once.
for victim in first second; do
    drive "$one" "$two"
    order_ok "$work/two" quiesce auto
    blocked one
    pid=$(our_helpers | sed -n "$([ "$victim" = first ] && echo 1 || echo 2)p")
    kill -KILL "$pid"
    moves one
    until_true 20 is_lost
    order_failed "" still
    end_drive
    none_of_ours
done
drive "$one"
order_ok "" quiesce auto
blocked one
end_sessions
moves one
until_true 20 is_lost
end_drive
none_of_ours

# Told to end.
drive "$one"
order_ok "" quiesce auto
kill -TERM "$(our_helpers | sed -n 2p)"
moves one
order_failed "a signal came" still
order_ok "a signal came" thaw
end_drive
none_of_ours

# The agent hangs: ten seconds, not fewer and not many more.
drive "$one"
order_ok "" quiesce auto
kill -STOP "$(pgrep -P "$driver_pid")"
stopped=$(date +%s)
before=$(count_of one)
sleep 6
[ "$(count_of one)" = "$before" ] || fail "thawed too early"
until_true 9 larger one "$before"
took=$(($(date +%s) - stopped))
if [ $took -lt 8 ] || [ $took -gt 13 ]; then
    fail "thawed after $took s"
fi
kill -CONT "$(pgrep -P "$driver_pid")"
is_lost || fail "it does not know that it was away"
order_failed "not heard of for 10 seconds" still
order_ok "not heard of for 10 seconds" thaw
order_ok "" quiesce auto
order_ok "" thaw
end_drive
none_lost one
none_of_ours
