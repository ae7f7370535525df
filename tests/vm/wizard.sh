#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The ISO without a job: it waits and says so; whoever presses Enter on the serial
# line gets the wizard there, which leads to a machine that starts from its disk.
# Until the last word nothing is written, and lines of another console go on.
# limit: 900
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/cmd/lib-screen.sh
. "$(dirname "$0")/../cmd/lib-screen.sh"

# Its network may need a moment
look_again()
{
    has '10.0.2.15' && return
    keys Tab Enter
    false
}

fixed_now()
{
    has '10.0.2.77' && ! has '10.0.2.15' && return
    keys Tab Enter
    false
}

guest tiny
serve "$source_disk"
disk=$(target disk 64)
machine --firmware bios --disk "$disk,serial=ONE" --memory 512
console "$boot_s" '^lander: probe failed: no source is given'
console 30 '^lander: this machine waits for a job: press Enter on this console'

on_screen socat -,rawer "UNIX-CONNECT:$vm/tty"
keys Enter
shows '1 of 6: the network' 60
until_true 60 look_again
keep vm-network
# An address that is typed, and first one that is none.
keys Tab Tab Enter
shows 'A fixed address'
typed '10.0.2.300'
keys Enter Enter
typed '10.0.2.2'
keys Enter Enter Enter
shows 'That is no network'
shows '10.0.2.300'
keys Enter
shows 'A fixed address'
keys C-u
typed '10.0.2.77'
keep vm-fixed
keys Enter Enter Enter Enter Enter
shows '1 of 6: the network' 60
until_true 60 fixed_now
keys Enter
shows '2 of 6: the source'
keys Down Down Tab Enter
shows 'on a server'
typed "$uri"
keys Enter Enter
shows '3 of 6: the disks' 60
shows 'empty'
keep vm-disks
keys Tab Enter
shows '4 of 6: how it is done'
keys Enter
shows 'bit for bit'
keys Down Enter
shows '4 of 6: how it is done'
shows 'stays as it is, bit for bit'
keys Tab Enter
shows '5 of 6: the plan' 60
shows 'serial ONE'
keys Enter
shows 'type the word: copy'
[ "$(du -k "$disk" | cut -f 1)" = 0 ] || fail "it wrote before the last word"
typed copy
keys Enter Enter
shows 'The job is finished.' "$copy_s"
keep vm-end
keys Enter
console "$guest_s" 'DISK-OK'
end_screen
pull_plug
same_disk "$source_disk" "$disk"
