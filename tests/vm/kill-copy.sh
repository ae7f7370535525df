#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Power is cut at random moments of the copy and of the verification: the disk
# cannot be booted until it is whole; each start goes on where the last one
# stopped, without asking again for what is there; the result is the source, bit
# for bit.
# limit: 1200
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

RANDOM=${LANDER_SEED:-7}
guest tiny
serve "$source_disk" --filter=log --filter=rate logfile="$log" rate=24M
disk=$(target disk 64)
start=(--firmware uefi --disk "$disk" --memory 512
    --args "lander.source=$uri lander.convert=none")
for round in 1 2 3; do
    machine "${start[@]}"
    console_new "$boot_s" '^lander: stage full'
    pause=$((RANDOM % 60 + 5))
    sleep "$((pause / 10)).$((pause % 10))"
    pull_plug
    echo "# round $round: cut $pause tenths of a second into the copy:" \
        "$(record_of "$disk" lander_state)"
    unfinished "$disk"
done
machine "${start[@]}"
console_new "$boot_s" '^lander: .*of this job; reading it again'
console_new "$copy_s" '^lander: stage verify'
pull_plug
unfinished "$disk"
machine "${start[@]}"
console_new "$copy_s" '^lander: done: '
console "$guest_s" 'DISK-OK'
pull_plug
same_disk "$source_disk" "$disk"
sent=$(sent_bytes "$log")
distinct=$(sent_distinct "$log")
echo "# $sent bytes were asked for, $distinct of them different"
[ "$sent" -le $((2 * distinct)) ] || fail "too much was sent again"
