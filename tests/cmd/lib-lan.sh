# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# The network that kickstart/pxe describes, in a network namespace of the test's
# own (unshare -n), sourced after lib.sh: a bridge lan0 with 192.168.77.1, and
# dnsmasq and nginx of the build root with the files of kickstart/pxe.  Only the
# directories are others: /srv, /run and the logs are in $lan.
#
#   $lan           lander/ and jobs/ under it are what nginx serves, tftp/ what
#                  dnsmasq serves, log/ what they say
#   lan_files      makes the bridge, these directories and the two files
#   start_lan      starts both, until they listen
: "${work:?}" "${project:?}"

lan=$work/lan

lan_files()
{
    local file

    mkdir -p "$lan"/{lander,jobs,tftp,log}
    chmod 755 "$lan" "$lan"/*
    ip link set lo up
    ip link add lan0 type bridge
    ip address add 192.168.77.1/24 dev lan0
    ip link set lan0 up
    for file in dnsmasq.conf nginx.conf; do
        sed "s|/srv/tftp|$lan/tftp|; s|/srv;|$lan;|; s|/run/|$lan/|
            s|/var/log/nginx|$lan/log|" "$project/kickstart/pxe/$file" >"$lan/$file"
    done
    # Its workers run as this user, who may not come to our directory.
    nginx=("$project/tools/in-root" nginx -c "$lan/nginx.conf")
    dnsmasq=("$project/tools/in-root" dnsmasq --conf-file="$lan/dnsmasq.conf")
}

lan_listens()
{
    grep -qi ':0050 00000000:0000 0A' /proc/net/tcp && grep -qi ':0043 ' /proc/net/udp
}

lan_pids=()
stop_lan()
{
    kill "${lan_pids[@]}" 2>/dev/null || true
}
at_exit stop_lan

start_lan()
{
    "${dnsmasq[@]}" --keep-in-foreground --user=root --log-facility="$lan/log/dnsmasq" \
        --log-dhcp --dhcp-leasefile="$lan/leases" --pid-file="$lan/dnsmasq.pid" \
        >"$lan/log/dnsmasq.out" 2>&1 9>&- 8>&- &
    lan_pids+=($!)
    "${nginx[@]}" -g 'user root; daemon off;' >"$lan/log/nginx.out" 2>&1 9>&- 8>&- &
    lan_pids+=($!)
    until_true 20 lan_listens
}
