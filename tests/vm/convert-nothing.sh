#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that firmware would start, and no system on it that lander knows: the
# copy is kept, the commit is refused, and convert=none is offered, not chosen.
# Beside it a disk of data, which is no reason to refuse.
# limit: 400
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest tiny
mkdir "$work/exports"
ln -s "$source_disk" "$work/exports/tiny"
truncate -s 48M "$work/exports/data"
mkfs.ext4 -q -F -L data "$work/exports/data"
serve_exports "$work/exports"
one=$(target one 64)
two=$(target two 48)
disks=(--disk "$one,serial=ONE" --disk "$two,serial=TWO")
direct "${disks[@]}" \
    --append "lander.source=$uri lander.disks=tiny:ONE,data:TWO"
console "$copy_s" '^lander: convert failed: /dev/vda is made to start a machine, and no Linux system is found'
console 10 '^lander: .*lander.convert=none'
pull_plug
unfinished "$one"
unfinished "$two"

# Data alone needs no system.
rm "$two"
two=$(target two 48)
direct --disk "$two,serial=TWO" \
    --append "lander.source=${uri}data lander.after=poweroff"
console_new "$copy_s" '^lander: /dev/vda: no receipt: no Linux root'
console_new 60 '^lander: done: '
powered_off 60
same_disk "$work/exports/data" "$two"
