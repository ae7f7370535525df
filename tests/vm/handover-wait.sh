#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A source that is not there yet: told, and tried again by itself. Then
# after=wait: the machine stays, with a line every minute; its disk is whole, and
# a reset boots it.
# long: nothing but waiting
# limit: 600
# shellcheck source=tests/vm/lib-handover.sh
. "$(dirname "$0")/lib-handover.sh"

guest tiny
port=$(free_port)
disk=$(target disk 64)
machine --firmware bios --disk "$disk" --memory 512 \
    --args "lander.source=nbd://10.0.2.2:$port/ lander.convert=none lander.reconnect=5s lander.after=wait"
console "$boot_s" '^lander: .*exit status: 6'
console 10 '^lander: trying again in 60 s'
start_server -r file "$source_disk"
console 100 '^lander: stage probe' 2
console "$copy_s" '^lander: done: '
console 30 '^lander: finished; this machine waits for a person'
same_disk "$source_disk" "$disk"
console 100 '^lander: finished; waiting for 1 min'
no_prompt
press_reset
console "$guest_s" 'DISK-OK'
