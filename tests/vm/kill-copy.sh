#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Power is cut at random moments of the copy, then in the verification: the disk
# cannot be booted until it is whole; each start reads again what is on it and
# asks the source only for the rest; the result is the source, bit for bit.
# limit: 1500
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

RANDOM=${LANDER_SEED:-7}
guest debian
serve "$source_disk" --filter=log logfile="$log"
disk=$(target disk 1024)
start=(--firmware uefi --disk "$disk"
    --args "lander.source=$uri lander.convert=none lander.after=poweroff")

# The disk takes 12 MB/s: 480 MB take 40 s, and lander notes every 5 s how far
# it is.
for round in 1 2; do
    machine "${start[@]}"
    slow_writes 0 12000000
    console_new "$boot_s" '^lander: stage full'
    pause=$((RANDOM % 50 + 100))
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
powered_off 60
again=$(($(sent_bytes "$log") - sent))
echo "# the last start asked for $again bytes"
[ "$again" -le $((2 << 20)) ] || fail "what was whole was sent again"
same_disk "$source_disk" "$disk"
no_prompt
medium=(--boot disk)
machine --firmware uefi --disk "$disk"
migrated 1
