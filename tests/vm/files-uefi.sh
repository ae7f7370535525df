#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file: a Debian that starts by BIOS from an MBR goes, while it runs, to a
# smaller disk of a machine that starts by UEFI: another table, an ESP that it
# never had, a /var of its own, files left out.  Then it starts from its own
# disk, and says itself where its file systems are.
# limit: 900
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
need ssh-keygen losetup

guest debian-mbr
cp --sparse=always "$source_disk" "$work/source.img"
ssh-keygen -q -t ed25519 -N '' -C test -f "$work/id"
ssh-keygen -q -t ed25519 -N '' -C test -f "$work/host_ed25519"
cp "$work/id.pub" "$work/authorized"
pin=$(ssh-keygen -lf "$work/host_ed25519.pub" | cut -d ' ' -f 2)

# What the machine says of its new layout; and something to leave out.
cat >"$work/prepare.sh" <<'END'
mkdir -p srv/scratch
head -c 20000000 /dev/urandom >srv/scratch/large
cat >etc/systemd/system/layout.service <<'UNIT'
[Unit]
After=local-fs.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo "LAYOUT var=$$(findmnt -n -o FSTYPE /var) esp=$$(findmnt -n -o FSTYPE /boot/efi) swap=$$(awk "END { print NR - 1 }" /proc/swaps) scratch=$$(ls -A /srv/scratch | wc -l) table=$$(lsblk -dno PTTYPE /dev/vda) fstab=$$(findmnt --verify >/dev/null 2>&1 && echo good || echo bad)" >/dev/ttyS0'
UNIT
ln -s /etc/systemd/system/layout.service etc/systemd/system/multi-user.target.wants/
END

port=$(free_port)
"$project/tools/in-root" "$project/tests/vm/running-inside" \
    "$work/source.img" 1 "$work" "$port" >"$work/running.log" 2>&1 9>&- &
running=$!
end_running()
{
    kill "$running" 2>/dev/null || true
    until_true 60 test -e "$work/gone"
}
at_exit end_running
until_true 60 test -e "$work/ready"

disk=$(target disk 900)
machine --firmware uefi --disk "$disk" --guest-after poweroff \
    --fw-cfg "opt/lander/id=$work/id" \
    --args "lander.mode=file lander.source=ssh://root@10.0.2.2:$port/
        lander.hostkey=$pin lander.identity=fw_cfg:opt/lander/id
        lander.disks=$(cat "$work/disk"):vda lander.exclude=/srv/scratch/
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
