#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Secure Boot on, with Microsoft's keys, from power-on to the migrated system:
# the ISO boots from the CD, the kernel is locked down, the copy is started by
# kexec (its kernel's signature is checked), and after a reset by the firmware.
# limit: 1200
# shellcheck source=tests/vm/lib-handover.sh
. "$(dirname "$0")/lib-handover.sh"

guest debian
root=$project/build/root
signed=$work/signed.img
cp --sparse=always "$source_disk" "$signed"
source_disk=$signed
# As grub-install leaves an ESP: Debian's shim and signed GRUB, whose prefix is
# \EFI\debian.
cat >"$work/early.cfg" <<END
search.fs_uuid $(debugfs -R stats "$signed?offset=$root_offset" 2>/dev/null |
    sed -n 's/^Filesystem UUID: *//p') root
set prefix=(\$root)/boot/grub
configfile \$prefix/grub.cfg
END
for f in shimx64.efi:shim/shimx64.efi.signed \
    grubx64.efi:grub/x86_64-efi-signed/grubx64.efi.signed; do
    in_esp "$signed" mcopy -o "$root/usr/lib/${f#*:}" "::/EFI/debian/${f%%:*}"
done
in_esp "$signed" mcopy -o "$work/early.cfg" ::/EFI/debian/grub.cfg
in_esp "$signed" mcopy -o "$root/usr/lib/shim/shimx64.efi.signed" \
    ::/EFI/BOOT/BOOTX64.EFI
in_esp "$signed" mcopy -o \
    "$root/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" \
    ::/EFI/BOOT/grubx64.efi
# What the kernel notes about a lockdown is to be seen.
debugfs -R 'cat /boot/grub/grub.cfg' "$signed?offset=$root_offset" \
    2>/dev/null | sed 's/ quiet$/ loglevel=6/' >"$work/grub.cfg"
grep -q loglevel=6 "$work/grub.cfg" || fail "no menu in the guest"
in_root "$signed" "rm /boot/grub/grub.cfg" \
    "write $work/grub.cfg /boot/grub/grub.cfg"
serve "$signed"
disk=$(target disk 1024)
machine --firmware secure --disk "$disk" \
    --args "lander.source=$uri lander.after=kexec"
console "$boot_s" \
    '^lander: this machine was started by UEFI with Secure Boot, kernel lockdown integrity'
console "$boot_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
console 60 '^lander: kexec: /boot/vmlinuz'
here
console_since "$guest_s" 'Kernel is locked down from EFI Secure Boot'
migrated 1
[ "$(since 'BdsDxe|lander: booting')" = 0 ] || fail "it went through the firmware"
has_receipt
kill_server "$server"

# The boot menu is first for ever; it starts the disk's own shim.
here
press_reset
console_since "$boot_s" 'lander: booting .*/EFI/BOOT/BOOTX64.EFI'
console_since "$guest_s" 'Kernel is locked down from EFI Secure Boot'
migrated 2
lander_started 1
no_prompt
