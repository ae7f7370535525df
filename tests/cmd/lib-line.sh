# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A line between this network namespace (10.7.0.1) and another one (10.7.0.2), of
# process $near; build/cable carries its frames.  For tests inside a namespace of
# their own, sourced after lib.sh.
#
#   lay_line WORD…   WORD… of the cable: delay=, loss=, seed=; sets $line, its process
#   lander_stands_near   $lander runs in that namespace from here on
near=
line=

# An end of the line: $1 address, $2… a command in its namespace
plug_in()
{
    local address=$1

    shift
    "$@" ip link set lo up
    "$@" ip address add "$address/24" dev line
    "$@" ip link set line up
}

is_apart()
{
    [ "$(readlink "/proc/$near/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

lay_line()
{
    [ -c /dev/net/tun ] || skip "this host's kernel has no TUN"
    [ -x "$build/cable" ] || fail "build/cable is not there: make unit"
    unshare -n sleep infinity &
    near=$!
    at_exit kill "$near"
    until_true 10 is_apart
    "$build/cable" "$@" tap:line:/proc/self/ns/net "tap:line:/proc/$near/ns/net" \
        >"$work/cable.log" 2>&1 &
    line=$!
    at_exit kill "$line"
    until_true 10 nsenter -t "$near" -n ip link show line
    plug_in 10.7.0.1
    plug_in 10.7.0.2 nsenter -t "$near" -n
}

# From here on $lander runs at the far end of the line, in process $near's namespace.
lander_stands_near()
{
    local program=$lander

    lander=$work/lander
    printf '#!/bin/sh\nexec nsenter -t %s -n %q "$@"\n' "$near" "$program" >"$lander"
    chmod 755 "$lander"
}
