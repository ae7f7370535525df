#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file of a server at work: GPT with an ESP, an ext4 root, swap in use and
# XFS on LVM, PostgreSQL committing all the time, onto a smaller disk on another
# bus of a machine that starts by UEFI.  The plug is pulled in the first pass,
# and the next start goes on; after three passes the order comes, the server is
# held still, compared by SHA-256 and switched off.  The copy starts from its own
# disk, and every row and block that was ever told of is there.
# long: two machines and a quarter of an hour; vm/files-uefi has one
# limit: 2400
# machines: 2
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-two.sh
. "$(dirname "$0")/lib-two.sh"

guest_s=400
guest()
{
    source_disk=$build/guests/$1-large.img
    "$project/tools/make-guest" --size 1400 "$1" "$source_disk"
    digests=$(cat "$source_disk.sha256")
}
guest debian-server
server_guest
server_machine
disk=$(target disk 1100)
job="lander.mode=file lander.source=ssh://root@10.7.0.1/vda
    lander.cutover=manual lander.fence=poweroff lander.after=poweroff"
lander_machine "$job" --firmware uefi --disk "$disk,bus=virtio-scsi"
console "$boot_s" '^lander: stage plan'
console 120 '^lander: .* load/blocks .*xfs /srv/load'
console 400 '^lander: copying files: +[2-9][0-9] %'
pull_plug

lander_machine "$job" --firmware uefi --disk "$disk,bus=virtio-scsi"
console "$boot_s" '^lander: the new layout is there since an earlier start'
console 900 '^lander: round 3: .*predicted downtime'
"$run_vm" type "$vm" 'cutover\n'
console 900 'are equal to the source, which stands still'
console 300 '^lander: done: '
server_gone 60
powered_off 120

own_machine --firmware uefi --disk "$disk,bus=virtio-scsi"
migrated 1 2
console 5 '^MIGRATED .* firmware=uefi '
has_receipt
found=$(console 60 '^LOAD ')
holds_told "$found"
no_prompt
