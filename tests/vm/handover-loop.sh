#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# UEFI, the ISO first for ever, and a finished disk that is in no boot order, so
# that the boot menu can't see it. lander finds the job's receipt, writes
# nothing, and starts the disk: by BootNext; when its loader is broken, by kexec;
# when that fails too, it stops and says so instead of rebooting for ever.
# long: five starts; handover-bios and guard-uefi have its parts
# limit: 900
# shellcheck source=tests/vm/lib-handover.sh
. "$(dirname "$0")/lib-handover.sh"

job=0f9619ff-8b86-4d11-b42d-00c04fc964ff
guest debian
disk=$(finished_disk disk "$job")
start=(--firmware uefi --disk "$disk,bus=virtio-scsi,boot=no"
    --args "lander.source=nbd://10.0.2.2:1/ lander.job=$job lander.overwrite=sda")

echo "# 1: BootNext brings a disk that no boot order names"
machine "${start[@]}"
console "$boot_s" '^lander: .*its receipt says that this job is done'
console 60 '^lander: rebooting into /dev/sda'
migrated 1
never '^lander: kexec'

echo "# 2: reset: the system has run, so BootNext is tried again"
here
press_reset
console_since "$boot_s" '^lander: rebooting into /dev/sda'
migrated 2
[ "$(since '^lander: .*has not run since')" = 0 ] || fail "no fresh try"
pull_plug

# A shim that has lost its GRUB: it says so to the firmware, which goes on to the
# next entry. (One that ends with success ends in the firmware's menu: UEFI 2.10,
# 3.1.1.)
echo "# 3: a loader that gives up: back here once, then kexec"
in_esp "$disk" mdel ::/EFI/debian/grubx64.efi ::/EFI/BOOT/BOOTX64.EFI
in_esp "$disk" mcopy "$build/root/usr/lib/shim/shimx64.efi.signed" \
    ::/EFI/BOOT/BOOTX64.EFI
here
machine "${start[@]}"
console_since "$boot_s" '^lander: rebooting into /dev/sda'
console_since "$boot_s" '^lander: .*has not run since'
console_since 60 '^lander: kexec: /boot/vmlinuz'
migrated 3
pull_plug

echo "# 4: and no kernel: it stops"
in_root "$disk" "rm /boot/grub/grub.cfg"
before=$(digest_of_disk "$disk")
here
machine "${start[@]}"
console_since "$boot_s" '^lander: rebooting into /dev/sda'
console_since "$boot_s" '^lander: kexec: no grub.cfg'
console_since 60 '^lander: .*does not start from it'
console_since 90 '^lander: finished, .*waiting for 1 min'
[ "$(since '^lander: rebooting')" = 1 ] || fail "it reboots for ever"
echo "# 5: also after a reset"
here
press_reset
console_since "$boot_s" '^lander: .*does not start from it'
[ "$(since '^lander: rebooting|^lander: kexec')" = 0 ] || fail "tried again"
no_prompt
pull_plug
[ "$(digest_of_disk "$disk")" = "$before" ] || fail "the disk was written to"
never '^lander: stage (full|check)'
