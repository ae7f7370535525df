#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The source's server is killed in the middle of the copy and started again a
# little later: the copy goes on and nothing is sent again but what was under
# way.
# long: cmd/copy-server-killed does it without a machine
# limit: 1000
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian
# 6 MB/s, so that there is a middle.
serve "$source_disk" --filter=log --filter=rate logfile="$log" rate=48M
disk=$(target disk 1024)
machine --firmware bios --disk "$disk" \
    --args "lander.source=$uri lander.after=reboot"
console "$boot_s" '^lander: stage full'
until_true 60 copied_mb 60
kill_server "$server"
echo "# the server is gone"
console 60 '^lander: the source does not answer'
# The same server, as fast as it can.
mv "$log" "$log.1"
start_server -r --filter=log file "$source_disk" logfile="$log"
console 120 '^lander: the source is back'
console "$copy_s" '^lander: done: '
migrated 1
no_prompt
sent=$(sent_bytes "$log.1" "$log")
distinct=$(sent_distinct 0 "$log.1" "$log")
echo "# $sent bytes were asked for, $distinct of them different"
# What was under way on all connections when the server died, no more.
[ $((sent - distinct)) -le $((64 << 20)) ] || fail "too much was sent again"
