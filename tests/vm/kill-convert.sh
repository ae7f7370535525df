#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Power is cut while the copied system is being changed: the next start copies
# nothing again, does the change again, and the machine boots.
# long: unit/guest_killed kills it natively, at ten moments
# limit: 1200
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

RANDOM=${LANDER_SEED:-3}
guest debian
serve "$source_disk" --filter=log logfile="$log"
disk=$(target disk 1024)
machine --firmware bios --disk "$disk" --args "lander.source=$uri"
console "$boot_s" '^lander: stage full'
console "$copy_s" '^lander: stage verify'
slow_disk 80000 0
console "$copy_s" '^lander: stage convert'
has_begun()
{
    [ "$(record_of "$disk" lander_epoch)" = 00000001 ]
}
until_true 60 has_begun
pause=$((RANDOM % 20))
sleep "$((pause / 10)).$((pause % 10))"
pull_plug
echo "# cut $pause tenths of a second into the conversion"
unfinished "$disk"
has_begun || fail "the record does not say that a conversion has begun"
finishes_with_little "the start after the cut" --firmware bios --disk "$disk"
console_new 5 '^lander: .*: read back and equal to the source, at an earlier start'
