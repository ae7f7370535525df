#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Source mode between two machines. On the one, which has a system on LVM on RAID-1,
# too, the boot menu's entry serves its disks; the code that its screen shows is typed
# on the console of the other, which gets one of them and starts from it. Nothing on the
# source was started or written to: its disks are what they were, to the bit.
# limit: 1200
# machines: 2
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-two.sh
. "$(dirname "$0")/lib-two.sh"
server_medium=("${medium[@]}")

# Until its kernel has taken the screen's keyboard away from the menu
choose_serve()
{
    local end=$(($(date +%s) + 2 * boot_s))

    until console_text | grep 'lander: lander ' >/dev/null; do
        [ "$(date +%s)" -lt "$end" ] || fail "the menu's entry did not start lander"
        press s
        sleep 0.3
    done
}

n=0
guest debian-raid
raid=$source_disk
guest tiny
for f in "$raid" "$raid.2" "$source_disk"; do
    n=$((n + 1))
    cp --sparse=always "$f" "$work/source-$n.img"
    sha256sum "$work/source-$n.img" >>"$work/before"
done
port=$(free_port)
at_server machine --firmware bios --memory 512 \
    --disk "$work/source-1.img,bus=ahci,serial=S1" \
    --disk "$work/source-2.img,bus=ahci,serial=S2" \
    --disk "$work/source-3.img,bus=ahci,serial=S3" \
    --nic "user,hostfwd=tcp:127.0.0.1:$port-:22;virtio-net-pci"
at_server choose_serve
at_server console $((2 * boot_s)) '^lander: and type there, when it asks:  [0-9A-Z-]{23}$'
code=$(at_server console 5 'when it asks:' | sed 's/.*: *//')
at_server console 5 '^lander: on the target: lander.source=ssh://root@10.0.2.15/ lander.identity=code$'
for n in 1 2 3; do
    at_server console 5 "^lander: +sd[abc], .*, serial S$n: "
done
# Their order is the kernel's.
name=$(at_server console 5 "^lander: .*, serial S3: " | sed 's/^lander: *\(sd.\),.*/\1/')

disk=$(target disk 64)
machine --firmware bios --memory 512 --disk "$disk,serial=ONE" --args \
    "lander.source=ssh://root@10.0.2.2:$port/ lander.identity=code
     lander.disks=$name:ONE lander.convert=none"
console $((2 * boot_s)) '^lander: type the code that the source'
"$run_vm" type "$vm" "${code%?}U\n"
console 60 '^lander: a code has 20 letters and digits, and no U; once more:$'
"$run_vm" type "$vm" "$code\n"
console 60 '^lander: the code is complete$'
at_server console 120 '^lander: 10.0.2.2 reads$'
console "$copy_s" '^lander: done: '
at_server console 60 '^lander: 10.0.2.2 is gone$'
at_server console 60 "^lander: read so far: .*$name 6[0-9] of 67 MB"
console "$guest_s" 'DISK-OK'
no_prompt
pull_plug
same_disk "$source_disk" "$disk"

# Ended as by its button, which is all that many a machine has.
"$run_vm" qmp "$server" '{"execute":"system_powerdown"}' >/dev/null
at_server console 30 '^lander: powering off; the disks are as they were$'
at_server powered_off 60
at_server no_prompt
sha256sum --quiet -c "$work/before" || fail "the source was written to"
