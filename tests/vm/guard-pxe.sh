#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The loop guard of lander.ipxe with the network first for ever: under BIOS
# iPXE tries the disk itself, under UEFI it asks guard.efi.
# limit: 500
# shellcheck source=tests/vm/lib-guard.sh
. "$(dirname "$0")/lib-guard.sh"

# The boot files, with a kernel that says its command line: the word comes in
# the way a user's do, by args.ipxe.
files=$work/pxe
mkdir "$files"
ln -s "$pxe_dir"/{vmlinuz,initramfs.img,lander.ipxe,guard.efi} "$files/"
printf '#!ipxe\nset args ignore_loglevel\n' >"$files/args.ipxe"
medium=(--pxe "$files" --boot net)
speaking_disk "$work/speaking0.img" DISK0-OK
speaking_disk "$work/speaking1.img" DISK1-OK

for FIRMWARE in bios uefi; do
    row 'an empty disk' lander:pxe blank
    row 'an unfinished job over a bootable system' lander:pxe done-record
    row 'a finished disk' disk0 complete
done
row 'one finished, one not' lander:pxe complete record
row 'the second disk is the finished one' disk1 blank complete
printf '#!ipxe\nset guard off\nset args ignore_loglevel\n' >"$files/args.ipxe"
for FIRMWARE in bios uefi; do
    row 'a machine that is to serve its disks' lander:pxe complete
done
[ "$rows" = 10 ] || fail "$rows rows of 10"
