#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file of a running server whose two disks of 8 GiB are a RAID-1, with root
# and /srv/more as XFS on LVM on it, onto one empty disk of 4 GiB: no array is
# left, its volumes are smaller, the server's own GRUB and initramfs are made for
# that, and the copy starts from its disk alone and says what it stands on.
# long: two machines and a quarter of an hour; vm/files-uefi has one
# limit: 2400
# machines: 2
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-two.sh
. "$(dirname "$0")/lib-two.sh"

# The plan's own line of a job for this place: its MiB
planned()
{
    console 60 "^lander: +part $1 size=[0-9]+M( grow)? fstype=xfs\$" |
        sed 's/.* size=\([0-9]*\)M.*/\1/'
}

guest_s=400
guest debian-mirror
knows_only ahci
server_guest
server_starts --disk "$server_disk,bus=ahci" --disk "$server_disk.2,bus=ahci"
at_server console "$guest_s" '^LAYOUT stack=lvm,raid1,part,disk,part,disk, array=raid1,degraded=0 conf=1 members=2 root=xfs:6144 more=xfs:1536 fstab=good'
at_server migrated 1

disk=$(target disk 4096)
lander_machine "lander.mode=file lander.source=ssh://root@10.7.0.1/
    lander.downtime=10m lander.after=poweroff" \
    --firmware bios --memory 640 --disk "$disk"
console "$boot_s" '^lander: stage plan'
console 60 '^lander: +-> /dev/vda +4\.0 GiB +GPT'
console 60 '^lander: +sd[ab]1 +1\.0 MiB +-> +1 +1\.0 MiB +bios_grub'
console 60 '^lander: +md[0-9]+ +8\.0 GiB +-> +2 +4\.0 GiB +LVM'
console 60 '^lander: +web01/root +6\.0 GiB +[0-9.]+ MiB +-> +web01/root +[23]\.[0-9] GiB +xfs /$'
console 60 '^lander: +web01/more +1\.5 GiB +[0-9.]+ MiB +-> +web01/more +[0-9.]+ [MG]iB +xfs /srv/more$'
console 60 '^lander: +note: the array md[0-9]+ \(raid1\) becomes one partition$'
root_mib=$(planned /)
more_mib=$(planned /srv/more)
sum=$((root_mib + more_mib))
[ "$sum" -gt 3584 ] && [ "$sum" -le 4096 ] || fail "$sum MiB are planned in 4096"
console "$copy_s" '^lander: [0-9]+ files and directories are there'
console 900 'files and directories are equal to the source, which stands still'
console 60 '^lander: stage convert'
console 60 '^lander:   done    mdadm: /etc/mdadm/mdadm.conf: md[0-9]+ is no array any more: a comment now'
console 900 '^lander:   done    initramfs: .* made anew by update-initramfs '
console 300 '^lander:   done    boot loader: GRUB for BIOS was installed by the copied system'
console 60 '^lander: done: '
no_prompt
powered_off 120

own_machine --firmware bios --disk "$disk" --guest-after poweroff
console "$guest_s" "^LAYOUT stack=lvm,part,disk, array=none conf=0 members=0 root=xfs:$root_mib more=xfs:$more_mib fstab=good"
migrated 1 2
console 5 '^MIGRATED .* root=/dev/mapper/web01-root .* fs=xfs firmware=bios '
has_receipt
no_prompt
powered_off 120
