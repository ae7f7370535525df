#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The files of "lander network" in front of the real systemd-networkd and udev,
# in a network of its own: nothing in them is unknown or ignored, and addresses,
# routes, peers and name servers really come about.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

lander=${LANDER:-$build/lander}
networkd=/usr/lib/systemd/systemd-networkd
need unshare ip udevadm
[ -x "$networkd" ] || skip "systemd-networkd is not installed"

# Everything below runs with its own network, /run, /sys and command line.
if [ "${1:-}" != inside ]; then
    unshare -m --propagation unchanged -n true 2>/dev/null || skip "no namespaces here"
    unshare -m --propagation unchanged -n -- bash "$0" inside
    exit 0
fi

mount -t tmpfs tmpfs /run
mount -t sysfs -o ro sysfs /sys || skip "no sysfs of its own"
mkdir -p /run/systemd/netif /run/dbus
chown -R systemd-network: /run/systemd/netif
ip link set lo up
for n in 0 1; do
    ip link add "v$n" type veth peer name "p$n" || skip "the kernel has no veth"
    ip link set "p$n" up
done

# What "lander network" makes of the words $1
generate()
{
    echo "$1" >"$work/cmdline"
    mount --bind "$work/cmdline" /proc/cmdline
    "$lander" network || fail "refused: $1"
    umount /proc/cmdline
    ls /run/systemd/network
}

start_networkd()
{
    "$networkd" >"$work/networkd.log" 2>&1 &
    pid=$!
    at_exit end_networkd "$pid"
}

end_networkd()
{
    kill "$1" 2>/dev/null || return 0
    wait "$1" || true
}

# Complaints about a file name it with the line.
no_complaint()
{
    if grep -hE "/run/systemd/network/[^ ]*:[0-9]+: " "$work/networkd.log" \
        "$work/udev.log"; then
        fail "systemd does not take the files as they are"
    fi
}

shows()
{
    local what=$1

    shift
    "$@" 2>/dev/null | tr -s ' ' | grep -F -- "$what" >/dev/null
}

generate "quiet ip=10.9.9.2::10.9.9.1:24::v0:none:1400:10.9.9.53
    ip=[fd00::2]::[fd00::1]:64::v0:none ip=192.0.2.7:192.0.2.9:192.0.2.9:::v1:none
    rd.route=10.50.0.0/16:10.9.9.77 rd.route=10.51.0.0/16::v1
    rd.route=[2001:db8::/32]:[fd00::9] nameserver=[fd00::53] bootdev=v1"
start_networkd
until_true 20 shows 'inet 10.9.9.2/24' ip addr show v0
until_true 20 shows 'inet6 fd00::2/64' ip addr show v0
until_true 20 shows 'mtu 1400' ip link show v0
until_true 20 shows 'inet 192.0.2.7 peer 192.0.2.9/32' ip addr show v1
until_true 20 shows 'default via 192.0.2.9 dev v1 proto static metric 100' ip route
until_true 20 shows 'default via 10.9.9.1 dev v0 proto static metric 1024' ip route
until_true 20 shows '10.50.0.0/16 via 10.9.9.77 dev v0' ip route
until_true 20 shows '10.51.0.0/16 dev v1 proto static scope link' ip route
until_true 20 shows 'default via fd00::1 dev v0 proto static' ip -6 route
until_true 20 shows '2001:db8::/32 via fd00::9 dev v0' ip -6 route
until_true 20 shows fd00::53 cat /run/systemd/netif/state
until_true 20 shows 10.9.9.53 cat /run/systemd/netif/state
: >"$work/udev.log"
no_complaint
end_networkd "$pid"

# Every setting that lander can write, read by those who use it.  Bonds need a
# driver that this kernel may lack; their file is read all the same.
generate "ifname=lan0:52:54:00:00:00:01 bond=bond0:lan0,v0:mode=active-backup,miimon=100,updelay=200,downdelay=200,fail_over_mac=active,primary=v0,primary_reselect=better,num_grat_arp=2,resend_igmp=1,all_slaves_active=1,peer_notif_delay=300:1400
    bond=bond1:x1,x2:mode=802.3ad,lacp_rate=fast,xmit_hash_policy=encap3+4,ad_select=count,min_links=1,ad_actor_sys_prio=9,ad_actor_system=02-00-00-00-00-01,ad_user_port_key=5,lp_interval=2
    bond=bond2:x3:mode=active-backup,arp_interval=500,arp_ip_target=10.0.0.1;10.0.0.2,arp_validate=all,arp_all_targets=any,arp_missed_max=3
    bond=bond3:x4:mode=balance-tlb,tlb_dynamic_lb=0 bond=bond4:x5:packets_per_slave=3
    vlan=bond0.5:bond0 bridge=br0:v1 ip=br0:dhcp,dhcp6
    ip=::::web01:bond1:dhcp ip=bond0.5:link-local ip=bond2:auto6
    ip=bond3:either6:1400:02-00-00-00-00-09 ip=10.0.0.9::10.7.7.7:32::bond4:none::10.0.0.2:10.0.0.3
    ip=dhcp rd.peerdns=0"
start_networkd
until_true 20 grep -qE 'v1: Link UP|br0: (netdev ready|Failed to create)' "$work/networkd.log"
udevadm test-builtin net_setup_link /sys/class/net/v0 >"$work/udev.log" 2>&1 || true
grep -q "10-lander-lan0.link" "$work/udev.log" || fail "udev read no .link file"
no_complaint
end_networkd "$pid"
