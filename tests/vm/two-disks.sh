#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two disks in one job, one of them a whole-disk LVM volume, into a machine with
# 512 MB of memory. The two targets are given in the other order.
# long: convert-raid and handover-two-disks have two disks as well
# limit: 1000
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian-lvm
mkdir "$work/exports"
ln -s "$source_disk" "$work/exports/system"
ln -s "$source_disk.data" "$work/exports/data"
serve_exports "$work/exports"
system=$(target system 1024)
data=$(target data 128)
machine --firmware bios --memory 512 \
    --disk "$system,serial=SYS" --disk "$data,serial=DATA" \
    --args "lander.source=$uri lander.disks=data:DATA,system:SYS lander.after=reboot"
console "$boot_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
migrated 1
no_prompt
kill_server "$server"
press_reset
migrated 2
lander_started 1
