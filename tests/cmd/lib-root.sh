# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A machine with disks of its own, for the tests of mode=file; sourced after
# lib.sh, lib-copy.sh and lib-ssh.sh.
#
#   mounted OPTIONS DEVICE PLACE   mounted there, until the test ends
#   loop_of FILE       a loop device over it, with its partitions; $loop
#   lodge ROOT         what it takes to log in there: the programs and devices
#                      of this machine
#   move STATUS ARG…   mode=file of $disk there to $target; fails unless it ends
#                      with STATUS; all it said is in $work/out
: "${work:?}" "${build:?}"

loop=
disk=

mounted()
{
    mkdir -p "$3"
    mount -o "$1" "$2" "$3"
    at_exit umount "$3"
}

loop_of()
{
    loop=$(losetup --show -Pf "$1") || skip "no loop device is to be had"
    at_exit losetup -d "$loop"
    [ -b "${loop}p1" ] || partx -a "$loop"
    at_exit partx -d "$loop"
}

lodge()
{
    local d

    mkdir -p "$1/etc" "$1/root"
    chmod 755 "$1"
    cp -a /etc/passwd /etc/group "$1/etc/"
    for d in usr dev proc sys; do
        mkdir -p "$1/$d"
        mount --rbind "/$d" "$1/$d"
        at_exit umount -l "$1/$d"
    done
    mkdir -p "$1/tmp" "$1/run"
    chmod 1777 "$1/tmp" "$1/run"
    for d in bin sbin lib lib64; do
        ln -s "usr/$d" "$1/$d"
    done
}

move()
{
    local want=$1 status=0

    shift
    timeout "${move_s:-120}" "$lander" mode=file "source=$source_uri" \
        "identity=$identity" "hostkey=$pin" "disks=$disk:$target" \
        --log="$work/log" "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(tail -n 40 "$work/out")"
}
