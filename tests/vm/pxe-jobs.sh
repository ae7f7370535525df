#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One PXE entry, a job file a machine: dnsmasq, nginx and iPXE with the files of
# kickstart/pxe as they are but for their directories, in a network of their own.
# Three machines get three systems by their cards; the third one's file is only
# there after it was asked for. The network stays first in the boot order. The
# iPXE is the one that QEMU's card has, so nobody asks for it by TFTP.
# machines: 2
# limit: 900
if [ -z "${LANDER_LAN:-}" ]; then
    LANDER_LAN=1 exec unshare -n bash "$0"
fi
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
need ip
[ -c /dev/net/tun ] || skip "this host's kernel has no TUN"
# shellcheck source=tests/cmd/lib-lan.sh
. "$project/tests/cmd/lib-lan.sh"

start_s=400 # to the first line, over the network
guest tiny
lan_files
mkdir "$work/exports"
for n in 1 2 3; do
    cp --sparse=always "$source_disk" "$work/exports/web0$n"
    # In its third partition: what tells them apart.
    printf 'the data of web0%s' "$n" |
        dd of="$work/exports/web0$n" bs=1M seek=12 conv=notrunc status=none
    target "web0$n" 64 >/dev/null
    ip tuntap add "tap$n" mode tap
    ip link set "tap$n" master lan0 up
done
cp "$project/kickstart/pxe/menu.ipxe" "$pxe_dir"/{vmlinuz,initramfs.img,lander.ipxe,guard.efi} \
    "$lan/lander/"
start_lan
nbdkit -f -i 192.168.77.1 -P "$work/nbdkit.pid" -r file dir="$work/exports" \
    >"$work/nbdkit.log" 2>&1 9>&- 8>&- &
at_exit kill_server "$!"
until_true 10 test -s "$work/nbdkit.pid"

# job N WORDS…: what its file says beside the source. The small guest is no Linux
# that could be converted.
job()
{
    local n=$1

    shift
    printf '%s\n' "source nbd://192.168.77.1/web0$n" 'convert none' "$@" >"$work/job"
    mv "$work/job" "$lan/jobs/52-54-00-00-77-0$n.ks"
}

keep_consoles()
{
    local n

    for n in 1 2 3; do
        [ ! -e "$work/vm$n/serial.log" ] || cp "$work/vm$n/serial.log" \
            "${LANDER_TEST_LOGS:-$build/test-logs}/vm/pxe-jobs.serial$n"
    done
}
at_exit keep_consoles

medium=(--boot net)
# power_on N
power_on()
{
    vm=$work/vm$1
    machine --memory 640 --disk "$work/web0$1.img" \
        --nic "tap,ifname=tap$1,script=no,downscript=no;virtio-net-pci,mac=52:54:00:00:77:0$1,bootindex=1"
    at_exit "$run_vm" kill "$vm"
}

# of N: the commands of lib.sh are for this machine from now on
of()
{
    vm=$work/vm$1
}

asked()
{
    grep -qF "\"GET /jobs/52-54-00-00-77-0$1.ks HTTP/1.1\" $2 " "$lan/log/access.log"
}

{
    cat "$project/kickstart/pxe/52-54-00-00-77-01.ks"
    echo 'convert none'
} >"$lan/jobs/52-54-00-00-77-01.ks"
job 2 'after poweroff'
power_on 1
power_on 2
of 2
console "$start_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
powered_off 60
power_on 3
of 1
console "$copy_s" '^lander: done: '
console "$start_s" '^DISK-OK'
pull_plug
of 3
console "$start_s" '^lander: no job yet, asking again: .*lander.config: 52-54-00-00-77-03\.ks: http://192\.168\.77\.1/.* 404'
asked 3 404 || fail "$(cat "$lan/log/access.log")"
never '^lander: stage'
job 3 'after reboot'
console 60 '^lander: stage plan'
console "$copy_s" '^lander: done: '
console "$start_s" '^DISK-OK'
lander_started 1
no_prompt
pull_plug
for n in 1 2 3; do
    same_disk "$work/exports/web0$n" "$work/web0$n.img"
    asked "$n" 200 || fail "$(cat "$lan/log/access.log")"
done
