# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the tests of mode=file of a machine that is encrypted, sourced after
# lib-two.sh and guest debian-luks-two: its root on LVM in a LUKS1, /srv/more in a
# LUKS2 that is all of a second disk, both by old names in crypttab, an initramfs
# for AHCI only; and two smaller disks on another bus.
#
#   server_unlocked      starts it, and types its passphrase, $key
#   unlock               types it at the machine that asks
#   job SYSTEM MORE WORDS KEYFILE   lander with that job, onto these two disks
#   copied               waits for the end of the job
#   own SYSTEM MORE      starts the copy's own machine, with nothing but its disks

guest_s=400
plan_s=300 # from power-on to a plan, beside another machine
key=not-a-secret
printf %s "$key" >"$work/key"

# For the initramfs, and for systemd.
unlock()
{
    console_new "$guest_s" 'Please unlock disk web01_crypt'
    "$run_vm" type "$vm" "$key\n"
    console_new "$guest_s" 'enter passphrase for disk .*more_crypt'
    "$run_vm" type "$vm" "$key\n"
}

server_unlocked()
{
    server_guest
    server_starts --firmware uefi --disk "$server_disk,bus=ahci" \
        --disk "$server_disk.2,bus=ahci"
    at_server unlock
    at_server console "$guest_s" '^LAYOUT root=lvm,crypt,part,disk:960M more=crypt,disk:176M crypttab=good,web01_crypt:/dev/sda3,more_crypt:/dev/sdb fstab=good'
    at_server console "$guest_s" '^MIGRATED '
}

job()
{
    lander_machine "lander.mode=file lander.source=ssh://root@10.7.0.1/
        lander.disks=sda:SYSTEM,sdb:MORE lander.part=\"/srv/more size=100M\"
        lander.downtime=15m lander.after=poweroff $3" \
        --firmware uefi --disk "$1,bus=virtio-scsi,serial=SYSTEM" \
        --disk "$2,bus=virtio-scsi,serial=MORE" --fw-cfg "opt/lander/key=$4"
}

# The initramfs was made anew, and the passphrase was never shown.
copied()
{
    console_new 900 'are equal to the source, which stands still'
    console_new 400 '^lander:   done    initramfs: .* \(it may name the old layout\)'
    console_new 120 '^lander: done: '
    powered_off 120
    never "$key"
}

own()
{
    own_machine --firmware uefi --disk "$1,bus=virtio-scsi" \
        --disk "$2,bus=virtio-scsi" "${with_aes[@]}"
}
