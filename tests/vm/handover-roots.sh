#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Six disks in one job, for the receipt: a root on LVM, on btrfs (in a
# subvolume), on XFS, one with a dirty journal, one with /boot and /var/log on
# partitions of their own, and a disk without any Linux root, which is said and
# is no error.  Which one the machine will run is asked for by name: lander.root=.
# long: unit/guest_root has the cases
# limit: 900
# shellcheck source=tests/vm/lib-handover.sh
. "$(dirname "$0")/lib-handover.sh"

job=bbbbbbbb-cccc-4ddd-8eee-ffffffffffff
guest tiny
exports=$work/exports
mkdir "$exports"
ln -s "$source_disk" "$exports/tiny"
cat >"$work/make" <<'END'
set -euo pipefail
cd "$1"
system() # $1: directory, $2: name
{
    mkdir -p "$1/usr/lib" "$1/etc" "$1/var/log" "$1/boot"
    printf 'NAME=x\nPRETTY_NAME="Test on %s"\n' "$2" >"$1/usr/lib/os-release"
}
mkdir m t
system t LVM
truncate -s 96M fs
mkfs.ext4 -q -d t fs 92M
truncate -s 97M lvm
loop=$(losetup -f --show lvm)
conf="devices{filter=[\"a|^$loop\$|\",\"r|.*|\"] use_devicesfile=0 dir=\"/dev\"}"
conf+=" activation{udev_sync=0 udev_rules=0} backup{backup=0 archive=0}"
lvm pvcreate -q --config "$conf" --dataalignment 1m "$loop"
lvm vgcreate -q --config "$conf" web-01 "$loop"
lvm lvcreate -q -y --driverloaded n -an -Zn -Wn --config "$conf" -L 92M \
    -n root web-01
losetup -d "$loop"
dd if=fs of=lvm bs=1M seek=1 conv=notrunc status=none

truncate -s 128M btrfs
mkfs.btrfs -q btrfs
mount -o loop btrfs m
btrfs -q subvolume create m/@
system m/@ btrfs
umount m

truncate -s 304M xfs
mkfs.xfs -q xfs
mount -o loop xfs m
system m XFS
umount m

truncate -s 80M live
mkfs.ext4 -q live
mount -o loop,commit=600 live m
system m journal
sync -f m
echo new >m/var/new
sync m/var/new
cp live dirty
umount m
dumpe2fs -h dirty 2>/dev/null | grep needs_recovery >/dev/null

rm -r t
system t parts
echo 'LABEL=kernels /boot ext4 defaults 0 2' >t/etc/fstab
echo 'UUID=11111111-2222-3333-4444-555555555555 /var/log ext4 defaults 0 2' \
    >>t/etc/fstab
truncate -s 144M parts
printf 'label: gpt\nsize=40M\nsize=40M\nsize=40M\n' | sfdisk -q parts
truncate -s 40M fs
mkfs.ext4 -q -F -L kernels fs 40M
dd if=fs of=parts bs=1M seek=1 conv=notrunc status=none
mkfs.ext4 -q -F -d t fs 40M
dd if=fs of=parts bs=1M seek=41 conv=notrunc status=none
mkfs.ext4 -q -F -U 11111111-2222-3333-4444-555555555555 fs 40M
dd if=fs of=parts bs=1M seek=81 conv=notrunc status=none
rm -r fs live t m
END
"$project/tools/in-root" bash "$work/make" "$exports" >"$work/make.log" 2>&1 ||
    fail "the disks: $(tail -n 5 "$work/make.log")"
serve_exports "$exports"
args="lander.source=$uri lander.job=$job lander.after=poweroff lander.disks="
disks=()
for n in tiny lvm btrfs xfs dirty parts; do
    truncate -s "$(stat -L -c %s "$exports/$n")" "$work/$n.img"
    disks+=(--disk "$work/$n.img,serial=$n")
    args+=$n:$n,
done
# Five systems: which one this machine will run must be said.
machine --firmware bios --memory 768 "${disks[@]}" --args "${args%,}"
console "$boot_s" '^lander: stage full'
console "$copy_s" '^lander: stage convert'
console 120 '5 Linux systems are on the disks, and lander.root= must say'
for n in LVM btrfs XFS journal parts; do
    console_text | grep -a "): Test on $n" >/dev/null || fail "$n is not in the list"
done
pull_plug
unfinished "$work/lvm.img"
machine --firmware bios --memory 768 "${disks[@]}" \
    --args "${args%,} lander.root=/dev/web-01/root"
console_new $((boot_s + copy_s)) '^lander: stage convert'
console 200 '^lander: done: '
powered_off 60
no_prompt
for n in LVM btrfs XFS journal parts; do
    console_text | grep -a "^lander: /dev/vd.: Test on $n; leaving the receipt" ||
        fail "no receipt on $n"
done
console_text | grep -a '^lander: /dev/vda: no receipt: no Linux root' ||
    fail "the disk without a root was not told"
same_disk "$source_disk" "$work/tiny.img"

# The second start copied nothing again.
# $1: disk, $2: mount options, $3: directory of the receipt
receipt_in()
{
    "$project/tools/in-root" sh -ec 'mkdir -p "$4"; mount -o "loop,$2" "$1" "$4"
        cat "$4/$3/receipt.json"; test -s "$4/$3/lander.log"' sh \
        "$work/$1.img" "$2" "$3" "$work/m" >"$work/receipt" ||
        fail "$1: no receipt in $3"
    "$project/tools/in-root" jq -e ".job == \"$job\" and (.disks | length) == 6 and
        all(.disks[]; .bytes_received == 0 and .seed != \"\")" \
        "$work/receipt" >/dev/null || fail "$1: $(cat "$work/receipt")"
    echo "# $1: $("$project/tools/in-root" jq -r .system "$work/receipt")"
}
receipt_in lvm ro,offset=$((1 * 1048576)) var/log/lander
receipt_in btrfs ro,subvol=@ var/log/lander
receipt_in xfs ro,norecovery var/log/lander
receipt_in dirty ro,noload var/log/lander
receipt_in dirty ro,noload var/log/lander
receipt_in parts ro,offset=$((81 * 1048576)),sizelimit=$((40 * 1048576)) lander
debugfs -R 'cat /var/new' "$work/dirty.img" 2>/dev/null | grep new >/dev/null ||
    fail "the journal was not replayed"
for n in dirty "parts?offset=$((41 * 1048576))" \
    "parts?offset=$((81 * 1048576))" "lvm?offset=$((1 * 1048576))"; do
    f=$work/${n%%[?]*}.img${n#"${n%%[?]*}"}
    e2fsck -fn "$f" >"$work/fsck" 2>&1 || fail "$n: $(cat "$work/fsck")"
done
# What only had to be looked at was not written to.
cmp -n $((40 * 1048576)) -i $((1 * 1048576)) "$exports/parts" "$work/parts.img" ||
    fail "/boot was written to"
