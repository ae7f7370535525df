#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A source with holes and written zeroes onto a target full of other bytes:
# zero means zero, holes do not travel, nothing behind the source is touched.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
need openssl

make_source
serve file "$work/source"
head -c $((size + 8388608)) </dev/zero | tr '\0' '\377' >"$target"
copy 0
same
# Behind the source only the last MiB is cleared: an old backup GPT lives there.
[ "$(dd if="$target" bs=1M iflag=skip_bytes,count_bytes skip=$size \
    count=7340032 status=none | tr -d '\377' | wc -c)" = 0 ] ||
    fail "bytes behind the source were changed"
blocks=$(du -k "$target" | cut -f 1)
[ "$blocks" -lt 16384 ] || fail "the holes were written: $blocks KiB"

[ "$(counted received)" -lt $((6 * 1048576)) ] ||
    fail "$(counted received) bytes travelled"
[ "$(counted written)" -lt $((4 * 1048576)) ] ||
    fail "$(counted written) bytes were written"

# The same from a server that knows nothing of holes.
stop_server
serve_again --filter=noextents file "$work/source"
head -c $size </dev/urandom >"$target"
copy 0
same
[ "$(counted received)" = $size ] || fail "$(counted received) bytes of $size"
[ "$(counted written)" -lt $((4 * 1048576)) ] ||
    fail "$(counted written) bytes were written"
