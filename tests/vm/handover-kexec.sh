#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# after=kexec: the copied system starts without the firmware, and holds a receipt
# that says what was done, and nothing of the job's secrets.
# (Its disk after a reset: secure-boot.)
# limit: 900
# shellcheck source=tests/vm/lib-handover.sh
. "$(dirname "$0")/lib-handover.sh"

job=11111111-2222-4333-8444-555555555555
guest debian
serve "$source_disk"
disk=$(target disk 1024)
secret=pl4nted-5ecret
printf '%s\n' "luks $secret" "password \$6\$$secret" explain 'loglevel debug' \
    %pre ": $secret" %end %post ": $secret" %end >"$work/job.ks"
machine --firmware bios --disk "$disk,serial=KEXEC" --ks "$work/job.ks" \
    --args "lander.source=$uri lander.job=$job lander.after=kexec"
console "$boot_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
console 60 '^lander: kexec: /boot/vmlinuz'
here
migrated 1
[ "$(since 'SeaBIOS|GRUB|iPXE')" = 0 ] || fail "it went through the firmware"
has_receipt
no_prompt
lander_started 1
pull_plug
receipt_of "$disk" "$root_offset" "$job" \
    '.system == "Debian GNU/Linux 12 (bookworm)"' '.disks | length == 1' \
    ".disks[0].bytes == $(stat -c %s "$source_disk")" \
    '.disks[0].target == "/dev/vda"' '.disks[0].serial == "KEXEC"' \
    '.disks[0].bytes_received > 0' '.disks[0].digest | length == 32' \
    '.disks[0].seed | length == 16'
never "$secret"
# Not in the log or the receipt there, nor in a file that was deleted.
if grep -aq "$secret" "$disk"; then
    fail "a secret of the job is on the disk"
fi
