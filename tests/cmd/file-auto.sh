#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=auto where every disk has room: files for a large disk of which little is
# used, blocks where files would leave something out, or where the job wants
# what only blocks can do; each in words.  What would not start afterwards is
# refused.  Plans only.
# limit: 200
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-root.sh"
need losetup partx sfdisk mkfs.ext4

truncate -s 40G "$work/disk"
sfdisk -q "$work/disk" <<'END'
label: gpt
size=1M, type=21686148-6449-6E6F-744E-656564454649
size=38G, type=L
size=1G, type=L
END
loop_of "$work/disk"
mkfs.ext4 -q -E lazy_itable_init=1,lazy_journal_init=1 "${loop}p2"
root=/mnt # sshd wants no directory above it that others may write to
mounted rw "${loop}p2" "$root"
lodge "$root"
echo "UUID=$(blkid -o value -s UUID "${loop}p2") / ext4 noatime 0 1" \
    >"$root/etc/fstab"
sync
truncate -s 40G "$work/target"
serve_ssh "ChrootDirectory $root"
from ""
disk=${loop#/dev/}
onto=$target

# chosen WORDS ARG…: what it says of the mode, in its plan or its log
chosen()
{
    local words=$1

    shift
    rm -f "$work/log"
    timeout 60 "$lander" dryrun "source=$source_uri" "identity=$identity" \
        "hostkey=$pin" "disks=$disk:$onto" --log="$work/log" "$@" \
        >"$work/out" 2>&1 || fail "$(tail -n 30 "$work/out")"
    cat "$work/log" >>"$work/out"
    grep -Eq -- "$words" "$work/out" ||
        fail "no '$words': $(tail -n 40 "$work/out")"
}

# A partition that holds nothing may hold anything: files would not have it.
chosen "mode=block: only [0-9.]+ MiB of 40.0 GiB are used, but files would leave 1 thing out that is"
! grep -q 'mode=file:' "$work/out" || fail "$(cat "$work/out")"
sfdisk -q --no-reread --delete "$work/disk" 3 >"$work/sfdisk" 2>&1 ||
    fail "$(cat "$work/sfdisk")"
partx -d -n 3 "$loop"
chosen "mode=file: only [0-9.]+ MiB of 40.0 GiB are used"
said "the same as lines of a job"

# A real disk here would have to start: how is looked for before anything is
# written, by what the source has of GRUB.
mount -t tmpfs none "$root/usr/sbin"
mount -t tmpfs none "$root/usr/lib/grub"
truncate -s 40G "$work/block"
block=$(losetup --show -f "$work/block")
at_exit losetup -d "$block"
onto=$block
chosen "mode=block: this machine starts by (BIOS|UEFI)"
! grep -q 'mode=file:' "$work/out" || fail "$(cat "$work/out")"
status=0
timeout 60 "$lander" mode=file "source=$source_uri" "identity=$identity" \
    "hostkey=$pin" "disks=$disk:$onto" --log="$work/log" >"$work/out" 2>&1 ||
    status=$?
[ "$status" = 3 ] || fail "status $status: $(cat "$work/out")"
grep -Eq 'new layout gets its boot code from|loader in it goes on to the menu' \
    "$work/out" || fail "$(cat "$work/out")"
said "or lander.mode=block copies the boot code with the disks"
cmp -s -n 1048576 "$work/block" /dev/zero || fail "it wrote"
touch "$root/usr/sbin/grub-install"
mkdir -p "$root/usr/lib/grub/i386-pc" "$root/boot/grub"
touch "$root/usr/lib/grub/i386-pc/modinfo.sh" "$root/boot/grub/grub.cfg"
chosen "mode=file: only [0-9.]+ MiB of 40.0 GiB are used"
chosen "mode=file: as the job says" mode=file
onto=$target
chosen "mode=block: every disk has room for its whole copy" free=skip
! grep -q 'mode=file:' "$work/out" || fail "$(cat "$work/out")"
chosen "mode=block: as the job says" mode=block
nothing_left
