#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Power lost between the parking of one disk and of the next, and a day of writes
# before the next start: a source that stands still then is not what was copied,
# whatever a record says, and all of it is compared.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-record.sh"

# XXH3-128 of 512 times "A".
digest=1dc784e1e03539a1baca519a34e6fb45
mib=1048576

# Noise; a first sector that is known, and a place for it.
disk()
{
    head -c "$2M" /dev/urandom >"$work/$1.img"
    head -c 512 /dev/zero | tr '\0' A |
        dd of="$work/$1.img" conv=notrunc status=none
    dd if=/dev/zero of="$work/$1.img" bs=1M seek=1 count=1 conv=notrunc status=none
    losetup --show -f "$work/$1.img"
}

boot=$(disk boot 8)
at_exit unloop "$boot"
data=$(disk data 128)
at_exit unloop "$data"
truncate -s 1M "$work/boot" "$work/data"
serve_ssh "RekeyLimit 1M"

machine()
{
    exec "$lander" "source=ssh://root@127.0.0.1:$port/" \
        "disks=${boot#/dev/}:$work/boot,${data#/dev/}:$work/data" \
        "identity=$identity" "hostkey=$pin" convert=none --log="$work/log" \
        >"$work/out" 2>&1
}

# What the records of this job are called.
have_records()
{
    [ -n "$(record_get "$work/boot" src)" ] &&
        [ -n "$(record_get "$work/data" src)" ]
}
machine &
agent=$!
until have_records; do
    kill -0 "$agent" 2>/dev/null || fail "it ended: $(cat "$work/out")"
    sleep 0.02
done
kill -KILL "$agent"
wait "$agent" 2>/dev/null || true
nothing_left

# begun NAME: the lines of a record that say whose it is
begun()
{
    local key

    for key in job disk boot; do
        echo "lander_$key=$(record_get "$work/$1" "$key")"
    done
    printf '%s\n' lander_epoch=00000001 lander_seed=0000000000000001 \
        lander_seq=0000000000000009
}
mapfile -t of_boot < <(begun boot)
mapfile -t of_data < <(begun data)
[ "${of_boot[2]}${of_data[2]}" = lander_boot=1lander_boot=0 ] ||
    fail "which disk is the boot disk: ${of_boot[*]} ${of_data[*]}"
src=$(record_get "$work/boot" src)

# converted: both as a conversion left them
converted()
{
    cp "$work/boot.img" "$work/boot"
    cp "$work/data.img" "$work/data"
    printf 'converted' | dd of="$work/data" bs=1 seek=$((9 * mib)) conv=notrunc status=none
    head -c 512 "$work/data.img" |
        dd of="$work/data" bs=1M seek=1 conv=notrunc status=none
    record_write "$work/data" lander_state=commit "${of_data[@]}" \
        "lander_s0=$digest" lander_park=0000000000100000
    record_write "$work/boot" lander_state=stage "${of_boot[@]}" \
        "lander_src=$src" "lander_wm=$(printf %016x $((8 * mib)))" \
        lander_digest=00000000000000000000000000000000
}

converted
# The boot disk is left alone: only the data disk was mounted.
printf 'a day of writes' |
    dd of="$data" bs=1 seek=$((5 * mib)) conv=notrunc,fsync status=none
sync -f "$work/data.img"
(machine) || fail "status $?: $(tail -n 30 "$work/out")"
cmp "$work/boot.img" "$work/boot" || fail "the boot disk is another one"
cmp "$work/data.img" "$work/data" || fail "a day of writes is missing"
received=$(sed -n 's/^lander: done: .*; \(.*\) received.*/\1/p' "$work/out")
case $received in
[0-9][0-9][0-9]*MB | [3-9]?.*MB) fail "$received came again" ;;
esac

nothing_left
