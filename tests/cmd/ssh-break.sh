#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A break while the source stands still: who sits there is told so and has a
# shell; when that is left the source stood still all the time, an order in it or
# the end of its time lets the source go on, and so does the end of this machine.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"
need openssl

driver=${LANDER_ASAN:+$build/asan/unit/run_breakpoint}
driver=${driver:-$build/unit/run_breakpoint}
size=$((96 * 1048576))
hash=$(openssl passwd -6 -salt abc sesame)
live_disk ext4
serve_ssh
begin_writing
goes_on
# A password is put into /etc: into another one.
cp -a /etc "$work/etc"

# sit WHAT: in the background
sit()
{
    unshare -m --propagation unchanged sh -c 'mount --bind "$1" /etc && shift && exec "$@"' sh "$work/etc" \
        "$driver" "$1" "$hash" "ssh://root@127.0.0.1:$port/" "$pin" "$identity" \
        "${loop#/dev/}" >"$work/out" 2>&1 &
    agent=$!
    until_true 60 is_said 'the source STANDS STILL, since'
    said 'break before the stage verify, as lander.break asks'
    said '/dev/x: half of it'
    said "after 15 s in the shell this job ends and lets it go on; were this machine gone, it would go on by itself after 10 s"
    held=$(acked)
}
still()
{
    sleep 1
    [ "$(acked)" -le "$((held + 1))" ] || fail "the source is written to"
}

sit leave
still
until_true 60 is_said 'the break is over: 0'
wait "$agent" || fail "$(cat "$work/out")"
said 'going on with the stage verify'
said 'and runs again'
goes_on

sit stop
still
until_true 60 is_said 'the break is over: 0'
until_true 3 is_said 'and runs again'
wait "$agent" || fail "$(cat "$work/out")"
goes_on

# Nobody is there.
sit sleep
until_true 25 is_said 'lander.break: nobody left the shell, and the source stood still for 15 s in it'
until_true 3 is_said 'and runs again'
wait "$agent" && fail "$(cat "$work/out")"
agent=
goes_on

# Nothing is there any more.
sit sleep
still
kill -KILL "$agent"
wait "$agent" || true
agent=
goes_on

end_writing
nothing_left
