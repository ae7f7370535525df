# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# debian and its relatives: Debian 12 on GPT with a BIOS boot area, an ESP and
# ext4.

# Names, mounts and boot configuration.  $1: tree, $2: kind
configure()
{
    local t=$1 root="UUID=$root_uuid" esp="UUID=${esp_id:0:4}-${esp_id:4}"

    case $2 in
    debian-old)
        root=/dev/sda3 esp=/dev/sda2
        make_initrd "$t" ahci sd_mod ext4 crc32c
        printf '%s\n' '[Match]' Name=ens192 '[Network]' \
            Address=10.0.2.77/24 Gateway=10.0.2.2 \
            >"$t/etc/systemd/network/ens192.network"
        with_network "$t" systemd-networkd.service
        ;;
    debian-netplan)
        root=/dev/sda3 esp=/dev/sda2
        printf '%s\n' 'network:' '  version: 2' '  renderer: networkd' \
            '  ethernets:' '    ens192:' '      match:' \
            '        macaddress: "00:50:56:9a:11:22"' \
            '      set-name: ens192' '      addresses: [10.0.2.77/24]' \
            '      routes: [{to: default, via: 10.0.2.2}]' \
            >"$t/etc/netplan/50-cloud-init.yaml"
        chmod 600 "$t/etc/netplan/50-cloud-init.yaml"
        with_network "$t" systemd-networkd.service
        ;;
    esac
    {
        echo "$root / ext4 errors=remount-ro 0 1"
        echo "$esp /boot/efi vfat umask=0077 0 1"
        if [ "$2" = debian-lvm ]; then
            echo "/dev/data/more /srv/more ext4 defaults 0 2"
        fi
    } >"$t/etc/fstab"
    write_grub_menu "$t/boot/grub/grub.cfg" "$root_uuid" \
        "$(kernel_of "$t" vmlinuz)" "$(kernel_of "$t" initrd.img)" "root=$root"
}

image_debian()
{
    local img=$1 tree=$tmp/tree sector=512 unit start_mib=34 bytes

    [ "$kind" != debian-4k ] || sector=4096
    unit=$((mib / sector))
    unpack "$tree"
    configure "$tree" "$kind"
    fill "$tree/srv/data" "$data" 100
    fill "$tree/srv/deleted" 24 200
    digest_of "$tree/srv/data" >"$img.sha256"
    drivers_of "$tree$(kernel_of "$tree" initrd.img)" >"$img.drivers"

    # The last MiB stays free for the backup table.
    bytes=$(((size - start_mib - 1) * mib))
    make_ext4 "$tree" "$tmp/root.img" "$bytes" "$root_uuid" -L root
    truncate -s "${size}M" "$img"
    sfdisk -q --sector-size "$sector" "$img" <<END
label: gpt
label-id: $disk_uuid
first-lba: $((sector == 512 ? 34 : 6))
start=$((1 * unit)), size=$((1 * unit)), type=21686148-6449-6E6F-744E-656564454649, uuid=${disk_uuid%?}1
start=$((2 * unit)), size=$((32 * unit)), type=uefi, uuid=${disk_uuid%?}2
start=$((start_mib * unit)), size=$((bytes / sector)), type=linux, uuid=${disk_uuid%?}3
END
    early_cfg "$root_uuid" /boot/grub
    grub_efi "$sector"
    put "$img" "$tmp/esp.img" $((2 * mib))
    put "$img" "$tmp/root.img" $((start_mib * mib))
    if [ "$kind" != debian-4k ]; then
        put_bios_grub "$img" 2048 "$tmp/early.cfg" part_gpt \
            "${grub_modules[@]}"
    fi
    if [ "$kind" = debian-lvm ]; then
        image_lvm "$img.data"
        digest_of "$tmp/more/data" >>"$img.sha256"
    fi
}

# A whole disk that is one LVM physical volume: sector 0 of it is all zero.
image_lvm()
{
    fill "$tmp/more/data" 32 300
    truncate -s 128M "$1"
    lvm_volume "$1" data more 96
    make_ext4 "$tmp/more" "$tmp/more.img" $((96 * mib)) "$more_uuid" -L more
    put "$1" "$tmp/more.img" "$mib"
}
