#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two cards found by MAC alone; a bond of two whose mode, interval and primary
# are read back from the kernel, with a VLAN on it; words that match no card are
# told by name.
# long: unit/network_* have the cases
# limit: 800
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest tiny
serve "$source_disk"
disk=$(target disk 64)
mac=52:54:00:00:00
cards=(--nic "user;virtio-net-pci,mac=$mac:01"
    --nic "user,net=10.0.3.0/24;e1000e,mac=$mac:02")

# The last field selects when no interface is named; so does a MAC as the name.
direct "${cards[@]}" --disk "$disk" --append "
    ip=10.0.2.50::10.0.2.2:24:web01::none::$mac:01 nameserver=10.0.2.3
    ip=[fd00:3::50]:::64::${mac//:/-}-02:none ip=[$mac:02]:dhcp4
    lander.source=$uri lander.dryrun"
console "$boot_s" '^lander: dry run: nothing was written'
console 30 "^lander: network: .*\(virtio_net, $mac:01\): 10\.0\.2\.50/24"
console 30 "^lander: network: .*\(e1000e, $mac:02\): 10\.0\.3\.15/24 fd00:3::50/64"
console 30 '^lander: network: name servers: .*10\.0\.2\.3'
never '10\.0\.2\.15'
no_prompt
pull_plug
rm -rf "$vm"

# Both cards are on networks with the same addresses: the bond may use either.
direct --disk "$disk" \
    --nic "user;virtio-net-pci,mac=$mac:01" --nic "user;e1000e,mac=$mac:02" \
    --nic "user,net=10.0.4.0/24;virtio-net-pci,mac=$mac:03" \
    --append "vlan=bond0.5:bond0 ip=10.0.5.9:::24::bond0.5:none
    bond=bond0:${mac//:/-}-01,${mac//:/-}-02:mode=active-backup,miimon=150,primary=${mac//:/-}-02
    bridge=br0:${mac//:/-}-03 ip=10.0.4.9:::24::br0:none
    ip=bond0:dhcp lander.source=$uri lander.dryrun"
console "$boot_s" '^lander: dry run: nothing was written'
console 30 "^lander: network: bond0 \(bond: active-backup, miimon 150, active enp0s[0-9]+, $mac:01\): 10\.0\.2\.15/24"
console 30 "^lander: network: .*\(e1000e, $mac:02\): part of bond0"
console 30 '^lander: network: bond0\.5 .*: 10\.0\.5\.9/24'
console 30 "^lander: network: br0 \($mac:03\): 10\.0\.4\.9/24"
no_prompt
pull_plug
rm -rf "$vm"

# Nobody can know before the cards are there; then it is told, and no other
# card takes their place.
direct "${cards[@]}" --disk "$disk" --append "
    ip=10.0.2.50::10.0.2.2:24::eth9:none ip=dhcp BOOTIF=01-${mac//:/-}-99
    lander.source=$uri lander.dryrun"
console "$((boot_s + 60))" '^lander: probe failed: '
console 5 "^lander: network: no network card has the MAC '$mac:99' \(ip=dhcp BOOTIF=$mac:99\)"
console 5 "^lander: network: no interface is called 'eth9' \(ip=10\.0\.2\.50::10\.0\.2\.2:24::eth9:none\)"
console 5 "^lander: network: .*$mac:01\): left down, no ip= is for it"
never '10\.0\.[23]\.(15|50)/'
no_prompt
