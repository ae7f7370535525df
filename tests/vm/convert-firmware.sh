#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A Debian for BIOS only, on an MBR without an EFI System Partition, moves to a
# machine that starts by UEFI. Where there is no room for one it is refused
# before anything is copied; on a larger disk it gets one, starts by UEFI, also
# with a firmware that knows nothing of it, and by BIOS as before.
# limit: 1200
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
need debugfs

guest debian-mbr
serve "$source_disk"

echo "# 1: no room: refused at check"
disk=$(target small 1024)
machine --firmware uefi --disk "$disk" \
    --args "lander.source=$uri lander.firmware=convert"
console "$boot_s" 'firmware=convert: /dev/vda has no 36.0 MiB in one piece'
console 30 '^lander: .*the target disks were not touched'
never '^lander: stage full'
pull_plug
[ "$(tr -d '\0' <"$disk" | wc -c)" = 0 ] || fail "the disk was written to"
rm -rf "$vm" "$disk"

echo "# 2: a larger disk: it starts by UEFI"
disk=$(target disk 1152)
machine --firmware uefi --disk "$disk" \
    --args "lander.source=$uri lander.firmware=convert"
console "$boot_s" '^lander: .*partition 3 is added, an EFI System Partition'
console "$copy_s" '^lander: stage convert'
console 60 '^lander: done: '
migrated 1
console 5 '^MIGRATED .* firmware=uefi '
no_prompt
has_receipt
pull_plug
