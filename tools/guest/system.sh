# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# The unpacked systems that guests are made of, as tar files in the cache.  For
# make-guest, before it enters the build root:
#
#   system_tar NAME    makes it once and sets $tar; NAME is one of the functions
#                      system_NAME below, which set $release, $packages, $hooks

# Drivers no test machine has: they are most of a Debian kernel's size.
unused=(drivers/gpu drivers/media drivers/staging drivers/infiniband
    drivers/iio drivers/usb/gadget drivers/isdn drivers/net/wireless
    drivers/net/ethernet drivers/bluetooth drivers/input drivers/hwmon
    drivers/hid drivers/platform drivers/mtd drivers/power drivers/leds
    drivers/comedi drivers/target drivers/edac drivers/mfd sound net/bluetooth
    net/wireless net/mac80211 fs/ocfs2 fs/gfs2 fs/ceph fs/cifs fs/nfsd
    net/netfilter net/sched)
basics=(linux-image-amd64 systemd-sysv udev kmod dbus iproute2)

# initramfs-tools with these drivers and no others: $1…
with_initramfs_tools()
{
    # shellcheck disable=SC2016 # $1 is for mmdebstrap's hooks
    hooks+=(--setup-hook='mkdir -p "$1/etc/initramfs-tools/conf.d" \
            "$1/usr/share/initramfs-tools/modules.d"'
        --setup-hook='echo MODULES=list \
            >"$1/etc/initramfs-tools/conf.d/guest"'
        --setup-hook="printf '%s\n' $* \
            >\"\$1/usr/share/initramfs-tools/modules.d/guest\"")
}

# Of the kernel's drivers $1… and no others
with_drivers()
{
    local d

    hooks+=(--dpkgopt='path-exclude=/lib/modules/*/kernel/*')
    for d in "$@"; do
        hooks+=(--dpkgopt="path-include=/lib/modules/*/kernel/$d")
        hooks+=(--dpkgopt="path-include=/lib/modules/*/kernel/$d/*")
    done
}

# None of the files $1…
without()
{
    local f

    for f in "$@"; do
        hooks+=(--dpkgopt="path-exclude=$f")
    done
}

system_bookworm()
{
    release=bookworm
    packages=(initramfs-tools zstd lvm2 e2fsprogs grub2-common grub-pc-bin
        grub-efi-amd64-bin)
    # The disks the guest can boot from.
    with_initramfs_tools virtio_pci virtio_blk virtio_scsi nvme ahci ata_piix \
        sd_mod ext4 crc32c
}

# What makes an initramfs is gone after it has made one.
system_netplan()
{
    release=bookworm
    packages=(initramfs-tools zstd e2fsprogs netplan.io grub2-common
        grub-pc-bin grub-efi-amd64-bin)
    with_initramfs_tools ahci sd_mod ext4 crc32c
    # shellcheck disable=SC2016 # $1 is for mmdebstrap's hooks
    hooks+=(--customize-hook='chroot "$1" dpkg --force-depends --purge \
        initramfs-tools initramfs-tools-core >/dev/null 2>&1 &&
        rm -r "$1/etc/initramfs-tools" "$1/usr/share/initramfs-tools" &&
        ! test -e "$1/usr/sbin/update-initramfs" &&
        ! test -e "$1/usr/sbin/mkinitramfs"')
}

# One Debian as a tar file: $1
make_system()
{
    local u exclude=()

    for u in "${unused[@]}"; do
        exclude+=(--dpkgopt="path-exclude=/lib/modules/*/kernel/$u/*"
            --dpkgopt="path-exclude=/usr/lib/modules/*/kernel/$u/*")
    done
    mmdebstrap --quiet --variant=minbase --format=tar \
        --aptopt='Acquire::Languages "none"' \
        --aptopt='APT::Install-Recommends "false"' \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        "${exclude[@]}" ${hooks[@]+"${hooks[@]}"} \
        --include="$(IFS=,; echo "${basics[*]},${packages[*]}")" \
        "$release" "$1.tmp"
    mv "$1.tmp" "$1"
}

system_tar()
{
    local key

    release='' packages=() hooks=()
    "system_$1"
    key=$(declare -f make_system | cat - <(declare -p release packages hooks \
        unused basics) | sha256sum)
    tar=$cache/$1-${key:0:12}.tar
    [ ! -e "$tar" ] || return 0
    echo "make-guest: making the system of $release (once)"
    rm -f "$cache/$1"-????????????.tar
    make_system "$tar"
}
