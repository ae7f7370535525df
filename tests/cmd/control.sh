#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Orders to a copy that runs: a pause holds its bytes still and loses none, the
# limit on reading is kept, and another one counts at once.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
need jq

size=$((160 * 1000000 / 65536 * 65536 + 512))
head -c $size /dev/urandom >"$work/source"
truncate -s $((size + 1048576)) "$target"
serve file "$work/source"
orders=--control=$work/control
begun=

# start WORD…: a copy beside this
start()
{
    rm -f "$work/status"
    "$lander" "source=$source_uri" "disks=$target" convert=none \
        "overwrite=$target" "job=$(cat /proc/sys/kernel/random/uuid)" \
        "$orders" --status="$work/status" --log="$work/log" "$@" \
        >"$work/out" 2>&1 &
    agent=$!
    until_true 60 copies
    begun=$(date +%s%N)
}

finish()
{
    local status=0

    wait $agent || status=$?
    [ $status = 0 ] || fail "status $status: $(tail -n 30 "$work/out")"
    same
}

copies()
{
    [ -s "$work/status" ] && [ "$(bytes)" -gt 0 ]
}

bytes()
{
    jq -r '.bytes_received // 0' "$work/status"
}

# Bytes a second of the full pass, from the log's own sum.
rate()
{
    grep 'copy - INFO - .* received ' "$work/log" | tail -n 1 |
        sed -n 's/.* in \([0-9.]*\) s: received \([0-9]*\) .*/\2 \1/p' |
        awk '{ printf "%d", $1 / $2 }'
}

# order STATUS TEXT WORD…: it is answered so
order()
{
    local want=$1 text=$2 status=0

    shift 2
    "$lander" "$@" "$orders" >"$work/answer" 2>&1 || status=$?
    [ "$status" = "$want" ] || fail "$*: status $status, not $want: $(cat "$work/answer")"
    grep -qF -- "$text" "$work/answer" || fail "$*: $(cat "$work/answer")"
}

order 3 'no lander listens here' pause
order 2 'usage: lander pause' pause now
"$lander" throttle >"$work/answer" 2>&1 && fail "throttle without a rate"
grep -q 'usage: lander throttle RATE' "$work/answer" || fail "$(cat "$work/answer")"
copy 2 bwlimit=fast
said "'fast' is not a rate"

# The mean of the whole pass, which is all data.
start bwlimit=20M
order 0 "$target" plan
grep -c '^lander: ' "$work/answer" >"$work/lines"
[ "$(cat "$work/lines")" -ge 2 ] || fail "a plan of one line: $(cat "$work/answer")"
# Where it listens may be said first, or between.
for words in "$orders status" "status $orders" "$orders throttle 20M" \
    "throttle $orders 20M"; do
    # shellcheck disable=SC2086 # words
    "$lander" $words >"$work/answer" 2>&1 || fail "$words: $(cat "$work/answer")"
done
status=0
"$lander" "$orders" status now >"$work/answer" 2>&1 || status=$?
[ $status = 2 ] && grep -q 'usage: lander status ' "$work/answer" ||
    fail "status $status: $(cat "$work/answer")"
order 3 'nothing is paused' resume
order 3 'no job waits' retry
order 2 'is not a rate' throttle slow
finish
now=$(rate)
echo "limit 20000000, measured $now"
[ "$now" -gt 18000000 ] && [ "$now" -lt 22000000 ] || fail "20M was $now"

# A pause: what was asked for before it comes, then nothing does.
start bwlimit=20M
order 0 'paused by order' pause
sleep 1
before=$(bytes)
order 0 'paused by order' status
sleep 4
[ "$(bytes)" = "$before" ] || fail "$before bytes before the pause, $(bytes) in it"
[ "$before" -lt $((size / 2)) ] || fail "$before of $size before the pause"
[ "$(jq .paused "$work/status")" = true ] || fail "$(cat "$work/status")"
# The line that is drawn every few seconds.
until_true 20 grep -q 'copying .*, paused by order' "$work/out"
order 0 'going on' resume
[ "$(jq .paused "$work/status")" = false ] || fail "$(cat "$work/status")"
finish

# Another limit, in flight: 16 s become much less.
start bwlimit=10M
order 0 '80 MB/s' throttle 80M
from=$(bytes) at=$(date +%s%N)
finish
took=$((($(date +%s%N) - begun) / 1000000))
echo "10 MB/s, then 80: $took ms"
[ $took -lt 9000 ] || fail "80M in flight: $took ms"

start bwlimit=80M
order 0 '10 MB/s' throttle 10M
from=$(bytes) at=$(date +%s%N)
sleep 4
span=$((($(date +%s%N) - at) / 1000))
now=$((($(bytes) - from) * 1000000 / span))
echo "80 MB/s, then 10: $now"
[ $now -gt 5000000 ] && [ $now -lt 15000000 ] || fail "10M in flight was $now"
order 0 'without a limit' throttle off
finish

# Paused, and then given up: the target keeps what it has.
start bwlimit=20M
order 0 'paused by order' pause
order 0 'aborting' abort
status=0
wait $agent || status=$?
[ $status = 10 ] || fail "aborted in a pause: $status: $(tail "$work/out")"
