# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the tests with two machines, sourced after lib.sh: a server at work, and
# the machine that lander starts on, at two ends of one cable.
#
#   server_guest           makes the server's disk; $server_disk is one to write to
#   server_machine OPTION… starts it and waits until it tells what it wrote
#   at_server CMD…         CMD of lib.sh, for the server
#   lander_machine WORDS OPTION…   starts lander with the way to the server and
#                          these words of a job
#   told B|T               the last block or row that the server told of
#   cable up|down          the server's end of it, plugged in or not

server=$work/server
cable=$work/cable
mac=52:54:00:07:00
at_exit "$run_vm" kill "$server"

keep_server_console()
{
    [ -e "$server/serial.log" ] || return 0
    cp "$server/serial.log" "${LANDER_TEST_LOGS:-$build/test-logs}/vm/$(
        basename "$0" .sh).server"
}
at_exit keep_server_console

server_guest()
{
    guest debian-server
    server_disk=$work/server.img
    cp --sparse=always "$source_disk" "$server_disk"
    job_words="lander.identity=fw_cfg:opt/lander/id
        lander.hostkey=$(cat "$source_disk.hostkey")
        ip=10.7.0.2:::24::${mac//:/-}-02:none"
}

at_server()
{
    local vm=$server medium=(--boot disk)

    "$@"
}

server_machine()
{
    at_server machine --memory 512 --disk "$server_disk" "$@" \
        --nic "stream,server=on,addr.type=unix,addr.path=$cable;virtio-net-pci,mac=$mac:01"
    at_server console_new "$guest_s" '^T [0-9]+$'
    at_server console_new "$guest_s" '^B [0-9]+$'
}

lander_machine()
{
    local words=$1

    shift
    direct --append "$job_words $words" "$@" \
        --fw-cfg "opt/lander/id=$source_disk.id" \
        --nic "stream,server=off,addr.type=unix,addr.path=$cable;virtio-net-pci,mac=$mac:02"
}

told()
{
    at_server console_text | sed -n "s/^$1 \([0-9]*\)$/\1/p" | tail -n 1
}

cable()
{
    local up=false

    [ "$1" = down ] || up=true
    "$run_vm" qmp "$server" '{"execute":"set_link","arguments":{
        "name":"net0","up":'$up'}}' | grep -q '"return"' || fail "no cable"
}
