# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# debian11: Debian 11 on an MBR with primary partitions: /boot, and LVM with an
# XFS root; its initramfs knows AHCI only; ifupdown.

system_bullseye()
{
    release=bullseye
    packages=(initramfs-tools lvm2 xfsprogs e2fsprogs ifupdown grub2-common
        grub-pc-bin)
    with_initramfs_tools ahci sd_mod xfs crc32c
}

image_debian11()
{
    local img=$1 tree=$tmp/tree boot_mib=128 root_mib=$((size - 128 - 16))

    unpack "$tree"
    {
        echo "/dev/mapper/web01-root / xfs defaults 0 0"
        echo "/dev/sda1 /boot ext4 defaults 0 2"
    } >"$tree/etc/fstab"
    printf '%s\n' 'auto lo' 'iface lo inet loopback' '' 'allow-hotplug ens192' \
        'iface ens192 inet static' '  address 10.0.2.77/24' \
        '  gateway 10.0.2.2' >"$tree/etc/network/interfaces"
    with_network "$tree"
    write_grub_menu "$tree/boot/grub/grub.cfg" "$more_uuid" \
        "$(kernel_of "$tree" vmlinuz | sed 's|^/boot||')" \
        "$(kernel_of "$tree" initrd.img | sed 's|^/boot||')" \
        root=/dev/mapper/web01-root
    fill "$tree/srv/data" "$data" 100
    digest_of "$tree/srv/data" >"$img.sha256"
    drivers_of "$tree$(kernel_of "$tree" initrd.img)" >"$img.drivers"

    mv "$tree/boot" "$tmp/boot"
    mkdir "$tree/boot"
    make_ext4 "$tmp/boot" "$tmp/boot.img" $((boot_mib * mib)) "$more_uuid"
    truncate -s $(((size - boot_mib - 2) * mib)) "$tmp/pv.img"
    lvm_volume "$tmp/pv.img" web01 root "$root_mib"
    make_xfs "$tree" "$tmp/pv.img" "$mib" $((root_mib * mib))

    truncate -s "${size}M" "$img"
    sfdisk -q "$img" <<END
label: dos
label-id: 0x1a2b3c4d
start=2048, size=$((boot_mib * 2048)), type=83, bootable
start=$(((boot_mib + 1) * 2048)), size=$(((size - boot_mib - 2) * 2048)), type=8e
END
    put "$img" "$tmp/boot.img" "$mib"
    put "$img" "$tmp/pv.img" $(((boot_mib + 1) * mib))
    early_cfg "$more_uuid" /grub
    put_bios_grub "$img" 1 "$tmp/early.cfg" part_msdos "${grub_modules[@]}"
}
