#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The plug of either machine is pulled at random moments while a server at work
# is copied, and again while it is held still: the server goes on by itself, the
# next start copies little again, and in the end both disks are equal to the bit.
# LANDER_POINTS (1) is how often each plug is pulled in the first pass,
# LANDER_SEED another choice of moments.
# long: eight minutes; cmd/ssh-cut and cmd/ssh-live cut the same things
# limit: 4500
# machines: 2
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-two.sh
. "$(dirname "$0")/lib-two.sh"

RANDOM=${LANDER_SEED:-11}
points=${LANDER_POINTS:-1}
# What starts here starts from its own disk, beside a busy host.
guest_s=400
guest debian-server
server_guest
disk=$(target disk 896)
written=0 # by the servers so far, bytes

copied_kb()
{
    du -k "$disk" | cut -f 1
}

has_copied()
{
    [ "$(copied_kb)" -ge "$1" ]
}

start_lander()
{
    lander_machine "lander.source=ssh://root@10.7.0.1/vda lander.convert=none
        lander.fence=poweroff lander.after=poweroff lander.downtime=10m" \
        --disk "$disk"
    console_new "$boot_s" '^lander: stage full'
}

count_written()
{
    local n

    n=$("$run_vm" qmp "$server" '{"execute":"query-blockstats"}' |
        sed 's/.*"wr_bytes": \([0-9]*\).*/\1/')
    written=$((written + n))
}

# $1: target or server
pull()
{
    echo "# pulling the plug of the $1, $(copied_kb) KiB after the beginning"
    if [ "$1" = server ]; then
        count_written
        at_server pull_plug
        server_machine
    else
        pull_plug
        unfinished "$disk"
        start_lander
    fi
}

# After it was held still, the server must write again by itself.
goes_on()
{
    local before

    before=$(told B)
    until_true 15 told_more "$before"
}

told_more()
{
    [ "$(told B)" -gt "$1" ]
}

server_machine
start_lander
# Half of what is to be copied, cut into as many pieces as there are moments.
step=$((150000 / (2 * points)))
at=0
for ((i = 0; i < points; i++)); do
    for which in target server; do
        until_true 900 has_copied $((at + RANDOM * step / 32768 + 20000))
        at=$((at + step))
        pull "$which"
    done
done

console_new 900 '^lander: stage final'
console_new 120 '^lander: the source is quiesced'
pull_plug
goes_on
unfinished "$disk"
start_lander
console_new 900 '^lander: stage final'
count_written
console_new 900 '^lander: done: '
server_gone 60
powered_off 60
no_prompt
same_but_park "$server_disk" "$disk"

# What came is what the disk holds, what was written meanwhile, and 5 % of it
# again; a frame of 1514 bytes carries 1448.
kill -TERM "$cable"
wait "$cable"
cat "$work/cable.log"
came=$(sed -n 's/.*, \([0-9]*\) to the second$/\1/p' "$work/cable.log")
holds=$(($(du -k "$server_disk" | cut -f 1) * 1024))
limit=$((holds * 105 / 100 + written))
echo "# $((came * 1448 / 1514)) bytes came, the disk holds $holds, the server" \
    "wrote $written: at most $limit"
[ $((came * 1448 / 1514)) -le "$limit" ] || fail "too much was sent again"
