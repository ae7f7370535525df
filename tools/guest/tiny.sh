# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# tiny: a disk whose boot loader prints DISK-OK and never writes.

image_tiny()
{
    local img=$1

    cat >"$tmp/tiny.cfg" <<'END'
serial --unit=0 --speed=115200
terminal_output console serial
echo DISK-OK
sleep 86400
END
    truncate -s 64M "$img"
    sfdisk -q "$img" <<END
label: gpt
label-id: $disk_uuid
first-lba: 34
start=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649, uuid=${disk_uuid%?}1
start=4096, size=16384, type=uefi, uuid=${disk_uuid%?}2
start=20480, size=65536, type=linux, uuid=${disk_uuid%?}3
END
    grub-mkimage -O x86_64-efi -o "$tmp/grub.efi" -c "$tmp/tiny.cfg" \
        -p /boot/grub serial terminal echo sleep
    make_esp "$tmp/esp.img" 8 512 "$tmp/grub.efi" \
        ::/EFI/BOOT/BOOTX64.EFI ::/EFI/debian/grubx64.efi
    put "$img" "$tmp/esp.img" $((2 * mib))
    seeded $((32 * mib)) 400 "$tmp/data"
    put "$img" "$tmp/data" $((10 * mib))
    put_bios_grub "$img" 2048 "$tmp/tiny.cfg" part_gpt serial terminal echo sleep
}
