#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Stopped by order while a conversion runs, which looks at no order: the source
# goes on at once, not when that is over.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"

driver=${LANDER_ASAN:+$build/asan/unit/run_release}
driver=${driver:-$build/unit/run_release}
size=$((96 * 1048576))
live_disk ext4
serve_ssh
begin_writing
goes_on

"$driver" "ssh://root@127.0.0.1:$port/" "$pin" "$identity" "${loop#/dev/}" \
    >"$work/out" 2>&1 &
agent=$!
until_true 60 is_said 'the conversion begins'
held=$(acked)
until_true 7 is_beyond "$((held + 3))"
! is_said 'is over' || fail "it went on when the conversion was over"
until_true 5 is_said 'stopping by order; the source was quiesced for'
said 'and runs again'
wait "$agent" || fail "$(cat "$work/out")"
agent=
said 'the conversion is over; held: 0'
goes_on

end_writing
nothing_left
