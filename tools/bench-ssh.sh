# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What the benchmarks over SSH share: a network of their own, a server on its
# loopback, disks in memory, and what a run took.  The caller has set $dir,
# where the programs are, and calls bench_alone first and clean at its end.
: "${dir:?}"

loops=()
near=() # how to get to where lander runs, if that is not here
server=

# bench_alone "$0": in the build root and in a network of its own, to see every
# byte on the wire; sets $mem
bench_alone()
{
    if [ -z "${LANDER_IN_ROOT:-}" ]; then
        cd "$project"
        exec tools/in-root "$1"
    fi
    if [ -z "${LANDER_NETNS:-}" ]; then
        # shellcheck disable=SC2016 # expanded by the inner shell
        exec unshare -n bash -c \
            'ip link set lo up && LANDER_NETNS=1 exec "$0"' "$1"
    fi
    # Huge pages, where there are some: a disk that is no bottleneck.  Nobody else
    # sees it, and it goes with us.
    mem=$(mktemp -d "$project/build/bench/mem-XXXXXX")
    mount -t tmpfs -o huge=always,size=90% none "$mem" 2>/dev/null ||
        mount -t tmpfs -o size=90% none "$mem"
}

clean()
{
    local l

    # Its sessions, too, of which some may not know yet that nobody is there.
    [ -z "$server" ] || kill "$server" $(ps -o pid= --ppid "$server") || true
    for l in "$mem"/mnt-*; do
        ! mountpoint -q "$l" || umount "$l" || true
    done
    for l in ${loops[@]+"${loops[@]}"}; do
        losetup -d "$l" || true
    done
    umount -l "$mem"
    rmdir "$mem"
}

# device NAME: a disk of $mb MB in memory; sets $loop
device()
{
    truncate -s "${mb:?}M" "$mem/$1"
    loop=$(losetup -f --show "$mem/$1")
    loops+=("$loop")
}

# serve_ssh [ADDRESS]; sets $server, $at, and $rsh, OpenSSH's client for it
serve_ssh()
{
    local address=${1:-127.0.0.1}

    ssh-keygen -q -t ed25519 -N '' -f "$mem/host"
    ssh-keygen -q -t ed25519 -N '' -f "$mem/id"
    cp "$mem/id.pub" "$mem/authorized"
    printf '%s\n' "Port 2222" "ListenAddress $address" "HostKey $mem/host" \
        "AuthorizedKeysFile $mem/authorized" "PidFile $mem/sshd.pid" \
        "StrictModes no" "UsePAM no" "PermitRootLogin yes" \
        "MaxStartups 100" "PerSourcePenalties no" >"$mem/sshd_config"
    mkdir -p /run/sshd
    /usr/sbin/sshd -f "$mem/sshd_config"
    while ! [ -s "$mem/sshd.pid" ]; do
        sleep 0.1
    done
    server=$(cat "$mem/sshd.pid")
    at=$address:2222
    rsh="ssh -p 2222 -i $mem/id -c aes128-gcm@openssh.com \
-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
    IDENTITY=$mem/id
    HOSTKEY=$(ssh-keygen -lf "$mem/host.pub" | cut -d ' ' -f 2)
    SERVER=$server
    export IDENTITY HOSTKEY SERVER at rsh
}

wire()
{
    "${near[@]}" awk -v card="${CARD:-lo}:" '$1 == card {print $2}' \
        /proc/net/dev
}

# Of the server and all sessions that have ended.
server_cpu()
{
    awk '{print ($14 + $15 + $16 + $17) / 100}' "/proc/$server/stat"
}

wait_sessions()
{
    while [ -n "$(ps -o pid= --ppid "$server")" ]; do
        sleep 0.05
    done
}

# peer NAME CMD…: adds "wall cpu wire" to $mem/NAME.log
peer()
{
    local name=$1 cpu bytes wall own

    shift
    cpu=$(server_cpu)
    bytes=$(wire)
    read -r wall own _ < <("${near[@]}" "$dir/run" "$@") || {
        echo "$name did not run: $*" >&2
        exit 1
    }
    wait_sessions
    echo "$wall $own $cpu $(server_cpu) $bytes $(wire)" |
        awk '{print $1, $2 + $4 - $3, $6 - $5}' >>"$mem/$name.log"
}

# lander PREFIX KIND SOURCE ARG…: its passes; each line it prints goes to
# $mem/PREFIX….log
lander()
{
    local prefix=$1 kind=$2 disk=$3 name rest

    shift 3
    "${near[@]}" "$dir/rounds" "$kind" "ssh://root@$at/${disk#/dev/}" "$@" \
        >"$mem/out" || {
        echo "lander's $kind did not run" >&2
        exit 1
    }
    while read -r name rest; do
        echo "$rest" >>"$mem/$prefix$name.log"
    done <"$mem/out"
    wait_sessions
}

# row NAME WORDS
row()
{
    printf '%-11s %6.2f s %5.2f cpu %8.2f MB on the wire%s\n' "$1" \
        "$(column "$1" 1)" "$(column "$1" 2)" \
        "$(column "$1" 3 | awk '{print $1 / 1e6}')" "$2"
}

# beside A B: A to B in words
beside()
{
    echo "$(ratio "$1" "$2" 1)x wall, $(ratio "$1" "$2" 2)x cpu, $(ratio "$1" "$2" 3)x wire"
}
