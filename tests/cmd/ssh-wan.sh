#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Over a line with a round trip of 40 ms on which 1 % of the frames never
# arrive, and which is out for a minute in the middle: the copy goes on with what
# is missing, and is equal.
# limit: 420
if [ -z "${LANDER_FAR:-}" ]; then
    # The source's end of the line: a network namespace of its own.
    LANDER_FAR=1 exec unshare -n "$0"
fi
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-line.sh"
need unshare nsenter ip

outage=60
seed=${LANDER_SEED:-$RANDOM}
echo "# LANDER_SEED=$seed"

# The slowest of all where frames are lost, and the one that every host has.
echo reno >/proc/sys/net/ipv4/tcp_congestion_control

lay_line delay=20 loss=10 seed="$seed"
lander_stands_near

size=$((32 * 1048576 + 512))
copy_s=300
head -c $size /dev/urandom >"$work/source"
truncate -s 1M "$target"
serve_ssh "ListenAddress 10.7.0.1"
source_uri="ssh://root@10.7.0.1:$port/$work/source"

copied_some()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 6000 ]
}

copy_ssh 0 &
agent=$!
until_true 120 copied_some
kill -USR1 "$line"
echo "# the line is out for $outage s"
# Nothing to wait for: a minute is what is tested.
sleep "$outage"
[ "$(du -k "$target" | cut -f 1)" -lt $((size / 1024)) ] ||
    fail "it was copied before the line was out"
kill -USR2 "$line"
wait "$agent" || fail "the copy: $(tail -n 20 "$work/out")"
same
said 'read back and equal to the source'
[ "$(counted resent)" -le $((32 * 1048576)) ] ||
    fail "$(counted resent) bytes were sent again"
# What still answered the lost connections ends when they are given up there.
until_true 150 none_left
kill -TERM "$line"
wait "$line"
cat "$work/cable.log"
sed -n 's/.* came through, \([0-9]*\) were lost/\1/p' "$work/cable.log" |
    grep '[1-9][0-9][0-9]' >/dev/null || fail "no frames were lost"
grep -E "received [0-9]+" "$work/log" | tail -n 1
