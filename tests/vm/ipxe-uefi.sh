#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Started over the network (iPXE, UEFI), which stays first for ever; NVMe disk;
# the firmware and the network start the migrated system. (By kexec: secure-boot.)
# limit: 1000
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

use_pxe
guest debian
serve "$source_disk"
disk=$(target disk 1024)
machine --firmware uefi --disk "$disk,bus=nvme" \
    --args "lander.source=$uri lander.after=reboot"
console "$boot_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
kill_server "$server"
migrated 1
no_prompt
lander_started 1
