#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Power is cut at random moments of the copy, then in the verification: the disk
# cannot be booted until it is whole; each start reads again what is on it and
# asks the source only for the rest; the result is the source, bit for bit.
# limit: 1200
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

RANDOM=${LANDER_SEED:-7}
guest tiny
# The disk takes 1.5 MB/s: 34 MB take 23 s, and lander notes every 5 s how far it is.
serve "$source_disk" --filter=log logfile="$log"
disk=$(target disk 64)
start=(--firmware uefi --disk "$disk" --memory 512
    --args "lander.source=$uri lander.convert=none")

for round in 1 2; do
    machine "${start[@]}"
    slow_writes 0 1500000
    console_new "$boot_s" '^lander: stage full'
    pause=$((RANDOM % 50 + 70))
    sleep "$((pause / 10)).$((pause % 10))"
    pull_plug
    unfinished "$disk"
    mark=$(record_of "$disk" lander_wm)
    echo "# round $round: cut $pause tenths of a second into the copy:" \
        "$(record_of "$disk" lander_state), watermark $mark"
    [ $((16#${mark:-0})) -gt 0 ] || fail "nothing was noted before the cut"
done

sent=$(sent_bytes "$log")
machine "${start[@]}"
console_new "$boot_s" '^lander: .*of this job; reading it again'
# So that the cut comes before the commit is through.
slow_writes 2
console_new "$copy_s" '^lander: stage verify'
pull_plug
unfinished "$disk"
again=$(($(sent_bytes "$log") - sent))
whole=$(sent_distinct "$log")
echo "# the third start asked for $again of $whole bytes"
[ "$again" -lt $((whole * 3 / 4)) ] || fail "too much was sent again"

sent=$(sent_bytes "$log")
machine "${start[@]}"
console_new "$boot_s" '^lander: .*of this job; reading it again'
console_new "$copy_s" '^lander: done: '
console "$guest_s" 'DISK-OK'
pull_plug
same_disk "$source_disk" "$disk"
again=$(($(sent_bytes "$log") - sent))
echo "# the last start asked for $again bytes"
[ "$again" -le $((2 << 20)) ] || fail "what was whole was sent again"
