#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What is in the image that boots: every library that a program asks for, every
# driver of the list, nothing that gives a prompt or activates a volume.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

image=$build/pxe/initramfs.img
[ -e "$image" ] || fail "run make first"
tree=$work/tree
mkdir "$tree"

# The segments: plain /init, the compressed base, lander, the mark.
(cd "$tree" && cpio -idm --quiet <"$image") || fail "the first segment"
[ "$(find "$tree" -mindepth 1 | wc -l)" = 1 ] || fail "more than /init comes first"
[ -x "$tree/init" ] || fail "no /init"
if readelf -l "$tree/init" | grep INTERP >/dev/null; then
    fail "/init needs a library"
fi
base=
for f in "$build"/initramfs/base-*.zst; do
    if [ -z "$base" ] || [ "$f" -nt "$base" ]; then base=$f; fi
done
zstd -qdc "$base" | (cd "$tree" && cpio -idmu --quiet) || fail "the base"
cmp "$tree/init" "$build/initramfs/init" || fail "another /init than ours"
[ ! -e "$tree/unpacked" ] || fail "the mark is not last"
mkdir -p "$tree/usr/sbin"
cp "$build/lander" "$tree/usr/sbin/lander"

# As the loader of that system sees it.
bad=0
while read -r f; do
    if ! lost=$(chroot "$tree" /usr/lib64/ld-linux-x86-64.so.2 \
        --library-path /usr/lib/x86_64-linux-gnu/systemd --list "$f" 2>&1); then
        case $lost in
        *"not a dynamic executable"* | *"statically linked"*) continue ;;
        esac
        echo "$f: $lost"
        bad=1
    fi
done < <(cd "$tree" && find usr -type f \( -perm -u+x -o -name '*.so*' \) -print |
    while read -r f; do
        if [ "$(head -c 4 "$f" | tr -d '\0')" = $'\x7fELF' ] &&
            readelf -d "$f" 2>/dev/null | grep NEEDED >/dev/null; then
            echo "/$f"
        fi
    done)
[ "$bad" = 0 ] || fail "libraries are missing"

kernel=$(ls "$tree/usr/lib/modules")
for m in $(sed 's/#.*//' "$project/initramfs/90lander/drivers"); do
    chroot "$tree" modprobe -S "$kernel" -n "$m" 2>"$work/err" ||
        fail "driver $m: $(cat "$work/err")"
done

# Nothing that could become a prompt.
for f in init getty agetty login su linuxrc; do
    for d in bin sbin usr/bin usr/sbin; do
        if [ -e "$tree/$d/$f" ] || [ -L "$tree/$d/$f" ]; then
            fail "/$d/$f is in the image"
        fi
    done
done
# sulogin is here for onfail=shell, and it asks: root has no empty password.
if grep -E '^root::' "$tree/etc/passwd" "$tree/etc/shadow" 2>/dev/null; then
    fail "root has an empty password"
fi
for u in emergency.service emergency.target rescue.service rescue.target \
    debug-shell.service; do
    [ "$(readlink "$tree/etc/systemd/system/$u")" = /dev/null ] ||
        fail "$u is not masked"
done
find "$tree" -name '*getty*' -o -name 'shell.service' | grep . &&
    fail "the above is in the image"
[ ! -e "$tree/etc/initrd-release" ] || fail "initrd-release: systemd would switch roots"
[ "$(readlink "$tree/usr/lib/systemd/system/default.target")" = lander.target ] ||
    fail "default.target"

# Volumes of foreign disks are left alone.
for r in 64-btrfs 64-md-raid-assembly 69-lvm; do
    [ "$(readlink "$tree/etc/udev/rules.d/$r.rules")" = /dev/null ] ||
        fail "$r.rules is not masked"
done
if find "$tree" -name '*lvm2-pvscan*' -o -name 'mdmonitor*' | grep .; then
    fail "a unit that activates volumes"
fi
for t in lvm mdadm cryptsetup mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mkntfs \
    rsync tar kexec nbdkit qemu-nbd sfdisk blkid losetup dmsetup blockdev \
    efibootmgr udevadm ip networkctl; do
    chroot "$tree" /bin/sh -c "command -v $t" >/dev/null || fail "no $t"
    f=$(readlink -f "$tree/$(chroot "$tree" /bin/sh -c "command -v $t")")
    case $f in
    */busybox) fail "$t is busybox's" ;;
    esac
done
size=$(stat -c %s "$image")
echo "$(find "$tree" -name '*.ko*' | wc -l) drivers, $size bytes"
