#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sources that are away, refuse, lie or talk nonsense: each its own message and
# exit status, soon, and not one byte of the target changed.
# limit: 240
. "$(dirname "$0")/../lib.sh"
need nbdkit qemu-nbd busybox

lander=${LANDER:-$build/lander}
truncate -s 8M "$work/target"
sum=$(sha256sum <"$work/target")

# refused STATUS 'TEXT' SOURCE [WORD…]
refused()
{
    local want=$1 text=$2 source=$3 status=0 began

    shift 3
    began=$(date +%s)
    timeout 90 "$lander" "source=$source" "disks=$work/target" convert=none "$@" \
        >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "$source: exit status $status, not $want: $(cat "$work/out")"
    grep -qF -- "$text" "$work/out" || fail "$source: no '$text' in: $(cat "$work/out")"
    grep -q 'the target disks were not touched' "$work/out" || fail "$(cat "$work/out")"
    [ "$(sha256sum <"$work/target")" = "$sum" ] || fail "$source: the target changed"
    [ $(($(date +%s) - began)) -lt 60 ] || fail "$source: told only after a minute"
}

# serve NAME PLUGIN…: an nbdkit on $work/NAME
serve()
{
    local name=$1

    shift
    nbdkit -U "$work/$name" -P "$work/$name.pid" -r "$@"
    until_true 20 test -s "$work/$name.pid"
    at_exit kill "$(cat "$work/$name.pid")"
}

port=$(free_port)
refused 6 "127.0.0.1:$port" "nbd://127.0.0.1:$port/"
refused 6 "$work/no-such-socket" "nbd+unix:///?socket=$work/no-such-socket"
refused 6 'no-such-host.invalid' 'nbd://no-such-host.invalid/'

# Answers, but is no NBD server; and one that never says a word.
head -c 65536 /dev/urandom >"$work/noise"
port=$(free_port)
(
    trap 'kill "$!"; exit' TERM
    while :; do
        busybox nc -l -p "$port" <"$work/noise" >/dev/null 2>&1 &
        wait "$!" || sleep 0.1
    done
) &
at_exit kill $!
until_true 20 sh -c "grep -qi ':$(printf %04X "$port") ' /proc/net/tcp /proc/net/tcp6"
refused 4 "127.0.0.1:$port" "nbd://127.0.0.1:$port/"

mkdir "$work/dir"
truncate -s 1M "$work/dir/web01" "$work/dir/db01"
serve names file dir="$work/dir"
refused 4 'web02' "nbd+unix:///web02?socket=$work/names"
grep -q 'web01' "$work/out" || fail "the names there are are not told: $(cat "$work/out")"

serve nothing memory 0
refused 4 'size' "nbd+unix:///?socket=$work/nothing"
serve odd data size=1000 '1'
refused 4 '1000' "nbd+unix:///?socket=$work/odd"

