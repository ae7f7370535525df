#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A rehearsal: the whole conversion on a copy in memory, the boot check station
# by station, and not a bit of the disk is changed by it.  The next start without
# it asks the source for nothing again, converts, and the machine boots.
# limit: 1200
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian-old
serve "$source_disk" --filter=log logfile="$log"
disk=$(target disk 1024)
machine --firmware bios --disk "$disk,bus=virtio-blk" \
    --args "lander.source=$uri lander.rehearse lander.after=reboot"
console "$copy_s" '^lander: stage convert'
console 120 '^lander:   done    initramfs: .* appended .*virtio_blk'
console 60 '^lander:   boot check: good   initramfs: kernel .* and ext4'
console 5 '^lander:   boot check: good   root=UUID=.* is there'
console 60 '^lander: .*: conversion changed [0-9.]+ [KM]iB, in memory'
console 5 '^lander: rehearsed: Debian .* would boot on this machine'
console 30 '^lander: rehearsal finished; this machine waits for a person'
never '^lander: stage commit|^lander: done: |boot check: bad'
no_prompt
pull_plug
unfinished "$disk"
[ "$(record_of "$disk" lander_epoch)" = 00000000 ] ||
    fail "the record says that a conversion has begun"
cmp <(tail -c +513 "$source_disk") <(tail -c +513 "$disk") ||
    fail "the rehearsal changed the disk"

finishes_with_little "the start after the rehearsal" --firmware bios \
    --disk "$disk,bus=virtio-blk"
console_new 5 '^lander: .*of this job; reading it again'
