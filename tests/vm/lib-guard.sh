# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the guard tests: disks that only say which disk they are, media for the
# rows of the guard's table, and one row per call.
#
#   FIRMWARE is bios or uefi
#   row NAME WANT DISK…    boots with the medium first and the disks after it
#     DISK is blank, complete, record, done-record (complete behind a record) or config
#     WANT is lander:REASON, or diskN (counted from 0)
#   bus=…   the disks' controller, keys=l  a key pressed during the countdown
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

rows=0
bus=virtio-blk
keys=

# The ISO under test, with one more word, and those in $@: the kernel says its
# command line.
guard_iso()
{
    [ -e "$build/pxe/initramfs.img" ] || fail "run make first"
    iso=$work/guard.iso
    "$project/tools/in-root" iso/make-iso --args "ignore_loglevel $*" \
        -o "$iso"
    medium=(--iso "$iso" --boot iso)
}

# $1: FILE, $2: text.  A GPT disk with a boot loader for both firmwares that
# prints the text and stops.
speaking_disk()
{
    "$project/tools/in-root" bash -euo pipefail -c '
        disk=$1 text=$2 work=$3 modules=/usr/lib/grub/i386-pc
        truncate -s 64M "$disk"
        printf "%s\n" "label: gpt" "first-lba: 34" \
            "start=34, size=2014, type=21686148-6449-6E6F-744E-656564454649" \
            "start=2048, size=65536, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B" |
            sfdisk -q "$disk"
        printf "serial\nterminal_output serial console\necho %s\nsleep 600\n" \
            "$text" >"$work/bios.cfg"
        # The firmware shows its console on the serial line as well.
        printf "echo %s\nsleep 600\n" "$text" >"$work/efi.cfg"
        grub-mkimage -O i386-pc -p / -c "$work/bios.cfg" -o "$work/core.img" \
            biosdisk serial terminal echo sleep
        grub-mkimage -O x86_64-efi -p / -c "$work/efi.cfg" \
            -o "$work/loader.efi" echo sleep
        # What grub-install does: boot.img is told where core.img is, and
        # core.img where its own second sector is.
        printf "\x22\0\0\0\0\0\0\0" >"$work/34"
        printf "\x23\0\0\0\0\0\0\0" >"$work/35"
        dd if="$modules/boot.img" of="$disk" bs=440 count=1 conv=notrunc
        dd if="$work/34" of="$disk" bs=1 seek=92 conv=notrunc
        printf "\x90\x90" | dd of="$disk" bs=1 seek=102 conv=notrunc
        dd if="$work/35" of="$work/core.img" bs=1 seek=500 conv=notrunc
        dd if="$work/core.img" of="$disk" bs=512 seek=34 conv=notrunc
        mkfs.vfat -C "$work/esp.img" 32768 >/dev/null
        mmd -i "$work/esp.img" ::/EFI ::/EFI/BOOT
        mcopy -i "$work/esp.img" "$work/loader.efi" ::/EFI/BOOT/BOOTX64.EFI
        dd if="$work/esp.img" of="$disk" bs=1M seek=1 conv=notrunc
        rm "$work/esp.img"
        ' sh "$1" "$2" "$work" 2>"$work/disk.log" ||
        fail "no speaking disk: $(cat "$work/disk.log")"
}

# $1: FILE.  Sector 0 becomes a record as lander writes it: text, no signature.
put_record()
{
    {
        printf '# GRUB Environment Block\nlander_version=1\nlander_state=copy\n'
        printf 'lander_job=01234567-89ab-cdef-0123-456789abcdef\n'
        printf 'lander_seq=0000000000000007\nlander_crc=00000000\n#'
        head -c 512 /dev/zero
    } | head -c 512 | dd of="$1" conv=notrunc 2>/dev/null
}

# $1: kind, $2: number; prints the file
guard_disk()
{
    local file=$work/$1$2.img

    rm -f "$file"
    case $1 in
    blank) truncate -s 64M "$file" ;;
    complete) cp --sparse=always "$work/speaking$2.img" "$file" ;;
    record)
        truncate -s 64M "$file"
        put_record "$file"
        ;;
    done-record)
        cp --sparse=always "$work/speaking$2.img" "$file"
        put_record "$file"
        ;;
    config) "$project/tools/in-root" mkfs.vfat -n config-2 -C "$file" 4096 >/dev/null 2>&1 ;;
    *) fail "guard_disk: $1" ;;
    esac
    echo "$file"
}

# Whichever of the two comes first; a wrong one ends the row at once.
outcome()
{
    local end text

    end=$(($(date +%s) + boot_s))
    while [ "$(date +%s)" -lt "$end" ]; do
        text=$(console_text | grep -aoE 'DISK[0-9]-OK|Command line:.*lander\.guard=[a-z]+ ' |
            head -n 1 | sed 's/.*lander\.guard=\([a-z]*\) /lander:\1/; s/DISK\([0-9]\)-OK/disk\1/') || :
        if [ -n "$text" ]; then
            echo "$text"
            return
        fi
        [ -z "$keys" ] || press "$keys"
        sleep 0.3
    done
    echo "nothing in $boot_s s"
}

row()
{
    local name=$1 want=$2 options=() kind n=0 got began

    shift 2
    for kind in "$@"; do
        case $kind in
        iso) options+=(--disk "$iso,bus=$bus") ;;
        *) options+=(--disk "$(guard_disk "$kind" "$n"),bus=$bus,serial=G$n") ;;
        esac
        n=$((n + 1))
    done
    rm -rf "$vm"
    began=$(date +%s)
    "$run_vm" start "$vm" --firmware "$FIRMWARE" "${medium[@]}" \
        --memory 512 "${options[@]}"
    got=$(outcome)
    "$run_vm" kill "$vm"
    # A drive that is not there is no server.
    ! console_text | grep -a 'no server is specified' || fail "$FIRMWARE: $name"
    echo "$FIRMWARE: $name ($*): $got, $(($(date +%s) - began)) s"
    if [ "$got" != "$want" ]; then
        console_text | tail -n 40
        fail "$FIRMWARE: $name: want $want, got $got"
    fi
    rows=$((rows + 1))
}

# Every row of the table, for $FIRMWARE
guard_table()
{
    guard_iso
    for n in 0 1; do
        speaking_disk "$work/speaking$n.img" "DISK$n-OK"
    done
    row 'an empty disk' lander:nodisk blank
    row 'an unfinished job' lander:record record
    row 'an unfinished job over a bootable system' lander:record done-record
    row 'a finished disk' disk0 complete
    keys=l row 'a finished disk, key l pressed' lander:forced complete
    row 'the second disk is the finished one' disk1 blank complete
    row 'a configuration drive first' lander:nodisk config blank
    row 'one finished, one not' lander:record complete record
    bus=nvme row 'NVMe' disk1 blank complete
    bus=virtio-scsi row 'SCSI' disk1 blank complete
    bus=ahci row 'SATA' disk1 blank complete
    # The ISO as a disk or stick: it must not chainload itself.
    medium=(--boot disk)
    row 'the medium is the first disk' disk1 iso complete
    row 'the medium is the first disk, no system' lander:nodisk iso blank
    # One that was made for source mode starts no disk that it is to serve.
    guard_iso lander.serve
    row 'an ISO that serves' lander:forced complete
    [ "$rows" = 14 ] || fail "$rows rows of 14"
}
