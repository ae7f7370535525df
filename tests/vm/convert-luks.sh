#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian 12 with its root on LVM in LUKS, /boot beside it, old names in fstab and
# crypttab, an initramfs for AHCI only. Without a key the job is refused before
# the commit, by name; with it the next start copies nothing again, and on
# virtio-scsi under UEFI the system asks for its passphrase and starts.
# limit: 1200
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

key=not-a-secret
guest debian-luks
knows_only ahci
serve "$source_disk" --filter=log "logfile=$log"
disk=$(target disk 832)
machine --firmware uefi --disk "$disk,bus=virtio-scsi" \
    --args "lander.source=$uri"
console $((boot_s + copy_s)) '^lander: stage convert'
console 5 'partition 3 is encrypted: a system in it needs lander.luks='
console 60 '^lander: .*no Linux system is found, and UUID=1a2b3c4d-0000-4000-8000-0000000010c5 \(partition 3 of disk 1\).* encrypted'
console 5 '^lander: .*lander\.luks=.*lander\.convert=none'
pull_plug
unfinished "$disk"
copied_mb 300 || fail "the first start copied too little to tell"

: >"$log"
machine --firmware uefi --disk "$disk,bus=virtio-scsi" \
    --args "lander.source=$uri lander.luks=$key"
console_new $((boot_s + copy_s)) '^lander: stage convert'
console 5 'partition 3 is encrypted: lander.luks= opens it'
console 300 '^lander:   done    crypttab: .*/dev/sda3 is UUID='
console 60 '^lander:   done    initramfs: .*virtio_scsi'
console 60 '^lander: done: '
if copied_mb 20; then
    fail "the second start copied again: $(sent_bytes "$log") bytes"
fi
never "$key"
console "$guest_s" 'Please unlock disk web01_crypt'
"$run_vm" type "$vm" "$key\n"
migrated 1
console 5 '^MIGRATED .* root=/dev/mapper/web01-root .* fs=ext4 firmware=uefi '
has_receipt
