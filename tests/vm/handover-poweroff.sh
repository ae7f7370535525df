#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# UEFI, 4096-byte sectors, a target twice as large that is in no boot order, and
# after=poweroff: QEMU ends. The table is the source's but for its new end, and
# the receipt is there, and behind the owner's boot entries one for the disk. At
# the next start the ISO comes first again, its boot menu finds the disk through
# that entry, and starts it without lander.
# long: sector-4096 and handover-kexec have its parts
# limit: 900
# shellcheck source=tests/vm/lib-handover.sh
. "$(dirname "$0")/lib-handover.sh"

job=66666666-7777-4888-9999-aaaaaaaaaaaa
guest debian-4k
serve "$source_disk"
disk=$(target disk 2048)
start=(--firmware uefi --disk "$disk,sector=4096,boot=no"
    --args "lander.source=$uri lander.job=$job lander.after=poweroff")
machine "${start[@]}"
console "$boot_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
console 30 '^lander: powering off'
powered_off 60
no_prompt
kill_server "$server"
same_table "$disk" 4096
[ "$(tail -c 4096 "$disk" | head -c 8)" = "EFI PART" ] ||
    fail "no backup partition table at the end"
receipt_of "$disk" "$root_offset" "$job"
here
machine "${start[@]}"
console_since "$boot_s" '^lander: booting \(hd'
migrated 1
lander_started 1
