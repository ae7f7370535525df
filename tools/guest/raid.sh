# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# debian-raid: Debian 12 on two disks, OUT and OUT.2, each with boot code: an
# ext4 root on LVM on a RAID-1 of both; a file system of its own on the second,
# by an old name, as the list of devices in mdadm.conf is; its initramfs knows
# AHCI only.

system_raid()
{
    release=bookworm
    packages=(initramfs-tools zstd mdadm lvm2 e2fsprogs grub2-common
        grub-pc-bin)
    with_initramfs_tools ahci sd_mod ext4 raid1 dm_mod crc32c
}

# What the guest says of its array at each boot.  $1: tree
add_array_service()
{
    cat >"$1/usr/local/sbin/array" <<'END'
#!/bin/sh
cd /sys/block/md0/md || exit 1
printf '\nARRAY %s degraded=%s sync=%s state=%s\n' "$(cat level)" \
    "$(cat degraded)" "$(cat sync_action)" "$(cat array_state)" >/dev/ttyS0
END
    chmod 755 "$1/usr/local/sbin/array"
    cat >"$1/etc/systemd/system/array.service" <<'END'
[Unit]
Description=Tell how the array is
After=local-fs.target
Before=migrated.service

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/array

[Install]
WantedBy=multi-user.target
END
    ln -sf /etc/systemd/system/array.service \
        "$1/etc/systemd/system/multi-user.target.wants/"
}

configure_raid()
{
    local t=$1

    {
        echo "/dev/mapper/web01-root / ext4 errors=remount-ro 0 1"
        echo "/dev/sdb3 /srv/more ext4 defaults 0 2"
    } >"$t/etc/fstab"
    echo "ARRAY /dev/md0 metadata=1.2 name=web01:0 UUID=$raid_uuid" \
        >"$t/etc/mdadm/mdadm.conf"
    add_array_service "$t"
    make_initrd "$t" ahci sd_mod ext4 raid1 dm_mod crc32c
    echo "DEVICE /dev/sda2 /dev/sdb2" >>"$t/etc/mdadm/mdadm.conf"
    write_grub_menu "$t/boot/grub/grub.cfg" "$root_uuid" \
        "$(kernel_of "$t" vmlinuz)" "$(kernel_of "$t" initrd.img)" \
        root=/dev/mapper/web01-root
}

# One of the two disks.  $1: image, $2: the member, $3: its MiB
raid_disk()
{
    truncate -s $(($3 + 35))M "$1"
    sfdisk -q "$1" <<END
label: gpt
first-lba: 34
start=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649
start=4096, size=$(($3 * 2048)), type=A19D880F-05FC-4D3B-A006-743F0F84911E
size=$((32 * 2048)), type=linux
END
    put "$1" "$2" $((2 * mib))
    put_bios_grub "$1" 2048 "$tmp/early.cfg" part_gpt mdraid1x lvm \
        "${grub_modules[@]}"
}

image_raid()
{
    local img=$1 tree=$tmp/tree root_mib=$((size - 41))

    unpack "$tree"
    configure_raid "$tree"
    fill "$tree/srv/data" "$data" 100
    fill "$tmp/more/data" 8 300
    digest_of "$tree/srv/data" >"$img.sha256"
    digest_of "$tmp/more/data" >>"$img.sha256"
    drivers_of "$tree$(kernel_of "$tree" initrd.img)" >"$img.drivers"

    truncate -s $((root_mib + 5))M "$tmp/pv.img"
    lvm_volume "$tmp/pv.img" web01 root "$root_mib"
    make_ext4 "$tree" "$tmp/root.img" $((root_mib * mib)) "$root_uuid"
    put "$tmp/pv.img" "$tmp/root.img" "$mib"
    make_ext4 "$tmp/more" "$tmp/more.img" $((32 * mib)) "$more_uuid"
    early_cfg "$root_uuid" /boot/grub
    truncate -s $((root_mib + 6))M "$tmp/member.img"
    put "$tmp/member.img" "$tmp/pv.img" "$mib"
    put_superblock "$tmp/member.img" 0
    raid_disk "$img" "$tmp/member.img" $((root_mib + 6))
    put_superblock "$tmp/member.img" 1
    raid_disk "$img.2" "$tmp/member.img" $((root_mib + 6))
    put "$img.2" "$tmp/more.img" $(((root_mib + 8) * mib))
}
