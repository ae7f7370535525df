#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# BOOTIF takes its card and leaves the other one down; a bond of two cards gets
# its address by DHCP; frames of a VLAN carry its tag.
# long: unit/network_* have the cases
# limit: 800
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest tiny
serve "$source_disk"
disk=$(target disk 64)

# The second card is the one; its network knows the host as 10.0.9.2.
direct --disk "$disk" \
    --nic 'user;virtio-net-pci,mac=52:54:00:00:00:01' \
    --nic 'user,net=10.0.9.0/24,host=10.0.9.2;e1000e,mac=52:54:00:00:00:02' \
    --append "ip=dhcp BOOTIF=01-52-54-00-00-00-02
    lander.source=nbd://10.0.9.2:$port/ lander.dryrun"
console "$boot_s" '^lander: dry run: nothing was written'
console 30 '^lander: network: .*10\.0\.9\.15'
never '10\.0\.2\.15'
no_prompt
pull_plug
rm -rf "$vm"

direct --disk "$disk" \
    --nic 'user;virtio-net-pci,mac=52:54:00:00:00:01' \
    --nic 'user;virtio-net-pci,mac=52:54:00:00:00:02' \
    --append "ifname=a:52:54:00:00:00:01 ifname=b:52:54:00:00:00:02
    bond=bond0:a,b:mode=active-backup,miimon=100 ip=bond0:dhcp
    lander.source=$uri lander.dryrun"
console "$boot_s" '^lander: dry run: nothing was written'
console 30 '^lander: network: .*bond0.*10\.0\.2\.15'
no_prompt
pull_plug
rm -rf "$vm"

# Nobody answers there; what counts is what leaves the card.
direct --disk "$disk" --dump "$work/frames" \
    --nic 'user;virtio-net-pci,mac=52:54:00:00:00:01' \
    --append "ifname=lan0:52:54:00:00:00:01 vlan=lan0.5:lan0
    ip=10.0.5.9::10.0.5.2:255.255.255.0::lan0.5:none
    lander.source=nbd://10.0.5.2:10809/ lander.dryrun"
console "$((boot_s + 60))" '^lander: probe failed: .*10\.0\.5\.2'
pull_plug
# An ARP request in a frame of VLAN 5: type 8100, tag 0005, type 0806.
od -An -v -tx1 "$work/frames" | tr -d ' \n' | grep 810000050806 >/dev/null ||
    fail "no ARP request with VLAN tag 5 left the card"
