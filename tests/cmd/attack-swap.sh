#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Another disk of the same size behind the same name, after a reconnect and
# after a restart: half of each would be no disk at all.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-record.sh"
need sfdisk

size=$((64 * 1048576))
for name in one two; do
    head -c $size /dev/urandom >"$work/$name"
    # The same protective MBR, byte for byte; only the GPTs differ.
    printf 'label: gpt\nsize=40M\n' | sfdisk -q "$work/$name"
done
dd if="$work/one" of="$work/two" bs=512 count=1 conv=notrunc status=none
truncate -s 1M "$target"

copied_some()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 20000 ]
}

serve --filter=rate file "$work/one" rate=160M
copy 4 &
agent=$!
until_true 60 copied_some
stop_server
serve_again file "$work/two"
wait $agent || fail "$(tail -n 5 "$work/out")"
grep -qF 'another disk' "$work/out" || fail "$(cat "$work/out")"
[ -n "$(record_get "$target" state)" ] || fail "the record is gone"

# The next start with the other disk: not taken for the one that was begun.
status=0
timeout 60 "$lander" "source=$source_uri" "disks=$target" convert=none \
    >"$work/out" 2>&1 || status=$?
[ $status = 3 ] || fail "status $status: $(cat "$work/out")"
said "copy of another source disk"
