# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# debian-mirror: Debian 12 on two disks, OUT and OUT.2, each with boot code: all
# else of both is a RAID-1 with LVM on it, root and /srv/more are XFS; its
# initramfs knows AHCI only; sshd lets root in by key.  Little else is in it:
# what a conversion runs in there is emulated.

mirror_modules=(ahci sd_mod xfs raid1 dm_mod crc32c)

system_mirror()
{
    release=bookworm
    packages=(initramfs-tools zstd mdadm lvm2 xfsprogs openssh-server
        grub2-common grub-pc-bin)
    with_initramfs_tools "${mirror_modules[@]}"
    # shellcheck disable=SC2016 # $1 is for mmdebstrap's hooks
    hooks+=(--setup-hook='printf "%s\n" COMPRESS=zstd COMPRESSLEVEL=1 \
        >"$1/etc/initramfs-tools/conf.d/quick"')
    with_drivers "${server_drivers[@]}" 'drivers/md/md-mod*' 'drivers/md/raid1*'
    without "${server_unused[@]}"
}

# What the guest says at each boot of what its files lie on.  $1: tree
add_layout_service()
{
    cat >"$1/usr/local/sbin/layout" <<'END'
#!/bin/sh
# type and MiB of the file system at $1
at()
{
    findmnt -n -b -o FSTYPE,SOURCE "$1" | while read -r type source; do
        echo "$type:$(($(lsblk -bdno SIZE "$source") >> 20))"
    done
}
array=none
for a in /sys/block/md*/md; do
    [ ! -e "$a/level" ] ||
        array=$(cat "$a/level"),degraded=$(cat "$a/degraded")
done
line="LAYOUT stack=$(lsblk -snro TYPE /dev/mapper/web01-root | tr '\n' ,)"
line="$line array=$array conf=$(grep -c '^ARRAY' /etc/mdadm/mdadm.conf)"
line="$line members=$(blkid -c /dev/null -o device \
    -t TYPE=linux_raid_member | wc -l)"
line="$line root=$(at /) more=$(at /srv/more)"
findmnt --verify >/dev/null 2>&1 && fstab=good || fstab=bad
printf '\n%s fstab=%s\n' "$line" "$fstab" >/dev/ttyS0
END
    chmod 755 "$1/usr/local/sbin/layout"
    # When it has told, it can be logged in to.
    printf '%s\n' '[Unit]' 'After=local-fs.target ssh.service' \
        'Before=migrated.service' '[Service]' 'Type=oneshot' \
        'ExecStart=/usr/local/sbin/layout' \
        >"$1/etc/systemd/system/layout.service"
    ln -s /etc/systemd/system/layout.service \
        "$1/etc/systemd/system/multi-user.target.wants/"
}

# $1: tree, $2: the image
configure_mirror()
{
    local t=$1

    {
        echo "/dev/mapper/web01-root / xfs defaults 0 0"
        echo "UUID=$more_uuid /srv/more xfs defaults 0 0"
    } >"$t/etc/fstab"
    echo "ARRAY /dev/md0 metadata=1.2 name=web01:0 UUID=$raid_uuid" \
        >"$t/etc/mdadm/mdadm.conf"
    let_in "$t" "$2"
    add_layout_service "$t"
    make_initrd "$t" "${mirror_modules[@]}"
    write_grub_menu "$t/boot/grub/grub.cfg" "$root_uuid" \
        "$(kernel_of "$t" vmlinuz)" "$(kernel_of "$t" initrd.img)" \
        root=/dev/mapper/web01-root
}

# What is in front of the array's contents in image $1: table, boot code, the
# superblock of member $2
mirror_disk()
{
    truncate -s "${size}M" "$1"
    sfdisk -q "$1" <<END
label: gpt
first-lba: 34
start=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649
start=4096, size=$(((size - 3) * 2048)), type=A19D880F-05FC-4D3B-A006-743F0F84911E
END
    put_bios_grub "$1" 2048 "$tmp/early.cfg" part_gpt mdraid1x lvm xfs \
        "${grub_modules[@]}"
    truncate -s $((size - 3))M "$tmp/member.img"
    put_superblock "$tmp/member.img" "$2"
    truncate -s 1M "$tmp/member.img"
    put "$1" "$tmp/member.img" $((2 * mib))
}

image_mirror()
{
    local img=$1 tree=$tmp/tree more_mib=1536 root_mib=$((size - 2048))

    unpack "$tree"
    configure_mirror "$tree" "$img"
    fill "$tree/srv/data" "$data" 100
    fill "$tmp/more/data" 8 300
    digest_of "$tree/srv/data" >"$img.sha256"
    digest_of "$tmp/more/data" >>"$img.sha256"
    drivers_of "$tree$(kernel_of "$tree" initrd.img)" >"$img.drivers"

    truncate -s $((size - 4))M "$tmp/pv.img"
    lvm_volume "$tmp/pv.img" web01 root "$root_mib" more "$more_mib"
    make_xfs "$tree" "$tmp/pv.img" "$mib" $((root_mib * mib))
    root_uuid=$more_uuid make_xfs "$tmp/more" "$tmp/pv.img" \
        $(((root_mib + 1) * mib)) $((more_mib * mib))
    early_cfg "$root_uuid" /boot/grub
    put "$img" "$tmp/pv.img" $((3 * mib))
    cp --sparse=always "$img" "$img.2"
    mirror_disk "$img" 0
    mirror_disk "$img.2" 1
}
