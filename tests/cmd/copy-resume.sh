#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Killed without a warning, started again: it goes on from its last checkpoint.
# What was changed on the target meanwhile is noticed.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"

size=$((400 * 1048576))
head -c $size /dev/urandom >"$work/source"
slow=(--filter=rate file "$work/source" rate=320M)

# A record with a watermark is on the target.
has_checkpoint()
{
    head -c 440 "$target" | tr -d '\0' |
        grep -aE '^lander_wm=0*[1-9a-f]' >/dev/null
}

interrupted()
{
    rm -f "$target"
    truncate -s 1M "$target"
    "$lander" "source=$source_uri" "disks=$target" convert=none \
        >"$work/first" 2>&1 &
    agent=$!
    until_true 60 has_checkpoint
    kill -KILL $agent
    wait $agent 2>/dev/null || true
}

serve "${slow[@]}"
interrupted
mark=$((16#$(head -c 440 "$target" | tr -d '\0' | sed -n 's/^lander_wm=//p')))
[ "$mark" -gt $((32 * 1048576)) ] || fail "the checkpoint is at $mark only"
stop_server
serve_again --filter=stats file "$work/source" "statsfile=$work/stats"
copy 0
same
kill "$server"
until_true 20 grep -q '^read:' "$work/stats"
said 'reading it again'
bytes=$(sed -n 's/^read: .* \([0-9.]*\) \([KMG]\)iB.*/\1 \2/p' "$work/stats" |
    head -n 1)
echo "checkpoint at $mark of $size; read from the source again: $bytes"
case $bytes in
*M) [ "${bytes%%.*}" -lt $(((size - mark) / 1048576 + 4)) ] ||
    fail "sent again: $bytes, checkpoint at $mark" ;;
*) fail "no statistics: $(cat "$work/stats")" ;;
esac

# Somebody wrote into the part that was done.
serve_again "${slow[@]}"
interrupted
printf 'changed' | dd of="$target" bs=1 seek=1000000 conv=notrunc status=none
stop_server
serve_again file "$work/source"
copy 0
same
