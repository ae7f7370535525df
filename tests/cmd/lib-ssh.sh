# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# An SSH server on the loopback, for the tests of SSH sources; sourced after
# lib.sh and lib-copy.sh.
#
#   serve_ssh [OPTION…]  sshd with keys of its own and OPTIONs as in sshd_config,
#                        $port, $pin (its ed25519 fingerprint), $key (ours);
#                        $source_uri names $work/source on it
#   stop_ssh             ends it with all its connections, at once
#   start_ssh            starts it again, same keys, same port
#   copy_ssh STATUS ARG… copy of lib-copy.sh with identity and hostkey
: "${work:?}"

port=
pin=
key=$work/id
sshd_options=()

# What was started with this configuration, connections and all that runs in
# them.
ssh_processes()
{
    local p

    for p in /proc/[0-9]*; do
        if tr '\0' '\n' <"$p/environ" 2>/dev/null |
            grep -qxF "LANDER_SSHD=$work"; then
            echo "${p#/proc/}"
        fi
    done
}

stop_ssh()
{
    local p again=1

    while [ -n "$again" ]; do
        again=
        for p in $(ssh_processes); do
            kill -KILL "$p" 2>/dev/null && again=1
        done
    done
}
