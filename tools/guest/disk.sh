# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# Pieces of a disk: data, boot code, partitions' contents.  Everything here runs
# inside the build root; $tmp is a directory that goes away.

# $1 bytes of random data from seed $2 into file $3
seeded()
{
    # shellcheck disable=SC2016 # $uri is nbdkit's
    nbdkit -U - random size="$1" seed="$2" --run \
        'nbdcopy --no-extents "$uri" '"'$3'"
}

# little-endian number $1 of $2 bytes at offset $3 of file $4
poke()
{
    local n=$1 i hex=

    for ((i = 0; i < $2; i++)); do
        hex+=$(printf '\\x%02x' $((n & 255)))
        n=$((n >> 8))
    done
    # shellcheck disable=SC2059 # the format is the bytes
    printf "$hex" | dd of="$4" bs=1 seek="$3" conv=notrunc status=none
}

# put file $2 into image $1 at byte $3, keeping its holes
put()
{
    dd if="$2" of="$1" bs=64K seek="$3" oflag=seek_bytes conv=notrunc,sparse \
        status=none
}

# BIOS boot code of GRUB with config $3 and modules $4… into image $1: boot
# sector in sector 0, core image at sector $2 (that of the BIOS boot area, or 1:
# the gap before the first partition), as grub-install does it.
put_bios_grub()
{
    local img=$1 at=$2 cfg=$3 core=$tmp/core.img boot=$tmp/boot.img

    shift 3
    grub-mkimage -O i386-pc -o "$core" -c "$cfg" -p /boot/grub biosdisk "$@"
    cp /usr/lib/grub/i386-pc/boot.img "$boot"
    truncate -s 440 "$boot"
    poke "$at" 8 92 "$boot"      # where the core image is
    poke $((0x9090)) 2 102 "$boot" # a hard disk: do not touch DL
    poke $((at + 1)) 8 $((0x1f4)) "$core" # where the rest of the core image is
    put "$img" "$boot" 0
    put "$img" "$core" $((at * 512))
}
grub_modules=(ext2 fat normal configfile search search_fs_uuid linux serial
    terminal echo minicmd test all_video)

# An ESP of $2 MiB with sector size $3 in file $1, holding loader $4 as each of
# $5…
make_esp()
{
    local img=$1 loader=$4 place fat=()

    rm -f "$img"
    truncate -s "${2}M" "$img"
    [ "$2" -le 32 ] || fat=(-F 32)
    mkfs.vfat ${fat[@]+"${fat[@]}"} -S "$3" -s 1 -i "$esp_id" -n ESP "$img" >/dev/null
    shift 4
    export MTOOLS_SKIP_CHECK=1
    mmd -i "$img" ::/EFI
    for place in "$@"; do
        mmd -i "$img" "${place%/*}"
        mcopy -i "$img" "$loader" "$place"
    done
}

# The digest that the guest's own script prints of directory $1
digest_of()
{
    (cd "$1" && find . -type f | LC_ALL=C sort | xargs cat) | sha256sum |
        cut -d ' ' -f 1
}

# Random files of $2 MiB in all in directory $1, from seed $3
fill()
{
    local i parts=8

    mkdir -p "$1"
    for ((i = 0; i < parts; i++)); do
        # Odd sizes: the last block of a file is rarely full.
        seeded $(($2 * mib / parts - 1000 * i)) $(($3 + i)) "$1/file$i"
    done
}

# A file system of $3 bytes from tree $1 in file $2, UUID $4, options $5…;
# then the files in /srv/deleted go, and leave their blocks behind.
make_ext4()
{
    local tree=$1 img=$2 bytes=$3 uuid=$4 f

    shift 4
    rm -f "$img"
    # As Debian 12 makes them: its GRUB cannot read newer features.
    mkfs.ext4 -q -F -d "$tree" -U "$uuid" -O ^orphan_file,^metadata_csum_seed \
        -E "hash_seed=$uuid,lazy_itable_init=0,lazy_journal_init=0" "$@" \
        -b 4096 "$img" $((bytes / 4096))
    if [ -d "$tree/srv/deleted" ]; then
        for f in "$tree"/srv/deleted/*; do
            debugfs -w -R "rm /srv/deleted/${f##*/}" "$img" >/dev/null 2>&1
        done
    fi
    e2fsck -fn "$img" >/dev/null 2>&1 || die "$img: the file system is broken"
}

# Makes image $1 a physical volume of group $2 with the volumes $3 of $4 MiB, …
# The host may lack device-mapper, so only LVM's metadata is written, and what is
# to be in the volumes is put where they are: from pe_start, 1 MiB, on.
lvm_volume()
{
    local conf group=$2

    loop=$(losetup -f --show "$1")
    shift 2
    conf="devices{filter=[\"a|^$loop\$|\",\"r|.*|\"] use_devicesfile=0 dir=\"/dev\"}"
    conf+=" activation{udev_sync=0 udev_rules=0} backup{backup=0 archive=0}"
    lvm_quiet pvcreate -q --config "$conf" --dataalignment 1m "$loop"
    lvm_quiet vgcreate -q --config "$conf" "$group" "$loop"
    while [ $# -gt 0 ]; do
        lvm_quiet lvcreate -q -y --driverloaded n -an -Zn -Wn \
            --config "$conf" -L "$2M" -n "$1" "$group"
        shift 2
    done
    losetup -d "$loop"
    loop=
}

lvm_quiet()
{
    lvm "$@" >"$tmp/lvm.log" 2>&1 || die "lvm $1: $(cat "$tmp/lvm.log")"
}

raid_uuid=1a2b3c4d:00004000:80000000:00004a1d

# Member $2 (0 or 1) of the array $raid_uuid, "web01:0": its superblock of
# version 1.2 in front of file $1.  The host may lack MD, so it is written by
# hand: mdp_superblock_1 of the kernel's linux/raid/md_p.h.
put_superblock()
{
    local img=$1 sb=$tmp/superblock uuid=${raid_uuid//:/} i sum=0 word sectors

    sectors=$((($(stat -c %s "$img") - mib) / 512))
    rm -f "$sb"
    truncate -s 260 "$sb"
    poke $((0xa92b4efc)) 4 0 "$sb"
    poke 1 4 4 "$sb"
    for ((i = 0; i < 16; i++)); do
        poke $((16#${uuid:2 * i:2})) 1 $((16 + i)) "$sb"
        poke $((0x50 + i + 16 * $2)) 1 $((168 + i)) "$sb" # of the device
    done
    printf 'web01:0' | dd of="$sb" bs=1 seek=32 conv=notrunc status=none
    poke "$SOURCE_DATE_EPOCH" 8 64 "$sb"
    poke 1 4 72 "$sb"        # level
    poke "$sectors" 8 80 "$sb"
    poke 2 4 92 "$sb"        # devices
    poke 2048 8 128 "$sb"    # data from here
    poke "$sectors" 8 136 "$sb"
    poke 8 8 144 "$sb"       # this superblock
    poke "$2" 4 160 "$sb"
    poke "$SOURCE_DATE_EPOCH" 8 192 "$sb"
    poke 1 8 200 "$sb"       # events
    poke -1 8 208 "$sb"      # in sync to the end
    poke 2 4 220 "$sb"       # roles: 0, 1
    poke 1 2 258 "$sb"
    for word in $(od -An -v -tu4 -w4 "$sb"); do
        sum=$((sum + word))
    done
    poke $(((sum & 0xffffffff) + (sum >> 32))) 4 216 "$sb"
    put "$img" "$sb" 4096
    mdadm --examine "$img" >"$tmp/mdadm.log" 2>&1 || :
    grep -q 'Checksum : .* correct' "$tmp/mdadm.log" ||
        die "the superblock: $(cat "$tmp/mdadm.log")"
}

# XFS with tree $1 in image $2 at byte $3, $4 bytes long, as Debian 11 makes it.
# mkfs.xfs takes no tree, so the kernel fills it.
make_xfs()
{
    mkdir -p "$tmp/mount"
    loop=$(losetup -f --show -o "$3" --sizelimit "$4" "$2")
    mkfs.xfs -q -c options=/usr/share/xfsprogs/mkfs/lts_5.10.conf \
        -m "uuid=$root_uuid" "$loop" >/dev/null
    mount -t xfs "$loop" "$tmp/mount" ||
        die "this host's kernel has no XFS: modprobe xfs"
    cp -a "$1/." "$tmp/mount/"
    umount "$tmp/mount"
    losetup -d "$loop"
    loop=
}

# $tmp/early.cfg, with which GRUB starts: on to the grub.cfg in directory $2 of
# the file system with UUID $1
early_cfg()
{
    cat >"$tmp/early.cfg" <<END
search --no-floppy --fs-uuid --set=root $1
set prefix=(\$root)$2
configfile \$prefix/grub.cfg
END
}

# $tmp/esp.img, an ESP of 32 MiB with sector size $1: GRUB with $tmp/early.cfg, as
# Debian's loader and as the one that needs no boot entry
grub_efi()
{
    grub-mkimage -O x86_64-efi -o "$tmp/grub.efi" -c "$tmp/early.cfg" \
        -p /boot/grub part_gpt "${grub_modules[@]}"
    make_esp "$tmp/esp.img" 32 "$1" "$tmp/grub.efi" \
        ::/EFI/BOOT/BOOTX64.EFI ::/EFI/debian/grubx64.efi
}
