#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every example job of kickstart/ is understood word by word, and moves its
# disks when host and disks are those of this test.
. "$(dirname "$0")/../lib.sh"
need nbdkit

lander=${LANDER:-$build/lander}
mkdir "$work/exports"
for name in system data; do
    truncate -s 4M "$work/exports/$name"
    head -c 1M /dev/urandom |
        dd of="$work/exports/$name" conv=notrunc bs=1M seek=1 status=none
done

# words FILE: the example as one line of kernel words, for this test's server
words()
{
    sed "s/#.*//; s/10\.0\.2\.2:10809/127.0.0.1:$port/; s|\(:\)vd|\1$work/vd|g" \
        "$1" | tr '\n' ' '
}

# run EXAMPLE PLUGIN… -- WORD…
run()
{
    local example=$project/kickstart/$1 plugin=()

    shift
    while [ "$1" != -- ]; do
        plugin+=("$1")
        shift
    done
    shift
    port=$(free_port)
    nbdkit -i 127.0.0.1 -p "$port" -P "$work/pid" -r "${plugin[@]}"
    until_true 20 test -s "$work/pid"
    at_exit kill "$(cat "$work/pid")"
    "$lander" --cmdline="$(words "$example")" convert=none "$@" >"$work/out" 2>&1 ||
        fail "$example: $(cat "$work/out")"
    kill "$(cat "$work/pid")"
    rm "$work/pid"
}

truncate -s 4M "$work/target" "$work/vda" "$work/vdb"
run nbd-one-disk.args file "$work/exports/system" -- "disks=$work/target"
cmp "$work/exports/system" "$work/target" || fail "the copy differs"
run nbd-two-disks.args file dir="$work/exports" --
cmp "$work/exports/system" "$work/vda" || fail "the first copy differs"
cmp "$work/exports/data" "$work/vdb" || fail "the second copy differs"

for example in "$project"/kickstart/*.args; do
    grep -q "${example##*/}" "$0" || fail "${example##*/} is not run here"
done
