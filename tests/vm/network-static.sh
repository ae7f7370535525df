#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two cards with different drivers, each given its name and a static address by
# its MAC: both are up and the source is reached. Then a wrong ip=: a failure
# that names the word, and no silent DHCP.
# long: ssh-live has a static address by its card, unit/network_static the cases
# limit: 600
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest tiny
serve "$source_disk"
disk=$(target disk 64)
cards=(--nic 'user;virtio-net-pci,mac=52:54:00:00:00:01'
    --nic 'user,net=10.0.3.0/24,restrict=on;e1000e,mac=52:54:00:00:00:02')

direct "${cards[@]}" --disk "$disk" --append "
    ifname=lan0:52:54:00:00:00:01 ip=10.0.2.50::10.0.2.2:255.255.255.0::lan0:none
    ifname=lan1:52:54:00:00:00:02 ip=10.0.3.50::10.0.3.2:255.255.255.0::lan1:none
    lander.source=$uri lander.dryrun"
console "$boot_s" '^lander: dry run: nothing was written'
console 30 '^lander: network: .*lan0.*10\.0\.2\.50'
console 30 '^lander: network: .*lan1.*10\.0\.3\.50'
never '10\.0\.2\.15'
no_prompt
pull_plug
rm -rf "$vm"

direct "${cards[@]}" --disk "$disk" --append "
    ifname=lan0:52:54:00:00:00:01 ip=10.0.2.50::10.0.2.2:255.255.999.0::lan0:none
    lander.source=$uri lander.dryrun"
console "$boot_s" '^lander: .* failed: .*ip=10\.0\.2\.50::10\.0\.2\.2:255\.255\.999\.0'
never '10\.0\.2\.15'
no_prompt
