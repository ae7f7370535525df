# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# debian-btrfs: Debian 12 on GPT, BIOS only, all of it in subvolumes of one btrfs:
# /boot too, so GRUB itself reads it there; its initramfs knows AHCI only.

configure_btrfs()
{
    local t=$1

    {
        echo "UUID=$root_uuid / btrfs subvol=@rootfs 0 0"
        echo "UUID=$root_uuid /home btrfs subvol=@home,x-systemd.device-timeout=5min 0 0"
        echo "UUID=$root_uuid /srv btrfs subvol=@srv 0 0"
    } >"$t/etc/fstab"
    make_initrd "$t" ahci sd_mod btrfs crc32c
    write_grub_menu "$t/boot/grub/grub.cfg" "$root_uuid" \
        "/@rootfs$(kernel_of "$t" vmlinuz)" \
        "/@rootfs$(kernel_of "$t" initrd.img)" \
        "root=UUID=$root_uuid rootflags=subvol=@rootfs"
}

image_btrfs()
{
    local img=$1 top=$tmp/tree tree=$tmp/tree/@rootfs bytes

    mkdir "$top"
    unpack "$tree"
    configure_btrfs "$tree"
    mv "$tree/srv" "$top/@srv"
    mv "$tree/home" "$top/@home"
    mkdir "$tree/srv" "$tree/home"
    fill "$top/@srv/data" "$data" 100
    digest_of "$top/@srv/data" >"$img.sha256"
    drivers_of "$tree$(kernel_of "$tree" initrd.img)" >"$img.drivers"

    bytes=$(((size - 3) * mib))
    truncate -s "$bytes" "$tmp/root.img"
    mkfs.btrfs -q -L root -U "$root_uuid" --rootdir "$top" --subvol @rootfs \
        --subvol @home --subvol @srv "$tmp/root.img"
    truncate -s "${size}M" "$img"
    sfdisk -q "$img" <<END
label: gpt
label-id: $disk_uuid
first-lba: 34
start=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649, uuid=${disk_uuid%?}1
start=4096, size=$((bytes / 512)), type=linux, uuid=${disk_uuid%?}2
END
    put "$img" "$tmp/root.img" $((2 * mib))
    early_cfg "$root_uuid" /@rootfs/boot/grub
    put_bios_grub "$img" 2048 "$tmp/early.cfg" part_gpt btrfs \
        "${grub_modules[@]}"
}
