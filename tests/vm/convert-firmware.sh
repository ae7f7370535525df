#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A Debian for BIOS only, on an MBR without an EFI System Partition, moves to a
# machine that starts by UEFI. On a larger disk it gets one and starts by UEFI, also
# with a firmware that knows nothing of it. With LONG=1: where there is no room for
# one it is refused before anything is copied; and it starts by BIOS as before.
# limit: 1200
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
need debugfs
mib=1048576

guest debian-mbr
serve "$source_disk"

no_room()
{
    disk=$(target small 1024)
    machine --firmware uefi --disk "$disk" \
        --args "lander.source=$uri lander.firmware=convert"
    console "$boot_s" 'firmware=convert: /dev/vda has no 36.0 MiB in one piece'
    console 30 '^lander: .*the target disks were not touched'
    never '^lander: stage full'
    pull_plug
    [ "$(tr -d '\0' <"$disk" | wc -c)" = 0 ] || fail "the disk was written to"
    rm -rf "$vm" "$disk"
}

if [ -n "${LONG:-}" ]; then
    echo "# 1: no room: refused at check"
    no_room
fi

echo "# 2: a larger disk: it starts by UEFI"
disk=$(target disk 1152)
machine --firmware uefi --disk "$disk" --guest-after poweroff \
    --args "lander.source=$uri lander.firmware=convert"
console $((boot_s + copy_s)) '^lander: .*partition 3 is added, an EFI System Partition'
console "$copy_s" '^lander: stage convert'
console 60 '^lander: done: '
migrated 1
console 5 '^MIGRATED .* firmware=uefi '
no_prompt
has_receipt
powered_off 60
kill_server "$server"

# The source's table and one line more.
dump()
{
    "$project/tools/in-root" sfdisk -d "$1" |
        sed -e "s|$1||" -e '/^device:/d'
}
[ "$(dump "$disk" | grep -v type=ef)" = "$(dump "$source_disk")" ] ||
    fail "another table: $(dump "$disk")"

echo "# 3: a firmware with no entry, and a menu of Red Hat's kind for BIOS"
root="$disk?offset=$mib"
debugfs -R 'cat /boot/grub/grub.cfg' "$root" 2>/dev/null |
    sed 's/^\tlinux\t/\tlinux16\t/; s/^\tinitrd\t/\tinitrd16\t/' >"$work/grub.cfg"
[ "$(grep -cE '^.(linux|initrd)16' "$work/grub.cfg")" = 2 ] ||
    fail "the menu is not what this test takes it for"
printf '%s\n' 'rm /boot/grub/grub.cfg' \
    "write $work/grub.cfg /boot/grub/grub.cfg" >"$work/debugfs.in"
debugfs -w -f "$work/debugfs.in" "$root" >"$work/debugfs.out" 2>&1
rm "$vm/vars.fd"
medium=(--boot disk)
machine --firmware uefi --disk "$disk" --guest-after poweroff
migrated 2
console 5 '^MIGRATED .* firmware=uefi ' 2
powered_off 60

[ -n "${LONG:-}" ] || exit 0
echo "# 4: BIOS, as before"
printf '%s\n' 'rm /boot/grub/grub.cfg' \
    "write $work/menu /boot/grub/grub.cfg" >"$work/debugfs.in"
sed 's/16\t/\t/' "$work/grub.cfg" >"$work/menu"
debugfs -w -f "$work/debugfs.in" "$root" >"$work/debugfs.out" 2>&1
machine --firmware bios --disk "$disk"
migrated 3
console 5 '^MIGRATED .* firmware=bios '
