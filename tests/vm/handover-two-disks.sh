#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two disks in one commit, cut between them: the data disk is whole, the boot
# disk, whose first sector is written last, does not boot; the next start
# finishes it without the source.
# limit: 600
# shellcheck source=tests/vm/lib-handover.sh
. "$(dirname "$0")/lib-handover.sh"

guest tiny
mkdir "$work/exports"
ln -s "$source_disk" "$work/exports/system"
# Another disk with a table of its own, and no zero anywhere else.
truncate -s 32M "$work/exports/data"
head -c 30M /dev/urandom | dd of="$work/exports/data" bs=1M seek=1 \
    conv=notrunc status=none
echo 'label: dos
size=30M, type=83' | "$project/tools/in-root" sfdisk -q "$work/exports/data"
serve_exports "$work/exports"
system=$(target system 64)
data=$(target data 32)
start=(--firmware bios --memory 512 --disk "$system,serial=SYS"
    --disk "$data,serial=DATA"
    --args "lander.source=$uri lander.disks=system:SYS,data:DATA lander.convert=none")
machine "${start[@]}"
console "$boot_s" '^lander: stage full'
slow_disk 0 10000000 # the system's, so that there is time for:
console "$copy_s" '^lander: stage verify'
slow_disk 128 10000000
console "$copy_s" '^lander: stage commit'
console 60 '^lander: /dev/vdb: complete'
pull_plug
never '^lander: /dev/vda: complete'
same_disk "$work/exports/data" "$data"
[ "$(record_of "$system" lander_state)" = commit ] ||
    fail "the boot disk is not inside its commit"
unfinished "$system"
kill_server "$server"
here
machine "${start[@]}"
console_since "$boot_s" '^lander: the commit of this job was cut short'
console_since 60 '^lander: /dev/vda: complete'
console_since "$guest_s" 'DISK-OK'
pull_plug
same_disk "$source_disk" "$system"
same_disk "$work/exports/data" "$data"
