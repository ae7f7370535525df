#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk with 4096-byte sectors, UEFI. The machine powers off when it is done and
# its partition table is the source's; then it boots without the ISO.
# limit: 1000
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian-4k
serve "$source_disk"
disk=$(target disk 1024)
machine --firmware uefi --disk "$disk,sector=4096" \
    --args "lander.source=$uri lander.after=poweroff"
console "$boot_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
powered_off 60
no_prompt
kill_server "$server"
same_table "$disk" 4096
medium=(--boot disk)
machine --firmware uefi --disk "$disk,sector=4096"
migrated 1
lander_started 1
has_receipt
