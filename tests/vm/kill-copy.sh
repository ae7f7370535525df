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

# The disk takes 24 MB/s, zeroes too: 1 GB takes 45 s, and lander notes every
# 5 s how far it is.
for round in 1 2; do
    machine "${start[@]}"
    slow_disk 24000000 0
    console_new "$boot_s" '^lander: stage full'
    pause=$((RANDOM % 50 + 120))
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
rest=$(sent_distinct "$((16#$mark))" "$log")
echo "# the third start asked for $again of $(sent_distinct 0 "$log") bytes;" \
    "what was not noted is $rest"
[ "$again" -le $((rest + (2 << 20))) ] || fail "what was noted was sent again"

sent=$(sent_bytes "$log")
machine "${start[@]}"
console_new "$boot_s" '^lander: .*of this job; reading it again'
console_new "$copy_s" '^lander: done: '
powered_off 60
asked_little "the last start" "$sent"
same_disk "$source_disk" "$disk"
no_prompt
