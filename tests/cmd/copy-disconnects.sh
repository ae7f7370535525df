#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A server that hangs up in the middle of answers, again and again, and one
# that takes its time.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
need openssl

make_source
truncate -s 1M "$target"
# Status 6 of the eval plugin cuts the connection.
cat >"$work/pread" <<'END'
if [ "$(shuf -i 1-12 -n 1)" = 1 ]; then
    echo x >>"$cuts"
    exit 6
fi
dd if="$image" iflag=skip_bytes,count_bytes skip="$4" count="$3" bs=1M status=none
END
export image=$work/source cuts=$work/cuts
: >"$cuts"
serve eval get_size="stat -c %s $work/source" pread=". $work/pread" \
    can_multi_conn='exit 0'
copy 0
same
[ -s "$cuts" ] || fail "no connection was cut"

stop_server
serve_again --filter=delay file "$work/source" rdelay=300ms delay-extents=300ms
rm -f "$target"
truncate -s 1M "$target"
copy 0
same
