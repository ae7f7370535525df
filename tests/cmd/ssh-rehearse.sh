#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A rehearsal of a source that runs, up to its conversion, for which there is no
# system on this disk: what was copied is read back, and nothing is stopped.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"

size=$((128 * 1048576))
live_disk ext4
truncate -s 160M "$work/disk"
disk=$(losetup --show -f "$work/disk")
at_exit unloop "$disk"
serve_ssh
from "${loop#/dev/}"
begin_writing
goes_on

# Three rounds at least: the second is the first that only brings what was
# written, in parts of what is hashed.
status=0
timeout 200 "$lander" "source=$source_uri" "disks=$disk" "overwrite=$disk" \
    "identity=$identity" "hostkey=$pin" rehearse downtime=0 rounds=3 \
    --log="$work/log" >"$work/out" 2>&1 || status=$?
if is_said "kernel notes what is written"; then
    said 'writes tracked'
fi
said 'rehearsal: the source is not stopped'
said 'read back and equal to what was read'
said 'stage convert'
case $status in
9) ;;
5) said 'this kernel has no device-mapper' ;;
*) fail "status $status: $(tail -n 30 "$work/out")" ;;
esac
[ "$(stood_still)" = 0 ] || fail "a rehearsal stopped the source"
goes_on

end_writing
nothing_left
