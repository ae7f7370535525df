#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file: a Debian that starts by BIOS from an MBR goes, while it runs, to a
# smaller disk of a machine that starts by UEFI: another table, an ESP that it
# never had, a /var of its own, files left out.  Then it starts from its own
# disk, and says itself where its file systems are.
# limit: 900
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-files.sh
. "$(dirname "$0")/lib-files.sh"

guest debian-mbr

# What the machine says of its new layout; and something to leave out.
{
    layout_service
    echo 'mkdir -p srv/scratch'
    echo 'head -c 20000000 /dev/urandom >srv/scratch/large'
} >"$work/prepare.sh"
running_source 1

disk=$(target disk 900)
machine --firmware uefi --disk "$disk" --guest-after poweroff \
    "${with_identity[@]}" --args "$job_words lander.exclude=/srv/scratch/
        lander.part=\"/var size=120M\" lander.downtime=10m"
console "$boot_s" '^lander: stage plan'
console 60 'an EFI System Partition is new'
console "$copy_s" '^lander: [0-9]+ files and directories are there'
console "$copy_s" 'are equal to the source, which stands still'
console 60 '^lander: stage convert'
console 200 '^lander: done: '
migrated 1
console 5 '^MIGRATED .* firmware=uefi '
console 30 '^LAYOUT var=ext4 esp=vfat swap=1 scratch=0 table=gpt fstab=good'
no_prompt
has_receipt
powered_off 60
