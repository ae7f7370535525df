#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lander inspect: a system in a directory and on a disk, as a table and as JSON,
# without a byte changed; what holds no system is named, with an exit status.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

lander=${LANDER:-$build/lander}
cd "$work"

inspect()
{
    local wanted=$1 status=0

    shift
    timeout 60 "$lander" inspect "$@" >out 2>err || status=$?
    [ "$status" = "$wanted" ] ||
        fail "inspect $*: status $status, not $wanted: $(cat out err)"
}

says()
{
    grep -qE -- "$2" "$1" || fail "$1 lacks '$2': $(cat "$1")"
}

# Everything about a tree that looking at it could change
state()
{
    find "$1" -printf '%p %y %m %u %s %T@ %C@ %l\n' | sort
}

uuid=11111111-2222-3333-4444-555555555555
mkdir -p tree/{boot/efi/EFI,etc/network,usr/lib/modules,usr/sbin,var}
ln -s usr/lib tree/lib
printf 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12"\n' \
    >tree/usr/lib/os-release
cat >tree/etc/fstab <<END
UUID=$uuid / ext4 defaults 0 1
/dev/sdb1 /srv ext4 defaults 0 2
END
printf 'auto ens192\niface ens192 inet dhcp\n' >tree/etc/network/interfaces
touch tree/usr/sbin/{update-initramfs,ifup}
kernel=$(ls /usr/lib/modules)
cp "/boot/vmlinuz-$kernel" "/boot/initrd.img-$kernel" tree/boot/
mkdir -p tree/boot/efi/EFI/BOOT
cp /usr/lib/grub/x86_64-efi/monolithic/grubx64.efi \
    tree/boot/efi/EFI/BOOT/BOOTX64.EFI

state tree >before
inspect 0 --json --root tree
state tree | cmp before - || fail "the directory changed"
[ ! -s err ] || fail "$(cat err)"
# No line of it may be of another key: the texts are whole values.
says out '^ "name": "Debian GNU/Linux 12",$'
says out '^ "firmware": "uefi",$'
says out '^ +"tool": "initramfs-tools"$'
says out '^ +"version": "'"${kernel//+/.}"'",$'
says out '^ +"codec": "zstd",$'
says out '^ +"name": "ens192",$'
says out '^ +"kind": "GRUB",$'
says out '^ +"path": "/boot/efi/EFI/BOOT/BOOTX64.EFI",$'
if command -v jq >/dev/null; then
    jq -e '.firmware == "uefi" and .initramfs.tool == "initramfs-tools"' \
        <out >/dev/null || fail "jq reads something else"
fi
inspect 0 --root=tree
says out '^system +Debian GNU/Linux 12$'
says out '^initramfs +initramfs-tools$'
says out "^kernels +${kernel//+/.} +/boot/initrd.img-${kernel//+/.} +zstd"

# What holds none
truncate -s 8M blank.img
inspect 9 blank.img
says err "no Linux system on 'blank.img' \(blank\)"
inspect 9 --json blank.img
says out "\"problem\": \"no Linux system on 'blank.img'"
cmp blank.img <(head -c 8M /dev/zero) || fail "the blank disk changed"
mkdir empty
inspect 9 --root empty
says err "no Linux system in 'empty': it lacks /etc/os-release"
inspect 2 --root nowhere
inspect 2 nowhere.img
inspect 2
inspect 2 --yaml --root tree
inspect 2 --root tree blank.img
mkfifo fifo
inspect 2 fifo

# A disk: an image with a file system of its own, or with partitions where the
# kernel makes devices for them
truncate -s 128M disk.img
rm -r tree/boot/initrd*
mkfs.ext4 -q -F -U "$uuid" -d tree disk.img
free=$(losetup -f 2>/dev/null) || skip "no loop devices; the rest was good"
: "$free"
sum=$(sha256sum <disk.img)
inspect 0 --json disk.img
[ "$(sha256sum <disk.img)" = "$sum" ] || fail "the disk changed"
says out '"holds": "ext4 on the whole disk"'
says out '^ +"fs": "ext4",$'
says out "^ +\"uuid\": \"$uuid\","
says out '"resolves": true'
says out '"resolves": false'
says out '^ +"verdict": "would not boot",$'
truncate -s 256M parts.img
echo 'start=2048, type=linux' | sfdisk -q --label gpt parts.img
dd if=disk.img of=parts.img bs=1M seek=1 conv=notrunc,sparse status=none
sum=$(sha256sum <parts.img)
status=0
"$lander" inspect parts.img >out 2>err || status=$?
case $status in
0) says out '^system +Debian GNU/Linux 12$' ;;
5) says err 'this kernel makes no devices for them' ;;
*) fail "status $status: $(cat err)" ;;
esac
[ "$(sha256sum <parts.img)" = "$sum" ] || fail "the disk changed"
if losetup -a | grep -F "$work/"; then
    fail "a loop device was left"
fi
if grep -q ' /run/lander/mount/' /proc/self/mountinfo; then
    fail "a mount was left"
fi
