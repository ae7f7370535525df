# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A web server on the loopback, sourced after lib.sh.
#
#   $web               its directory
#   start_web CMD…     runs CMD there, in the place of the one before, and waits
#                      until it listens on $web_port; what it says is in
#                      $work/web.log
#   stop_web           ends it at once; its port is free then
#   listens PORT       whether somebody does, on any address
#   self_signed NAME [OPTION…]   certificate $work/NAME.pem with NAME.key, by
#                      openssl req with these options
#   certificate NAME   the same for 127.0.0.1
: "${work:?}"
unset https_proxy HTTPS_PROXY http_proxy all_proxy ALL_PROXY

web=$work/web
web_port=
web_pid=
mkdir -p "$web"

stop_web()
{
    [ -n "$web_pid" ] || return 0
    kill -KILL "$web_pid" 2>/dev/null || true
    wait "$web_pid" 2>/dev/null || true
    web_pid=
}
at_exit stop_web

listens()
{
    grep -qiE ":$(printf %04X "$1") 0+:0000 0A" /proc/net/tcp /proc/net/tcp6
}

start_web()
{
    stop_web
    (cd "$web" && exec "$@" >"$work/web.log" 2>&1 </dev/null) &
    web_pid=$!
    until_true 20 listens "$web_port"
}

self_signed()
{
    local name=$1

    shift
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -days 2 -subj "/CN=$name" "$@" \
        -keyout "$work/$name.key" -out "$work/$name.pem" 2>/dev/null
}

certificate()
{
    self_signed "$1" -addext "subjectAltName=IP:127.0.0.1"
}
