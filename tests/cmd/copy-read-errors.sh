#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A source that can't read a place: tried again on new connections, then an
# error that names the place; one that recovers is copied.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
need openssl

make_source
truncate -s 1M "$target"
# Fails at 33554432, as often as the file "bad" has lines.
cat >"$work/pread" <<'END'
if [ "$4" -le 33554432 ] && [ $(($4 + $3)) -gt 33554432 ] && [ -s "$bad" ]; then
    sed -i 1d "$bad"
    echo "EIO bad sector" >&2
    exit 1
fi
dd if="$image" iflag=skip_bytes,count_bytes skip="$4" count="$3" bs=1M status=none
END
export image=$work/source bad=$work/bad
printf '1\n2\n' >"$bad"
serve eval get_size="stat -c %s $work/source" pread=". $work/pread" \
    can_multi_conn='exit 0'
copy 0
same
[ ! -s "$bad" ] || fail "the bad place was not read"

seq 1000 >"$bad"
rm -f "$target"
truncate -s 1M "$target"
copy 4 reconnect=20
said 'at 33554432'
said 'Input/output error'
used=$((1000 - $(wc -l <"$bad")))
[ "$used" -ge 2 ] && [ "$used" -le 10 ] || fail "tried $used times"
