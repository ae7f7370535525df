# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# debian-luks: Debian 12, UEFI only; an ESP, /boot, and LUKS with LVM in it and
# the root on that; /etc/fstab and crypttab by old names; its initramfs knows
# AHCI only, and asks for the passphrase, $luks_key.

luks_uuid=1a2b3c4d-0000-4000-8000-0000000010c5
luks_key=not-a-secret

system_luks()
{
    release=bookworm
    packages=(initramfs-tools zstd cryptsetup-initramfs lvm2 e2fsprogs
        grub2-common grub-efi-amd64-bin)
    with_initramfs_tools ahci sd_mod ext4 dm_mod dm_crypt xts aes_generic \
        sha256_generic algif_skcipher crc32c
}

# Debian's hook asks the running kernel what the root is on, and here is no such
# kernel: a hook of the guest's own writes what that would.  $1: tree
make_luks_initrd()
{
    cat >"$1/etc/initramfs-tools/hooks/guest" <<END
#!/bin/sh
[ "\$1" != prereqs ] || { echo cryptroot; exit 0; }
mkdir -p "\$DESTDIR/cryptroot"
echo 'web01_crypt UUID=$luks_uuid none luks' >"\$DESTDIR/cryptroot/crypttab"
END
    chmod 755 "$1/etc/initramfs-tools/hooks/guest"
    echo CRYPTSETUP=y >>"$1/etc/cryptsetup-initramfs/conf-hook"
    make_initrd "$1" ahci sd_mod ext4 dm_mod dm_crypt xts aes_generic \
        sha256_generic algif_skcipher crc32c
}

# LUKS1 around file $1, in file $2, without the kernel's help.
encrypt()
{
    local uuid

    qemu-img convert -O luks --object "secret,id=key,data=$luks_key" \
        -o key-secret=key,iter-time=10 "$1" "$2"
    # At 168, 40 bytes of text: LUKS1 On-Disk Format Specification.
    printf '%s' "$luks_uuid" |
        dd of="$2" bs=1 seek=168 conv=notrunc status=none
    uuid=$(cryptsetup luksUUID "$2")
    [ "$uuid" = "$luks_uuid" ] || die "the container is $uuid"
}

configure_luks()
{
    local t=$1

    {
        echo "/dev/mapper/web01-root / ext4 errors=remount-ro 0 1"
        echo "/dev/sda2 /boot ext4 defaults 0 2"
        echo "/dev/sda1 /boot/efi vfat umask=0077 0 1"
    } >"$t/etc/fstab"
    echo "web01_crypt /dev/sda3 none luks,initramfs" >"$t/etc/crypttab"
    make_luks_initrd "$t"
    write_grub_menu "$t/boot/grub/grub.cfg" "$more_uuid" \
        "$(kernel_of "$t" vmlinuz | sed 's|^/boot||')" \
        "$(kernel_of "$t" initrd.img | sed 's|^/boot||')" \
        root=/dev/mapper/web01-root
}

image_luks()
{
    local img=$1 tree=$tmp/tree boot_mib=96 root_mib=$((size - 140)) bytes

    unpack "$tree"
    configure_luks "$tree"
    fill "$tree/srv/data" "$data" 100
    digest_of "$tree/srv/data" >"$img.sha256"
    drivers_of "$tree$(kernel_of "$tree" initrd.img)" >"$img.drivers"

    mv "$tree/boot" "$tmp/boot"
    mkdir "$tree/boot"
    make_ext4 "$tmp/boot" "$tmp/boot.img" $((boot_mib * mib)) "$more_uuid"
    truncate -s $((root_mib + 5))M "$tmp/pv.img"
    lvm_volume "$tmp/pv.img" web01 root "$root_mib"
    make_ext4 "$tree" "$tmp/root.img" $((root_mib * mib)) "$root_uuid"
    put "$tmp/pv.img" "$tmp/root.img" "$mib"
    encrypt "$tmp/pv.img" "$tmp/luks.img"
    bytes=$(stat -c %s "$tmp/luks.img")
    [ "$bytes" -le $(((root_mib + 9) * mib)) ] || die "a header of $bytes"

    truncate -s "${size}M" "$img"
    sfdisk -q "$img" <<END
label: gpt
label-id: $disk_uuid
start=2048, size=$((32 * 2048)), type=uefi
size=$((boot_mib * 2048)), type=linux
size=$(((root_mib + 9) * 2048)), type=linux
END
    early_cfg "$more_uuid" /grub
    grub_efi 512
    put "$img" "$tmp/esp.img" "$mib"
    put "$img" "$tmp/boot.img" $((33 * mib))
    put "$img" "$tmp/luks.img" $(((33 + boot_mib) * mib))
}
