#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Started over the network (iPXE, BIOS), which stays first for ever; AHCI disk.
# long: ipxe-uefi starts from the network, bios-iso by BIOS
# limit: 1000
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

use_pxe
guest debian
serve "$source_disk"
disk=$(target disk 1024)
machine --firmware bios --disk "$disk,bus=ahci" --args "lander.source=$uri"
console "$boot_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
migrated 1
no_prompt
kill_server "$server"
press_reset
migrated 2
lander_started 1
