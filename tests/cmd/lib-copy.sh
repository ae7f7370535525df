# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the tests of the copy, sourced after lib.sh.
#
#   $size              of the source image, bytes (not a multiple of 64 KiB)
#   make_source [FILE] data, written zeroes, holes; same every time
#   serve ARG…         nbdkit ARG… on $work/sock, read-only; ended at exit
#   serve_again ARG…   the same after it was ended
#   stop_server        ends it at once
#   copy STATUS ARG…   runs the agent onto $target, convert=none; fails unless
#                      it ends with STATUS; all it said is in $work/out
#   said TEXT          fails unless the agent said it
#   counted NAME       "received", "written", "zeroed", "resent", "reconnects" of
#                      the last full pass
#   same [FILE]        fails unless $target holds FILE's bytes
: "${work:?}" "${build:?}"

lander=${LANDER:-$build/lander}
size=$((48 * 1048576 + 3 * 512))
source_uri="nbd+unix:///?socket=$work/sock"
target=$work/target
server=

make_source()
{
    local file=${1:-$work/source} at

    rm -f "$file"
    truncate -s $size "$file"
    # Data at odd places: inside a chunk, across chunks, the very end.
    for at in 0 1 130 131 132 2000 40000 65000; do
        openssl enc -aes-128-ctr -pass "pass:$at" -nosalt -pbkdf2 </dev/zero \
            2>/dev/null | head -c 150016 |
            dd of="$file" bs=512 seek=$at conv=notrunc status=none || true
    done
    dd if=/dev/zero of="$file" bs=1M seek=20 count=3 conv=notrunc status=none
    printf 'the end' | dd of="$file" bs=1 seek=$((size - 7)) conv=notrunc \
        status=none
}

stop_server()
{
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
    server=
}

serve_again()
{
    rm -f "$work/sock" "$work/pid"
    nbdkit -r -U "$work/sock" -P "$work/pid" "$@"
    until_true 20 test -s "$work/pid"
    server=$(cat "$work/pid")
}

serve()
{
    need nbdkit
    serve_again "$@"
    at_exit stop_server
}

copy()
{
    local want=$1 status=0

    shift
    timeout "${copy_s:-120}" "$lander" "source=$source_uri" "disks=$target" convert=none \
        "overwrite=$target" --log="$work/log" "$@" \
        >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(tail -n 30 "$work/out")"
}

said()
{
    grep -qF -- "$1" "$work/out" ||
        fail "it did not say '$1': $(tail -n 30 "$work/out")"
}

counted()
{
    grep "copy - INFO - .* received " "$work/log" | tail -n 1 |
        sed -n "s/.*[ ,]$1 \([0-9]*\).*/\1/p"
}

same()
{
    cmp -n "$size" "${1:-$work/source}" "$target" ||
        fail "the target is not the source"
}
