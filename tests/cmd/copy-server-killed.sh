#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The server is killed in the middle and comes back: only what was on its way
# is sent again.  When it stays away, that is an error of the network; when it
# comes back with another disk, of the source.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"

size=$((96 * 1048576))
head -c $size /dev/urandom >"$work/source"
truncate -s 1M "$target"
slow=(--filter=rate file "$work/source" rate=160M)

copied_some()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 20000 ]
}

serve "${slow[@]}"
copy 0 loglevel=debug &
agent=$!
until_true 60 copied_some
stop_server
until_true 20 grep -q 'connecting again' "$work/log"
serve_again "${slow[@]}"
wait $agent || fail "the copy: $(tail -n 20 "$work/out")"
same
[ "$(counted reconnects)" -ge 1 ] || fail "no reconnect was counted"
[ "$(counted resent)" -le $((32 * 1048576)) ] ||
    fail "$(counted resent) bytes were sent again"
[ "$(counted received)" = $size ] || fail "$(counted received) received"

# Not coming back.
rm -f "$target"
truncate -s 1M "$target"
copy 6 reconnect=3s &
agent=$!
until_true 60 copied_some
stop_server
began=$(date +%s)
wait $agent || fail "gone for good: $(cat "$work/out")"
[ $(($(date +%s) - began)) -lt 30 ] || fail "it waited too long"
said "$work/sock"

# Back, but smaller.
serve_again "${slow[@]}"
rm -f "$target"
truncate -s 1M "$target"
copy 4 reconnect=30s &
agent=$!
until_true 60 copied_some
stop_server
truncate -s $((size / 2)) "$work/source"
serve_again "${slow[@]}"
wait $agent || fail "another disk: $(cat "$work/out")"
said "had $size bytes and now has $((size / 2))"
