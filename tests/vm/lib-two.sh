# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the tests with two machines, sourced after lib.sh: a server at work, and
# the machine that lander starts on, at two ends of one cable.
#
#   server_guest           after guest KIND, one with keys: $server_disk is a copy
#                          of it, $server_disk.2 of its second disk
#   server_starts OPTION…  starts it on its end of the cable
#   server_machine OPTION… debian-server, until it tells what it wrote
#   at_server CMD…         CMD of lib.sh, for the server
#   lander_machine WORDS OPTION…   starts lander with the way to the server and
#                          these words of a job
#   own_machine OPTION…    starts that machine from its own disk, without lander
#   told B|T               the last block or row that the server told of
#   cable up|down          whether frames get through; nobody is told
#   server_gone SECONDS    waits until the server has switched itself off
#   holds_told LINE        fails unless LINE, what a start found of the numbers
#                          ("LOAD …"), has all that the server ever told of

server=$work/server
server_medium=(--boot disk) # what it starts from
mac=52:54:00:07:00
# Machines of today have these, and without them AES takes four times as long.
with_aes=(--cpu "+aes,+pclmulqdq,+ssse3,+sse4.1")
at_exit "$run_vm" kill "$server"

keep_server_console()
{
    [ -e "$server/serial.log" ] || return 0
    cp "$server/serial.log" "${LANDER_TEST_LOGS:-$build/test-logs}/vm/$(
        basename "$0" .sh).server"
}
at_exit keep_server_console

# Either machine may go and come back.
start_cable()
{
    [ -x "$build/cable" ] || fail "build/cable is not there: make unit"
    "$build/cable" "unix:$work/cable.1" "unix:$work/cable.2" \
        >"$work/cable.log" 2>&1 9>&- &
    cable=$!
    at_exit kill "$cable"
    until_true 10 test -S "$work/cable.2"
}

cable()
{
    case $1 in
    up) kill -USR2 "$cable" ;;
    down) kill -USR1 "$cable" ;;
    esac
    echo "# the cable: $1"
}

server_guest()
{
    server_disk=$work/server.img
    cp --sparse=always "$source_disk" "$server_disk"
    if [ -e "$source_disk.2" ]; then
        cp --sparse=always "$source_disk.2" "$server_disk.2"
    fi
    job_words="lander.identity=fw_cfg:opt/lander/id
        lander.hostkey=$(cat "$source_disk.hostkey")
        ip=10.7.0.2:::24::${mac//:/-}-02:none"
    start_cable
}

at_server()
{
    local vm=$server medium=("${server_medium[@]}")

    "$@"
}

server_starts()
{
    at_server machine --memory 512 "${with_aes[@]}" "$@" \
        --nic "stream,server=off,addr.type=unix,addr.path=$work/cable.1;virtio-net-pci,mac=$mac:01"
}

server_machine()
{
    server_starts --disk "$server_disk" "$@"
    at_server console_new "$guest_s" '^T [0-9]+$'
    at_server console_new "$guest_s" '^B [0-9]+$'
}

lander_machine()
{
    local words=$1

    shift
    direct --append "$job_words $words" "$@" "${with_aes[@]}" \
        --fw-cfg "opt/lander/id=$source_disk.id" \
        --nic "stream,server=off,addr.type=unix,addr.path=$work/cable.2;virtio-net-pci,mac=$mac:02"
}

own_machine()
{
    local medium=(--boot disk)

    machine --memory 512 --net none "$@"
}

told()
{
    at_server console_text | sed -n "s/^$1 \([0-9]*\)$/\1/p" | tail -n 1
}

server_gone()
{
    local vm=$server

    powered_off "$1"
}

# The number called $2 in line $1
number_in()
{
    sed -n "s/.* $2=\([0-9]*\)\( .*\|\$\)/\1/p" <<<"$1"
}

# Rows are numbered from 1 without a gap, each changed one counter and has 256
# letters; blocks are judged where they are, and of both the last one told is
# there.  What was under way may be there, too.
holds_all()
{
    local row block

    row=$(number_in "$1" row) block=$(number_in "$1" last)
    case $1 in
    *" index=good "*" missing=0 torn=0") ;;
    *) return 1 ;;
    esac
    [ "$(number_in "$1" rows)" = "$row" ] &&
        [ "$(number_in "$1" counters)" = "$row" ] &&
        [ "$(number_in "$1" length)" = $((row * 256)) ] &&
        [ "$row" -ge "$2" ] && [ "$row" -le $(($2 + 1)) ] &&
        [ "$block" -ge "$3" ] && [ "$block" -le $(($3 + 1)) ]
}

holds_told()
{
    local rows blocks

    rows=$(told T) blocks=$(told B)
    echo "# the server told of $rows rows and $blocks blocks; found: $1"
    holds_all "$1" "$rows" "$blocks" || fail "it lacks what the server told of"
    # The judge itself: one number more was never written.
    if holds_all "$1" $((rows + 2)) "$blocks" ||
        holds_all "$1" "$rows" $((blocks + 2)); then
        fail "the judge lets everything pass"
    fi
}
