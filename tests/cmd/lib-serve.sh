# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A machine that serves its disks, for the tests; sourced after lib.sh and
# lib-copy.sh.
#
#   source_mode WORD…     lander serve=… in the background, listening on $port;
#                         sets $serving (pid), $pin, its host key; what it says is
#                         in $work/serving
#   no_source_mode STATUS WORD…  it must end with STATUS and never listen
#   told TEXT             waits until it said so
#   end_serving           by SIGTERM, which must succeed
#   make_id NAME [TYPE]   a key pair in $work
#   blob NAME             the AAAA… part of its public half
: "${work:?}" "${lander:?}"

serving=
port=
pin=

make_id()
{
    ssh-keygen -q -t "${2:-ed25519}" -N '' -C "$1" -f "$work/$1"
}

blob()
{
    cut -d ' ' -f 2 "$work/$1.pub"
}

listens()
{
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

has_told()
{
    grep -qF -- "$1" "$work/serving"
}

told()
{
    until_true 20 has_told "$1"
}

kill_serving()
{
    [ -z "$serving" ] || kill -KILL "$serving" 2>/dev/null || true
    serving=
}
at_exit kill_serving

in_run()
{
    ls -d /run/lander-serve-* 2>/dev/null || true
}

source_mode()
{
    were_in_run=$(in_run)
    port=$(free_port)
    : >"$work/serving"
    "$lander" "$@" "serve.port=$port" >"$work/serving" 2>&1 </dev/null &
    serving=$!
    told 'the host key is '
    listens || fail "it does not listen: $(cat "$work/serving")"
    pin=$(sed -n 's/.*the host key is [A-Z0-9]* //p' "$work/serving")
}

no_source_mode()
{
    local want=$1 status=0

    shift
    port=$(free_port)
    timeout 60 "$lander" "$@" "serve.port=$port" >"$work/out" 2>&1 ||
        status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(cat "$work/out")"
    said "nobody can read this machine's disks"
    if listens; then
        fail "something listens on $port"
    fi
}

end_serving()
{
    local status=0

    kill -TERM "$serving"
    wait "$serving" || status=$?
    serving=
    [ "$status" = 0 ] || fail "it ended with $status: $(cat "$work/serving")"
    if listens; then
        fail "something still listens on $port"
    fi
    [ "$(in_run)" = "$were_in_run" ] || fail "it left files in /run"
}
