#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# UEFI, the ISO first for ever, virtio-scsi, and a target twice as large: the
# backup partition table is at the new end, the machine becomes the source, and
# boots its own disk after a reset (three of them: resets-uefi-iso).
# long: convert-luks and ipxe-uefi start Debian by UEFI, resets-uefi-iso from the ISO
# limit: 1500
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian
serve "$source_disk"
disk=$(target disk 2048)
machine --firmware uefi --disk "$disk,bus=virtio-scsi,serial=BIGGER" \
    --args "lander.source=$uri lander.disks=BIGGER"
console "$boot_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
migrated 1
no_prompt
kill_server "$server"
press_reset
migrated 2
lander_started 1
has_receipt
pull_plug
# The backup header is the very last sector, and the tools agree.
[ "$(tail -c 512 "$disk" | head -c 8)" = "EFI PART" ] ||
    fail "no backup partition table at the end of the larger disk"
"$project/tools/in-root" sfdisk --verify "$disk" | tee "$work/verify"
grep -q 'No errors detected' "$work/verify" || fail "sfdisk finds errors"
