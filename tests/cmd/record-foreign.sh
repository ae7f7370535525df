#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk in the middle of one job is refused to another, goes on for its own,
# and is given up only by name.
. "$(dirname "$0")/../lib.sh"
need nbdkit

lander=${LANDER:-$build/lander}
first=job=00000000-0000-8000-8000-000000000001
second=job=00000000-0000-8000-8000-000000000002
head -c 64M /dev/urandom >"$work/source"
truncate -s 64M "$work/target"

# Slow enough to be stopped in the middle.
nbdkit -U "$work/sock" -P "$work/pid" -r --filter=delay file "$work/source" rdelay=200ms
until_true 20 test -s "$work/pid"
at_exit kill "$(cat "$work/pid")"
job=("source=nbd+unix:///?socket=$work/sock" "disks=$work/target" convert=none)

"$lander" "${job[@]}" "$first" >"$work/out1" 2>&1 &
pid=$!
until_true 30 sh -c "head -c 440 '$work/target' | grep -q lander_state=copy"
kill -TERM $pid
status=0
wait $pid || status=$?
[ $status = 10 ] || fail "stopped by order: status $status: $(cat "$work/out1")"
grep -q 'cannot be booted by mistake' "$work/out1" || fail "$(cat "$work/out1")"
head -c 512 "$work/target" | tail -c 2 | cmp -s - <(printf '\x55\xaa') &&
    fail "the unfinished disk has a boot signature"

before=$(sha256sum <"$work/target")
status=0
"$lander" "${job[@]}" "$second" >"$work/out2" 2>&1 || status=$?
[ $status = 3 ] || fail "another job: status $status: $(cat "$work/out2")"
grep -q 'in the middle of another job, 00000000-0000-8000-8000-000000000001' "$work/out2" ||
    fail "$(cat "$work/out2")"
[ "$(sha256sum <"$work/target")" = "$before" ] || fail "the refused disk changed"

cp --sparse=always "$work/target" "$work/given-up"
"$lander" "${job[@]}" "$first" >"$work/out3" 2>&1 || fail "$(cat "$work/out3")"
cmp "$work/source" "$work/target" || fail "the copy differs"

"$lander" "${job[0]}" convert=none "$second" "disks=$work/given-up" \
    "overwrite=$work/given-up" >"$work/out4" 2>&1 || fail "$(cat "$work/out4")"
cmp "$work/source" "$work/given-up" || fail "the other job's copy differs"
