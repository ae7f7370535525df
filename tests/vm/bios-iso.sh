#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# BIOS, the ISO first in the boot order for ever, virtio-blk: the machine becomes
# the source, and boots its own disk after a reset (three: resets-bios-iso).
# long: convert-drivers does the same without the reset, secure-boot with it
# limit: 1500
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian
serve "$source_disk"
disk=$(target disk 1024)
machine --firmware bios --disk "$disk" \
    --args "lander.source=$uri lander.after=reboot"
console "$boot_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
migrated 1
no_prompt
kill_server "$server"
press_reset
migrated 2
lander_started 1
has_receipt
