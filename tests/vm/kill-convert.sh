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
serve "$source_disk"
disk=$(target disk 1024)
start=(--firmware bios --disk "$disk"
    --args "lander.source=$uri lander.after=reboot")
machine "${start[@]}"
console "$boot_s" '^lander: stage full'
console "$copy_s" '^lander: stage verify'
slow_disk 80000 0
console "$copy_s" '^lander: stage convert'
pause=$((RANDOM % 20))
sleep "$((pause / 10)).$((pause % 10))"
pull_plug
echo "# cut $pause tenths of a second into the conversion"
unfinished "$disk"
machine "${start[@]}"
console_new "$copy_s" '^lander: .*: read back and equal to the source'
console_new "$copy_s" '^lander: done: '
migrated 1
no_prompt
has_receipt
