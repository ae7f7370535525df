#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Targets that are somebody else's at that moment: a file under a loop device,
# under another lander, one that changed after the plan was made; descriptors
# that are closed at the start; an order to stop before anything was written.
. "$(dirname "$0")/../lib.sh"
need nbdkit losetup

lander=${LANDER:-$build/lander}
head -c 33554432 /dev/urandom >"$work/source"
uri="nbd+unix:///?socket=$work/sock"
target=$work/target

serve()
{
    rm -f "$work/sock" "$work/pid"
    nbdkit -U "$work/sock" -P "$work/pid" -r "$@"
    until_true 20 test -s "$work/pid"
    at_exit kill "$(cat "$work/pid")"
}

# run STATUS ARG…
run()
{
    local want=$1 status=0

    shift
    timeout 60 "$lander" "source=$uri" "disks=$target" convert=none "$@" \
        >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(cat "$work/out")"
}

fresh()
{
    rm -f "$target"
    truncate -s 32M "$target"
}

blank()
{
    [ "$(tr -d '\0' <"$target" | wc -c)" = 0 ] || fail "it wrote: $(cat "$work/out")"
}

serve --filter=rate file "$work/source" rate=100M

# The file of a loop device: what is mounted there would be lost.
fresh
if loop=$(losetup -f --show "$target" 2>/dev/null); then
    at_exit unloop "$loop"
    run 3 "overwrite=$target"
    grep -qF "held by ${loop#/dev/}" "$work/out" || fail "$(cat "$work/out")"
    blank
fi

# A second lander on the same target, at work and after the first is done.
fresh
"$lander" "source=$uri" "disks=$target" convert=none >"$work/first" 2>&1 &
first=$!
until_true 20 grep -qF 'stage full' "$work/first"
run 5
grep -qF 'lock' "$work/out" || fail "two at once: $(cat "$work/out")"
wait $first || fail "the first was disturbed: $(cat "$work/first")"
cmp "$work/source" "$target" || fail "the first was disturbed"
run 3

# An order to stop that comes before the first write: there is none.
kill "$(cat "$work/pid")"
fresh
serve --filter=delay file "$work/source" rdelay=2
: >"$work/out" # what an earlier one said is not to be waited for
"$lander" "source=$uri" "disks=$target" convert=none >"$work/out" 2>&1 &
first=$!
until_true 20 grep -qF 'stage probe' "$work/out"
kill -TERM $first
status=0
wait $first || status=$?
[ $status = 10 ] || fail "status $status after an order to stop: $(cat "$work/out")"
blank
grep -qF 'the target disks were not touched' "$work/out" || fail "$(cat "$work/out")"

# Nothing to stand on: no descriptor of a disk may become the standard output.
kill "$(cat "$work/pid")"
serve file "$work/source"
fresh
status=0
LIBNBD_DEBUG=1 LIBBLKID_DEBUG=all timeout 60 "$lander" "source=$uri" \
    "disks=$target" convert=none <&- >&- 2>&- || status=$?
[ $status = 0 ] || fail "status $status without standard descriptors"
cmp "$work/source" "$target" || fail "words were written into the target"
