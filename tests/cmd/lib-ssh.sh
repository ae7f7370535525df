# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# An SSH server on the loopback, for the tests of SSH sources; sourced after
# lib.sh and lib-copy.sh.
#
#   serve_ssh [LINE…]  sshd with host keys of its own and LINEs for its
#                      configuration; $port, $pin (its ed25519 fingerprint)
#   serve_ssh_again [LINE…]  the same keys and port
#   stop_ssh           ends it and its connections, at once
#   cut_ssh            ends its connections, at once
#   pin_of TYPE        fingerprint of another of its keys: ecdsa, rsa
#   from PATH          copy from this file or disk of it: sets $source_uri
#   copy_ssh STATUS ARG…  copy of lib-copy.sh, with $identity and $pin
#   refused_by COPY STATUS TEXT ARG…  COPY STATUS ARG… (as copy_ssh) is refused soon,
#                      with TEXT said and $target as it was
#   nothing_left       fails when a lander-source or its directory is there
#   logged TEXT        whether sshd logged it
: "${work:?}" "${build:?}"

# Among processes of its own: what is killed here, or must be gone, is this
# test's and nobody else's.
if [ -z "${LANDER_PIDNS:-}" ]; then
    LANDER_PIDNS=1 exec unshare -p --fork --kill-child \
        --propagation unchanged --mount-proc bash "$0"
fi

port=
pin=
identity=$work/id
sshd=

make_key()
{
    ssh-keygen -q -t "$2" -N "${3:-}" -C test -f "$1"
}

pin_of()
{
    ssh-keygen -lf "$work/host_$1.pub" | cut -d ' ' -f 2
}

stop_ssh()
{
    local p

    [ -n "$sshd" ] || return 0
    # First the one that takes new ones.
    p=$(connections)
    kill -KILL "$sshd" 2>/dev/null || true
    # shellcheck disable=SC2086 # words
    [ -z "$p" ] || kill -KILL $p 2>/dev/null || true
    sshd=
}

# Since OpenSSH 9.8 it is a child of the child that has the connection.
connections()
{
    local p

    for p in $(ps -o pid= --ppid "$sshd" || true); do
        echo "$p"
        { ps -o pid=,comm= --ppid "$p" || true; } |
            sed -n 's/^ *\([0-9]*\) sshd.*/\1/p'
    done
}

cut_ssh()
{
    local p

    p=$(connections)
    # shellcheck disable=SC2086 # words
    [ -z "$p" ] || kill -KILL $p 2>/dev/null || true
}

is_listening()
{
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

serve_ssh_again()
{
    local t general=() matches=()

    # The first word on anything counts, and what follows a Match is for it
    # alone: sshd_config(5).
    for t in "$@"; do
        case ${matches[*]-}$t in
        Match*) matches+=("$t") ;;
        *) general+=("$t") ;;
        esac
    done

    {
        printf '%s\n' ${general[@]+"${general[@]}"}
        printf '%s\n' "Port $port" "ListenAddress 127.0.0.1" \
            "AuthorizedKeysFile $work/authorized" \
            "PidFile $work/sshd.pid" "StrictModes no" "UsePAM no" \
            "PermitRootLogin yes" "LogLevel VERBOSE" "MaxStartups 100" \
            "PerSourcePenalties no"
        for t in ed25519 ecdsa rsa; do
            if [ -e "$work/host_$t" ]; then
                echo "HostKey $work/host_$t"
            fi
        done
        printf '%s\n' ${matches[@]+"${matches[@]}"}
    } >"$work/sshd_config"
    rm -f "$work/sshd.pid"
    mkdir -p /run/sshd
    # It wants to be called by its whole path.
    /usr/sbin/sshd -f "$work/sshd_config" -E "$work/sshd.log"
    until_true 20 test -s "$work/sshd.pid"
    sshd=$(cat "$work/sshd.pid")
    until_true 20 is_listening
}

serve_ssh()
{
    local t

    need sshd ssh-keygen
    for t in ed25519 ecdsa rsa; do
        [ -e "$work/host_$t" ] || make_key "$work/host_$t" "$t"
    done
    [ -e "$work/id" ] || make_key "$work/id" ed25519
    cp "$work/id.pub" "$work/authorized"
    pin=$(pin_of ed25519)
    port=$(free_port)
    serve_ssh_again "$@"
    at_exit stop_ssh
}

from()
{
    source_uri="ssh://root@127.0.0.1:$port/$1"
}

copy_ssh()
{
    local status=$1

    shift
    copy "$status" "identity=$identity" ${pin:+"hostkey=$pin"} "$@"
}

# Other tests of this machine may run in roots of their own.
helpers()
{
    local p

    for p in /proc/[0-9]*/exe; do
        [ "${p%/exe}/root" -ef / ] || continue
        case $(readlink "$p" 2>/dev/null || true) in
        */lander-source | */lander-source' (deleted)') echo "$p" ;;
        esac
    done
}

none_left()
{
    [ -z "$(helpers)" ] &&
        [ -z "$(ls -d /run/.lander-* /tmp/.lander-* /dev/shm/.lander-* \
            "$HOME"/.lander-* 2>/dev/null)" ]
}

nothing_left()
{
    until_true 20 none_left
}

logged()
{
    grep -qF -- "$1" "$work/sshd.log"
}

refused_by()
{
    local copy=$1 status=$2 text=$3 began before

    shift 3
    began=$(date +%s)
    before=$(sha256sum <"$target")
    "$copy" "$status" "$@"
    said "$text"
    said 'the target disks were not touched'
    [ "$(sha256sum <"$target")" = "$before" ] || fail "$text: the target changed"
    [ $(($(date +%s) - began)) -lt 70 ] || fail "$text: told only after a minute"
}
