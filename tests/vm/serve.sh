#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Source mode between two machines. On the one, with a system on LVM on RAID-1,
# the boot menu's entry serves its disks; the code that its screen shows is typed
# on the other's console, and the other becomes that machine. Nothing on the
# source was started or written to: its disks are what they were, to the bit.
# limit: 1200
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
server=$work/server
at_exit "$run_vm" kill "$server"

at_server()
{
    local vm=$server

    "$@"
}

keep_server_console()
{
    [ -e "$server/serial.log" ] || return 0
    cp "$server/serial.log" "${LANDER_TEST_LOGS:-$build/test-logs}/vm/serve.server"
}
at_exit keep_server_console

press()
{
    "$run_vm" qmp "$vm" "{\"execute\":\"send-key\",\"arguments\":{\"keys\":[{\"type\":\"qcode\",\"data\":\"$1\"}]}}" >/dev/null || :
}

# Until its kernel has taken the screen's keyboard away from the menu
choose_serve()
{
    local end=$(($(date +%s) + boot_s))

    until console_text | grep -q 'lander: lander '; do
        [ "$(date +%s)" -lt "$end" ] || fail "the menu's entry did not start lander"
        press s
        sleep 0.3
    done
}

disk_called()
{
    at_server console 5 "^lander: +sd[ab], .*, serial $1: " |
        sed 's/^lander: *\(sd[ab]\),.*/\1/'
}

before=()
guest debian-raid
for n in one two; do
    disk=$source_disk
    [ "$n" = one ] || disk+=.2
    cp --sparse=always "$disk" "$work/source-$n.img"
    before[${#before[@]}]=$(sha256sum <"$disk")
done
port=$(free_port)
at_server machine --firmware bios --memory 512 \
    --disk "$work/source-one.img,bus=ahci,serial=S1" \
    --disk "$work/source-two.img,bus=ahci,serial=S2" \
    --nic "user,hostfwd=tcp:127.0.0.1:$port-:22;virtio-net-pci"
at_server choose_serve
at_server console "$boot_s" '^lander: and type there, when it asks:  [0-9A-Z-]{23}$'
code=$(at_server console 5 'when it asks:' | sed 's/.*: *//')
at_server console 5 '^lander: on the target: lander.source=ssh://root@10.0.2.15/ lander.identity=code$'
# Their order is the kernel's.
first=$(disk_called S1)
second=$(disk_called S2)

one=$(target one 768)
two=$(target two 768)
machine --firmware bios --disk "$one,serial=ONE" --disk "$two,serial=TWO" \
    --args "lander.source=ssh://root@10.0.2.2:$port/ lander.identity=code
        lander.disks=$first:ONE,$second:TWO"
console "$boot_s" '^lander: type the code that the source'
"$run_vm" type "$vm" "${code%?}U\n"
console 60 '^lander: a code has 20 letters and digits, and no U; once more:$'
"$run_vm" type "$vm" "$code\n"
console 60 '^lander: the code is complete$'
at_server console 120 '^lander: 10.0.2.2 reads$'
console "$copy_s" '^lander: stage convert'
at_server console 60 '^lander: read so far: sda [0-9]+ of [0-9]+ MB, sdb [0-9]+ of '
console 120 '^lander: done: '
at_server console 60 '^lander: 10.0.2.2 is gone$'

# Ended as by its button, which is all that many a machine has.
"$run_vm" qmp "$server" '{"execute":"system_powerdown"}' >/dev/null
at_server console 30 '^lander: powering off; the disks are as they were$'
at_server powered_off 60
at_server no_prompt
at_server never 'md/raid|md[0-9]+:|Activation|device-mapper: .*linear|EXT4-fs'
for n in one two; do
    [ "$(sha256sum <"$work/source-$n.img")" = "${before[0]}" ] ||
        fail "the source's disk $n was written to"
    before=("${before[@]:1}")
done

console "$guest_s" '^ARRAY raid1 degraded=0 sync=idle '
migrated 1
no_prompt
has_receipt
