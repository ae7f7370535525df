#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Several disks of one machine; one that is written to while it is read is not
# taken for a copy, and nothing goes on with its half.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"

# disk NAME MB: a loop device with so much noise
disk()
{
    head -c "$2M" /dev/urandom >"$work/$1.img"
    losetup --show -f "$work/$1.img"
}

# machine STATUS DISKS ARG…: like copy_ssh, for the machine
machine()
{
    local want=$1 status=0

    shift
    timeout 120 "$lander" "source=ssh://root@127.0.0.1:$port/" "disks=$1" \
        "identity=$identity" "hostkey=$pin" convert=none --log="$work/log" \
        "${@:2}" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(tail -n 30 "$work/out")"
}

first=$(disk first 8)
at_exit unloop "$first"
second=$(disk second 256)
at_exit unloop "$second"
truncate -s 1M "$work/t1" "$work/t2"
serve_ssh "RekeyLimit 1M"

disks=${second#/dev/}:$work/t2,${first#/dev/}:$work/t1
machine 0 "$disks"
cmp "$work/first.img" "$work/t1"
cmp "$work/second.img" "$work/t2"

wrote_some()
{
    [ "$(du -k "$work/t2" | cut -f 1)" -gt 20000 ]
}

rm "$work/t2"
truncate -s 1M "$work/t2"
rm "$work/log"
machine 4 "${second#/dev/}:$work/t2" &
agent=$!
until_true 60 wrote_some
printf 'changed' | dd of="$second" bs=1 seek=1000000 conv=notrunc,fsync status=none
wait $agent || fail "written to: $(tail -n 20 "$work/out")"
said 'was written to while it was copied'
sync -f "$work/second.img"
machine 0 "${second#/dev/}:$work/t2"
grep -q 'written to since' "$work/log" || fail "it went on with half of an older one"
cmp "$work/second.img" "$work/t2"

nothing_left
