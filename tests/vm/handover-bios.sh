#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# BIOS, a finished disk, and the boot menu's forced entry. For another job the
# disk is refused and not a byte of it changes; for the job that its receipt
# names it is started by kexec, without the firmware, also when overwrite= still
# names it.
# limit: 600
# shellcheck source=tests/vm/lib-handover.sh
. "$(dirname "$0")/lib-handover.sh"

job=0f9619ff-8b86-4d11-b42d-00c04fc964ff
guest tiny
serve "$source_disk"
guest debian
disk=$(finished_disk disk "$job")
before=$(digest_of_disk "$disk")

echo "# 1: another job"
machine_forced --firmware bios --disk "$disk" --memory 512 \
    --args "lander.source=$uri lander.onfail=poweroff"
console 60 '^lander: check failed: .*/dev/vda is not empty: '
console 10 '^lander: the target disks were not touched'
console 10 '^lander: .*exit status: 3'
console 10 '^lander: powering off in 10 s'
powered_off 60
[ "$(digest_of_disk "$disk")" = "$before" ] || fail "the disk was written to"

echo "# 2: this job"
here
machine_forced --firmware bios --disk "$disk" --memory 512 \
    --args "lander.source=$uri lander.job=$job lander.overwrite=vda lander.after=poweroff"
console_since 60 '^lander: .*this job is done: nothing is written .another lander.job= '
[ "$(digest_of_disk "$disk")" = "$before" ] || fail "the disk was written to"
console_since 60 '^lander: kexec: /boot/vmlinuz'
here
migrated 1
[ "$(since 'SeaBIOS|GRUB|iPXE')" = 0 ] || fail "it went through the firmware"
no_prompt
never '^lander: stage (full|verify|convert|commit)'
