# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# debian-luks: Debian 12, UEFI only; an ESP, /boot, and LUKS with LVM in it and
# the root on that; /etc/fstab and crypttab by old names; its initramfs knows
# AHCI only, and asks for the passphrase, $luks_key.
# debian-luks-two: the same with sshd, on $server_address, and a second disk that
# is all one LUKS2, OUT.2, for /srv/more; it tells what these places lie on.

luks_uuid=1a2b3c4d-0000-4000-8000-0000000010c5
luks_more_uuid=1a2b3c4d-0000-4000-8000-0000000010c6
luks_more_fs=1a2b3c4d-0000-4000-8000-0000000da7a1
luks_key=not-a-secret
luks_drivers=(ahci sd_mod ext4 dm_mod dm_crypt xts aes_generic sha256_generic
    algif_skcipher crc32c)

system_luks()
{
    release=bookworm
    packages=(initramfs-tools zstd cryptsetup-initramfs lvm2 e2fsprogs
        grub2-common grub-efi-amd64-bin)
    with_initramfs_tools "${luks_drivers[@]}"
}

system_luks_two()
{
    release=bookworm
    packages=(initramfs-tools zstd cryptsetup-initramfs lvm2 e2fsprogs
        openssh-server)
    with_initramfs_tools "${luks_drivers[@]}"
    with_drivers "${server_drivers[@]}" 'drivers/md/dm-crypt*'
    without "${server_unused[@]}"
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
    make_initrd "$1" "${luks_drivers[@]}"
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

# Its payload in a LUKS2 with the same volume key, UUID $3: LUKS1 $1, LUKS2 $2
make_luks2()
{
    local at

    printf %s "$luks_key" | cryptsetup luksDump -q --dump-volume-key \
        --volume-key-file "$tmp/volume-key" --key-file - "$1" >"$tmp/dump"
    at=$(cryptsetup luksDump "$1" | sed -n 's/^Payload offset:[ \t]*//p')
    truncate -s $((16 * mib + $(stat -c %s "$1") - at * 512)) "$2"
    printf %s "$luks_key" | cryptsetup luksFormat -q --type luks2 \
        --volume-key-file "$tmp/volume-key" --key-file - --uuid "$3" \
        --cipher aes-xts-plain64 --key-size 512 --sector-size 512 \
        --offset 32768 --pbkdf argon2id --pbkdf-memory 32768 \
        --pbkdf-force-iterations 4 --pbkdf-parallel 1 "$2"
    dd if="$1" of="$2" bs=64K skip=$((at * 512)) seek=$((16 * mib)) \
        iflag=skip_bytes oflag=seek_bytes conv=notrunc status=none
}

# The second disk, image $1
image_luks_more()
{
    fill "$tmp/more/data" 8 300
    digest_of "$tmp/more/data" >>"${1%.2}.sha256"
    make_ext4 "$tmp/more" "$tmp/more.img" $((160 * mib)) "$luks_more_fs"
    encrypt "$tmp/more.img" "$tmp/more.luks"
    make_luks2 "$tmp/more.luks" "$1" "$luks_more_uuid"
}

# What it says at each boot: what lies below its file systems, whether what
# crypttab names is what is open, whether fstab is good.  $1: tree
add_luks_layout()
{
    cat >"$1/usr/local/sbin/layout" <<'END'
#!/bin/sh
below()
{
    lsblk -lnso TYPE,SIZE "$(findmnt -no SOURCE "$1")" |
        awk '{ s = s "," $1; last = $2 } END { print substr(s, 2) ":" last }'
}
crypttab=good
while read -r name device _; do
    case $name in '' | '#'*) continue ;; esac
    found=$(cryptsetup status "$name" | sed -n 's/^ *device: *//p')
    [ "$(findfs "$device")" = "$found" ] || crypttab="bad:$name:$device:$found"
    names=$names,$name:${device%%=*}
done </etc/crypttab
findmnt --verify >/dev/null 2>&1 && fstab=good || fstab=bad
printf '\nLAYOUT root=%s more=%s crypttab=%s%s fstab=%s\n' "$(below /)" \
    "$(below /srv/more)" "$crypttab" "$names" "$fstab" >/dev/ttyS0
END
    chmod 755 "$1/usr/local/sbin/layout"
    printf '%s\n' '[Unit]' 'RequiresMountsFor=/srv/more' \
        'After=local-fs.target' 'Before=migrated.service' '[Service]' \
        'Type=oneshot' 'ExecStart=/usr/local/sbin/layout' \
        >"$1/etc/systemd/system/layout.service"
    ln -s /etc/systemd/system/layout.service \
        "$1/etc/systemd/system/multi-user.target.wants/"
}

# $1: tree, $2: the image
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
    if [ "$kind" = debian-luks-two ]; then
        # From now on Debian's own hook has to find what the root is on.
        rm "$t/etc/initramfs-tools/hooks/guest"
        sed -i 's/,initramfs$//' "$t/etc/crypttab"
        echo "/dev/mapper/more_crypt /srv/more ext4 defaults 0 2" \
            >>"$t/etc/fstab"
        echo "more_crypt /dev/sdb none luks" >>"$t/etc/crypttab"
        let_in "$t" "$2"
        add_luks_layout "$t"
    fi
    write_grub_menu "$t/boot/grub/grub.cfg" "$more_uuid" \
        "$(kernel_of "$t" vmlinuz | sed 's|^/boot||')" \
        "$(kernel_of "$t" initrd.img | sed 's|^/boot||')" \
        root=/dev/mapper/web01-root
}

image_luks()
{
    local img=$1 tree=$tmp/tree boot_mib=96 root_mib=$((size - 140)) bytes

    unpack "$tree"
    configure_luks "$tree" "$img"
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
    [ "$kind" != debian-luks-two ] || image_luks_more "$img.2"
}
