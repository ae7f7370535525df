# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# debian13: Debian 13 on GPT, UEFI only: systemd-boot with the kernel in the
# EFI system partition, btrfs with subvolumes, dracut's initramfs for AHCI only,
# NetworkManager.

system_trixie()
{
    release=trixie
    packages=(dracut btrfs-progs zstd dosfstools network-manager
        systemd-boot-efi)
    # Before the kernel's own script makes the initramfs, so that this is done
    # once.
    # shellcheck disable=SC2016 # $1 is for mmdebstrap's hooks
    hooks+=(--setup-hook='mkdir -p "$1/etc/dracut.conf.d"'
        --setup-hook='printf "%s\n" hostonly=no \
            "drivers=\"ahci sd_mod btrfs\"" \
            "omit_dracutmodules=\"qemu qemu-net virtiofs nvdimm network\"" \
            compress=zstd >"$1/etc/dracut.conf.d/guest.conf"')
}

image_debian13()
{
    local img=$1 tree=$tmp/tree/@rootfs esp_mib=160 bytes

    mkdir "$tmp/tree"
    unpack "$tree"
    # The next image is made as dracut makes it where nobody asked otherwise.
    rm "$tree/etc/dracut.conf.d/guest.conf"
    {
        echo "/dev/sda2 / btrfs subvol=@rootfs 0 0"
        echo "/dev/sda2 /srv btrfs subvol=@srv 0 0"
        echo "/dev/sda1 /boot/efi vfat umask=0077 0 1"
    } >"$tree/etc/fstab"
    network_manager "$tree"
    mv "$tree/srv" "$tmp/tree/@srv"
    mkdir "$tree/srv"
    fill "$tmp/tree/@srv/data" "$data" 100
    digest_of "$tmp/tree/@srv/data" >"$img.sha256"
    drivers_of "$tree$(kernel_of "$tree" initrd.img)" >"$img.drivers"

    bytes=$(((size - esp_mib - 2) * mib))
    truncate -s "$bytes" "$tmp/root.img"
    systemd_boot "$tmp/esp.img" "$esp_mib" "$tree"
    mkfs.btrfs -q -L root -U "$root_uuid" --rootdir "$tmp/tree" \
        --subvol @rootfs --subvol @srv "$tmp/root.img"
    truncate -s "${size}M" "$img"
    sfdisk -q "$img" <<END
label: gpt
label-id: $disk_uuid
first-lba: 34
start=2048, size=$((esp_mib * 2048)), type=uefi, uuid=${disk_uuid%?}2
start=$(((esp_mib + 1) * 2048)), size=$((bytes / 512)), type=linux, uuid=${disk_uuid%?}3
END
    put "$img" "$tmp/esp.img" "$mib"
    put "$img" "$tmp/root.img" $(((esp_mib + 1) * mib))
}

# A static address on the NIC that VMware gave it.  $1: tree
network_manager()
{
    local file=$1/etc/NetworkManager/system-connections/wired.nmconnection

    printf '%s\n' '[connection]' id=wired \
        uuid=1a2b3c4d-0000-4000-8000-0000000c0aec type=ethernet \
        interface-name=ens192 '[ethernet]' mac-address=00:50:56:9A:11:22 \
        '[ipv4]' method=manual address1=10.0.2.77/24,10.0.2.2 \
        '[ipv6]' method=disabled >"$file"
    chmod 600 "$file"
    with_network "$1" NetworkManager.service
}

# An EFI system partition of $2 MiB in file $1 with systemd-boot and the kernel
# of tree $3, as kernel-install(8) leaves them.  The loader is where only an
# entry of the old machine's firmware found it, not where all firmware looks.
systemd_boot()
{
    local img=$1 kernel initrd version entry=$tmp/entry.conf

    kernel=$(kernel_of "$3" vmlinuz)
    initrd=$(kernel_of "$3" initrd.img)
    version=${kernel#/boot/vmlinuz-}
    cat >"$entry" <<END
title      Debian GNU/Linux 13 (trixie)
version    $version
machine-id $machine_id
sort-key   debian
options    root=/dev/sda2 rootflags=subvol=@rootfs ro console=tty0 console=ttyS0,115200 quiet
linux      /$machine_id/$version/linux
initrd     /$machine_id/$version/initrd.img-$version
END
    printf 'timeout 0\n' >"$tmp/loader.conf"
    make_esp "$img" "$2" 512 \
        "$3/usr/lib/systemd/boot/efi/systemd-bootx64.efi" \
        ::/EFI/systemd/systemd-bootx64.efi
    mmd -i "$img" ::/loader ::/loader/entries "::/$machine_id" \
        "::/$machine_id/$version"
    mcopy -i "$img" "$tmp/loader.conf" ::/loader/loader.conf
    mcopy -i "$img" "$entry" "::/loader/entries/$machine_id-$version.conf"
    mcopy -i "$img" "$3$kernel" "::/$machine_id/$version/linux"
    mcopy -i "$img" "$3$initrd" \
        "::/$machine_id/$version/initrd.img-$version"
    rm "$3$kernel" "$3$initrd"
}
