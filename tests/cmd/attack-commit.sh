#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A commit that was cut: finished without the source, but not by a dry run, not
# when a disk of the job is not yet that far, and never with a sector 0 that is
# not the recorded one.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-record.sh"

lander=${LANDER:-$build/lander}
job=00000000-0000-8000-8000-00000000a77b
# XXH3-128 of 512 times "A".
digest=1dc784e1e03539a1baca519a34e6fb45

# committing FILE BOOT [DIGEST]: a disk whose sector 0 of 512 "A" is parked at
# 1 MiB
committing()
{
    rm -f "$1"
    truncate -s 4M "$1"
    head -c 512 /dev/zero | tr '\0' A | dd of="$1" bs=1M seek=1 conv=notrunc status=none
    record_write "$1" lander_state=commit "lander_job=$job" \
        "lander_disk=000000000000000$2" "lander_boot=$2" lander_epoch=00000000 \
        lander_seed=0000000000000001 lander_seq=0000000000000009 \
        "lander_s0=${3:-$digest}" lander_park=0000000000100000
}

# copying FILE BOOT: one in the middle of its copy
copying()
{
    rm -f "$1"
    truncate -s 4M "$1"
    record_write "$1" lander_state=copy "lander_job=$job" \
        lander_disk=0000000000000002 "lander_boot=$2" lander_epoch=00000000 \
        lander_seed=0000000000000001 lander_seq=0000000000000009 \
        lander_wm=0000000000000000 lander_digest=00000000000000000000000000000000
}

run()
{
    local want=$1 status=0

    shift
    timeout 60 "$lander" "source=nbd+unix:///x?socket=$work/nobody" "job=$job" \
        "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "$*: status $status, not $want: $(cat "$work/out")"
}

unchanged()
{
    sha256sum --quiet -c "$work/sums" || fail "written to: $(cat "$work/out")"
}

boot=$work/boot data=$work/data

# A dry run looks, and writes nothing.
committing "$boot" 1
sha256sum "$boot" >"$work/sums"
run 0 "disks=$boot" dryrun=yes
unchanged
grep -qF 'nothing was written' "$work/out" || fail "it did not say so: $(cat "$work/out")"

# The real start finishes it, and wipes the place where it was parked.
run 0 "disks=$boot"
[ "$(head -c 512 "$boot" | tr -d A | wc -c)" = 0 ] || fail "sector 0 is not there"
[ "$(tail -c +513 "$boot" | tr -d '\0' | wc -c)" = 0 ] || fail "the park is not wiped"

# What is parked is not what was parked.
committing "$boot" 1 00000000000000000000000000000000
sha256sum "$boot" >"$work/sums"
run 5 "disks=$boot"
unchanged
grep -qF 'has changed' "$work/out" || fail "no reason: $(cat "$work/out")"

# One disk is ready, the other is not: the source is needed, nothing starts.
committing "$data" 0
copying "$boot" 1
sha256sum "$boot" "$data" >"$work/sums"
run 6 "disks=$boot,$data"
unchanged

# The boot disk of the job is not here (a controller that is late): its data
# disk alone is no finished machine.
committing "$data" 0
sha256sum "$data" >"$work/sums"
run 6 "disks=$data"
unchanged

# Both: done, the boot disk last.
committing "$boot" 1
committing "$data" 0
run 0 "disks=$boot,$data"
[ "$(grep -nF "$data: complete" "$work/out" | cut -d: -f 1)" -lt \
    "$(grep -nF "$boot: complete" "$work/out" | cut -d: -f 1)" ] ||
    fail "the boot disk was not the last: $(cat "$work/out")"
