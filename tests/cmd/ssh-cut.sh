#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The connection is cut, lander-source is killed, the server is away for a while:
# the copy goes on with what is missing.  Away for good is an error of the
# network, a source that was written to one of the source, and never a copy.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"

size=$((256 * 1048576))
head -c $size /dev/urandom >"$work/source"
slow="RekeyLimit 1M"

copied_some()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 20000 ]
}

# began STATUS ARG…: a copy that is under way
began()
{
    rm -f "$target"
    truncate -s 1M "$target"
    rm -f "$work/log"
    copy_ssh "$@" &
    agent=$!
    until_true 60 copied_some
}

ended()
{
    wait $agent || fail "$1: $(tail -n 20 "$work/out")"
}

went_on()
{
    ended "$1"
    same
    [ "$(counted reconnects)" -ge 1 ] || fail "$1: no reconnect was counted"
    [ "$(counted resent)" -le $((32 * 1048576)) ] ||
        fail "$1: $(counted resent) bytes were sent again"
    nothing_left
}

serve_ssh "$slow"
from "$work/source"

began 0
cut_ssh
went_on 'cut'

began 0
for p in $(helpers); do
    kill -KILL "$(basename "$(dirname "$p")")"
done
went_on 'lander-source killed'

began 0
stop_ssh
until_true 20 grep -q 'connecting again' "$work/log"
serve_ssh_again "$slow"
went_on 'server away'

began 6 reconnect=3s
stop_ssh
ended 'away for good'
serve_ssh_again "$slow"
nothing_left

# Another machine under the address.
began 6
stop_ssh
mv "$work/host_ed25519" "$work/kept"
make_key "$work/host_new" ed25519
mv "$work/host_new" "$work/host_ed25519"
serve_ssh_again "$slow"
ended 'another machine'
said 'is not the machine that lander.hostkey names'
stop_ssh
mv "$work/kept" "$work/host_ed25519"
serve_ssh_again "$slow"

# Written to while it was read, and the same over a start of ours.
began 4
printf 'changed' | dd of="$work/source" bs=1 seek=1000000 conv=notrunc status=none
ended 'written to'
said 'was written to while it was copied'
rm -f "$work/log"
copy_ssh 0
grep -q 'written to since' "$work/log" || fail "it went on with half of an older one"
same
