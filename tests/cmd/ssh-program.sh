#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lander-source itself, spoken to by hand: an honest conversation, its end with
# its stdin, and noise of every kind.  It is one file that needs no other.
. "$(dirname "$0")/../lib.sh"

program=$build/lander-source
[ -z "${LANDER_ASAN:-}" ] || program=$build/asan/lander-source

if [ -z "${LANDER_ASAN:-}" ]; then
    ! readelf -l "$program" | grep -E 'INTERP|DYNAMIC' >/dev/null ||
        fail "it needs other files"
    [ "$(stat -c %s "$program")" -lt 262144 ] || fail "it has become large"
fi

# little BYTES NUMBER: little-endian, as printf wants it
little()
{
    local i

    for ((i = 0; i < $1; i++)); do
        printf '\\x%02x' $((($2 >> (8 * i)) & 255))
    done
}

# frame TYPE TAG PAYLOAD LENGTH
frame()
{
    printf '%b' "$(little 4 "$4")$(little 1 "$1")\\0\\0\\0$(little 8 "$2")$3"
}

hello()
{
    frame 1 1 "$(little 4 1)$(little 4 0)" 8
}

# read_at TAG LENGTH OFFSET
read_at()
{
    frame 4 "$1" "$(little 4 3)$(little 4 "$2")$(little 8 "$3")" 16
}

conversation()
{
    hello
    frame 2 2 '' 0
    frame 3 3 "$(little 4 3)$(little 4 0)$work/disk" $((8 + ${#work} + 5))
    read_at 4 65536 0
    read_at 5 65536 131072
    frame 5 6 "$(little 4 3)$(little 4 0)$(little 8 0)$(little 8 262144)" 24
    frame 6 7 '' 0
    frame 7 8 "$(little 4 3)$(little 4 0)" 8
    read_at 9 65536 262144
}

truncate -s 262144 "$work/disk"
(yes 'what is on the disk' || true) 2>/dev/null | head -c 65536 |
    dd of="$work/disk" conv=notrunc status=none || true
{
    conversation
    frame 8 10 '' 0
} >"$work/talk"
"$program" serve <"$work/talk" >"$work/said" || fail "status $?"
# 16 of greeting, then a header of 16 and 8 of offset each.
grep -aq 'beyond the disk' "$work/said" || fail "a read beyond the end"
grep -aq '"disks":\[' "$work/said" || fail "no facts"
[ "$(grep -ac 'what is on the disk' "$work/said")" -ge 3276 ] ||
    fail "the data is not there"
[ "$(stat -c %s "$work/said")" -lt 200000 ] || fail "zeroes were sent"

# Its end.
status=0
"$program" serve </dev/null >/dev/null || status=$?
[ $status = 0 ] || fail "stdin ended before anything: status $status"
status=0
head -c 30 "$work/talk" | "$program" serve >/dev/null || status=$?
[ $status = 1 ] || fail "stdin ended in a request: status $status"
status=0
conversation | "$program" serve >/dev/full || status=$?
[ $status = 1 ] || fail "stdout is gone: status $status"
status=0
read_at 1 512 0 | "$program" serve >/dev/null 2>"$work/words" || status=$?
[ $status = 2 ] || fail "no HELLO: status $status"
grep -q 'not HELLO' "$work/words" || fail "$(cat "$work/words")"
status=0
frame 1 1 "$(little 4 9)$(little 4 0)" 8 |
    "$program" serve >/dev/null 2>"$work/words" || status=$?
[ $status = 2 ] || fail "another version: status $status"
grep -q 'another version' "$work/words" || fail "$(cat "$work/words")"
status=0
"$program" nonsense 2>"$work/words" || status=$?
[ $status = 3 ] || fail "wrong arguments: status $status"

# Noise: the conversation with a few bytes changed, and nothing but noise.
RANDOM=${LANDER_SEED:-4711}
bytes=$(stat -c %s "$work/talk")
refused=0
for ((i = 0; i < 150; i++)); do
    cp "$work/talk" "$work/noise"
    for ((n = 0; n < 1 + i % 4; n++)); do
        printf '%b' "\\x$(printf %02x $((RANDOM % 256)))" |
            dd of="$work/noise" bs=1 seek=$((RANDOM % bytes)) conv=notrunc \
                status=none
    done
    [ $((i % 10)) != 9 ] || head -c 4000 /dev/urandom >"$work/noise"
    status=0
    timeout 20 "$program" serve <"$work/noise" >/dev/null 2>"$work/words" ||
        status=$?
    case $status in
    0 | 1) ;;
    2) refused=$((refused + 1)) ;;
    *)
        cp "$work/noise" "$work/noise.$i"
        fail "noise $i: status $status: $(tail -n 5 "$work/words")"
        ;;
    esac
done
[ $refused -gt 50 ] || fail "only $refused of 150 were refused"
