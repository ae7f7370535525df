#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What is on the target is compared, not sent again: after a change of the
# source, after kill -9 at random moments, after somebody wrote to the target.
# LANDER_SEED=n: the same moments again.
# limit: 400
if [ -z "${LANDER_NETNS:-}" ]; then
    # A network of its own, to see every byte on the wire.
    # shellcheck disable=SC2016 # expanded by the inner shell
    exec unshare -n bash -c 'ip link set lo up && LANDER_NETNS=1 exec "$0"' "$0"
fi
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
need openssl ip

mib=1048576
size=$((256 * mib + 3 * 512))
# lander-source itself for two connections, logins, headers
small=$((2 * $(stat -c %s "$build/lander-source") + 150 * 1024))
seed=${LANDER_SEED:-$RANDOM}
RANDOM=$seed
echo "LANDER_SEED=$seed"

wire()
{
    awk '/lo:/ {print $10}' /proc/net/dev
}

# noise BYTES: the same every time for the same name
noise()
{
    openssl enc -aes-128-ctr -pass "pass:$2" -nosalt -pbkdf2 </dev/zero \
        2>/dev/null | head -c "$1" || true
}

# Three quarters of noise, zeroes, a hole, an end that is no whole chunk.
make_disk()
{
    rm -f "$work/source"
    truncate -s $size "$work/source"
    noise $((192 * mib)) disk | dd of="$work/source" bs=1M conv=notrunc status=none
    dd if=/dev/zero of="$work/source" bs=1M seek=200 count=10 conv=notrunc \
        status=none
    noise 1000 end | dd of="$work/source" bs=8 seek=$(((size - 1000) / 8)) \
        conv=notrunc status=none
}

copied()
{
    [ "$(du -k "$target" | cut -f 1)" -gt "$1" ]
}

# began: a copy of which some is on the target
began()
{
    rm -f "$target" "$work/log"
    truncate -s 1M "$target"
    copy_ssh "$@" &
    agent=$!
    until_true 60 copied 20000
}

# The whole source on the target, not committed: it was "written to" meanwhile.
fuzzy()
{
    began 4
    touch "$work/source"
    wait $agent || fail "not ended as it should: $(tail -n 20 "$work/out")"
    said 'was written to while it was copied'
}

make_disk
serve_ssh "RekeyLimit 1M"
from "$work/source"

# --- one per cent changed, some zeroes, a hole -------------------------------

fuzzy
noise $((700 * 4096)) changes >"$work/changes"
count=$((size / 4096 / 100))
for ((i = 0; i < count; i++)); do
    at=$(((RANDOM << 15 | RANDOM) % (192 * 256)))
    echo $at
    dd if="$work/changes" of="$work/source" bs=4096 count=1 skip="$i" seek=$at \
        conv=notrunc status=none
done | sort -nu >"$work/places"
dd if=/dev/zero of="$work/source" bs=64K seek=100 count=5 conv=notrunc status=none
fallocate -p -o $((128 * 65536)) -l $((7 * 65536)) "$work/source"
noise 1 tail | dd of="$work/source" bs=1 seek=$((size - 1)) conv=notrunc status=none
changed=$(wc -l <"$work/places")
before=$(wire)
copy_ssh 0
same
sent=$(($(wire) - before))
echo "$changed of $((size / 4096)) blocks changed: $sent bytes on the wire," \
    "$(counted received) of data, $(counted differing) differing"
[ $sent -le $((size * 135 / 10000 + small)) ] ||
    fail "$sent bytes on the wire for $changed blocks"
[ "$(counted received)" -le $(((changed + 1) * 4096)) ] ||
    fail "received $(counted received)"
said 'differed from the source and came over again'
said 'read back and equal to the source'
nothing_left

# --- nothing changed: nothing is sent ----------------------------------------

fuzzy
before=$(wire)
copy_ssh 0
same
sent=$(($(wire) - before))
echo "nothing changed: $sent bytes on the wire"
[ $sent -le $((size / 2000 + small)) ] || fail "$sent bytes for nothing"
said 'nothing was sent'

# --- killed at random moments, and the target was written to -----------------

rm -f "$target"
truncate -s 1M "$target"
before=$(wire)
for ((i = 0; i < 4; i++)); do
    "$lander" "source=$source_uri" "disks=$target" convert=none \
        "identity=$identity" "hostkey=$pin" "overwrite=$target" \
        >"$work/killed" 2>&1 &
    agent=$!
    kb=$((30000 + i * 40000 + RANDOM))
    while kill -0 $agent 2>/dev/null && ! copied $kb; do
        sleep 0.02
    done
    kill -KILL $agent 2>/dev/null || fail "it had ended: $(cat "$work/killed")"
    wait $agent 2>/dev/null || true
    nothing_left
done
kills=$(($(wire) - before))
# Behind its back.
for ((i = 0; i < 9; i++)); do
    noise 5000 bad | dd of="$target" bs=512 conv=notrunc status=none \
        seek=$((128 + (RANDOM << 15 | RANDOM) % (60 * 2048)))
done
copy_ssh 0
same
sent=$(($(wire) - before))
data=$((192 * mib))
echo "killed 4 times: $sent bytes for $data of data ($kills before the last start)"
[ $sent -le $((data + data / 20 + 5 * (small + size / 2000))) ] ||
    fail "sent again: $((sent - data)) of $data"
said 'reading it again'
nothing_left
