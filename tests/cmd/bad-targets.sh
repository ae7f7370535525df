#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Targets that must not be written to: refused with exit status 3, the reason,
# and not one byte changed.
. "$(dirname "$0")/../lib.sh"
need nbdkit sfdisk mkfs.ext4 losetup

lander=${LANDER:-$build/lander}
size=8388608
truncate -s $size "$work/source"
head -c 1000000 /dev/urandom | dd of="$work/source" conv=notrunc status=none
nbdkit -U "$work/sock" -P "$work/pid" -r file "$work/source"
until_true 20 test -s "$work/pid"
at_exit kill "$(cat "$work/pid")"
uri="source=nbd+unix:///?socket=$work/sock"

# refused STATUS 'TEXT' TARGET WORD…
refused()
{
    local want=$1 text=$2 target=$3 status=0 before

    shift 3
    before=$(sha256sum <"$target")
    timeout 60 "$lander" "$uri" "disks=$target" convert=none "$@" \
        >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "$text: exit status $status, not $want: $(cat "$work/out")"
    grep -qF -- "$text" "$work/out" || fail "no '$text' in: $(cat "$work/out")"
    [ "$(sha256sum <"$target")" = "$before" ] || fail "$text: the target changed"
}

# loop FILE [OPTION…]: a loop device over it, in $loop
loop()
{
    loop=$(losetup -f --show "${@:2}" "$1") || skip "no loop device to be had"
    at_exit unloop "$loop"
}

fresh()
{
    rm -f "$work/t"
    truncate -s "${1:-$size}" "$work/t"
}

fresh
echo 'label: gpt' | sfdisk -q "$work/t"
refused 3 'is not empty: GPT' "$work/t"
fresh
echo 'start=2048, type=83' | sfdisk -q --label dos "$work/t"
refused 3 'is not empty: MBR' "$work/t"
fresh
mkfs.ext4 -q "$work/t"
refused 3 'is not empty: ext4' "$work/t"
fresh
printf x | dd of="$work/t" bs=1 seek=700000 conv=notrunc status=none
refused 3 'is not empty: unknown data' "$work/t"
fresh
printf x | dd of="$work/t" bs=1 seek=$((size - 100)) conv=notrunc status=none
refused 3 'is not empty: unknown data' "$work/t"
fresh
mkswap -q "$work/t"
refused 3 'is not empty: swap' "$work/t"
fresh
mkfs.vfat "$work/t" >/dev/null
refused 3 'is not empty: vfat' "$work/t"

# A disk is as large as it is; a file grows.
fresh $((size / 2))
loop "$work/t"
refused 3 'is too small' "$loop"

# 4096-byte sectors and a table made for 512-byte ones.
fresh
loop "$work/t" --sector-size 4096
echo 'label: gpt' | sfdisk -q "$work/source"
refused 3 'is made for 512-byte sectors' "$loop"

# Mounted.
fresh
mkfs.ext4 -q "$work/t"
loop "$work/t"
mkdir "$work/mnt"
mount -o ro "$loop" "$work/mnt" || skip "mount is not possible here"
at_exit umount "$work/mnt"
refused 3 "mounted at $work/mnt" "$loop" "overwrite=$loop"

# Two targets for one disk, and one for two.
truncate -s $size "$work/a" "$work/b"
status=0
"$lander" "$uri" "disks=$work/a,$work/b" >"$work/out" 2>&1 || status=$?
[ $status = 2 ] || fail "two targets: $status: $(cat "$work/out")"
status=0
"$lander" "$uri" "disks=$work/a,$work/a" >"$work/out" 2>&1 || status=$?
[ $status = 2 ] || fail "the same target twice: $status: $(cat "$work/out")"

# Another job's record, and one that is damaged.
truncate -s $size "$work/r"
"$lander" "$uri" "disks=$work/r" convert=none job=00000000-0000-8000-8000-00000000000a \
    >/dev/null || fail "the copy itself failed"
printf '# GRUB Environment Block\nlander_version=1\nlander_state=copy\n' |
    dd of="$work/r" conv=notrunc status=none
refused 3 'damaged job record' "$work/r"

# A file is never converted, so nothing can be rehearsed on one.
fresh
before=$(sha256sum <"$work/t") status=0
timeout 60 "$lander" "$uri" "disks=$work/t" rehearse=yes >"$work/out" 2>&1 ||
    status=$?
[ "$status" = 3 ] || fail "rehearse on a file: $status: $(cat "$work/out")"
grep -q 'lander.rehearse: .* is a file, and only a disk is converted' \
    "$work/out" || fail "no reason in: $(cat "$work/out")"
[ "$(sha256sum <"$work/t")" = "$before" ] || fail "the target changed"
