#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Words that are nearly right: a slip that would change which disk is written
# to, or that would be lost without a word, is an error; and a secret is never
# repeated, wherever it was put by mistake.
. "$(dirname "$0")/../lib.sh"
need nbdkit

lander=${LANDER:-$build/lander}
mkdir "$work/exports"
for name in a b; do
    head -c 1048576 /dev/urandom >"$work/exports/$name"
    truncate -s 1048576 "$work/$name"
done
sum=$(cat "$work/a" "$work/b" | sha256sum)
nbdkit -U "$work/sock" -P "$work/pid" -r file dir="$work/exports"
until_true 20 test -s "$work/pid"
at_exit kill "$(cat "$work/pid")"
uri="nbd+unix:///?socket=$work/sock"
secret='$6$planted$Hidden0Secret'

# refused STATUS 'TEXT' ARG…
refused()
{
    local want=$1 text=$2 status=0

    shift 2
    timeout 60 "$lander" --log="$work/log" --status="$work/status" "$@" \
        >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "$*: status $status, not $want: $(cat "$work/out")"
    grep -qF -- "$text" "$work/out" || fail "$*: no '$text': $(cat "$work/out")"
    [ "$(cat "$work/a" "$work/b" | sha256sum)" = "$sum" ] || fail "$*: it wrote"
    ! grep -l 'Hidden0Secret' "$work/out" "$work/log" "$work/status" ||
        fail "$*: the secret was told"
    rm -f "$work/log" "$work/status"
}

# Which source for which disk must not be left to the order of a list.
refused 2 'give each its source disk' "source=$uri" "disks=$work/a,b:$work/b"
refused 2 'give each its source disk' "source=$uri" "disks=a:$work/a,$work/b"
refused 2 "'a' is named twice" "source=$uri" "disks=a:$work/a,a:$work/b"

# A disk to overwrite that is not there is a slip.
refused 2 'overwrite: no disk' "source=$uri" "disks=a:$work/a" "overwrite=$work/c"
refused 2 'overwrite: no disk' "source=$uri" "disks=a:$work/a" "overwrite=a:$work/a"

# One file by two names, and a source that is its own target.
ln "$work/a" "$work/same"
refused 5 'lock' "source=$uri" "disks=a:$work/a,b:$work/same"
rm "$work/same"
refused 3 'is the source itself' "source=$work/a" "disks=$work/a" "overwrite=$work/a"
ln -s a "$work/link"
refused 3 'is the source itself' "source=file:$work/link" "disks=$work/a"

# A quote that is not closed swallows the words behind it.
job="lander.source=nbd+unix:///a?socket=$work/sock lander.disks=$work/a"
refused 2 'quote of' --cmdline="$job lander.password=\"$secret lander.dryrun=yes"
refused 2 'quote of' --cmdline="$job other=\"x y lander.dryrun=yes"

# A secret in the wrong place.
refused 0 '(set)' --cmdline="$job lander.password=$secret lander.explain lander.dryrun"
refused 2 'no such parameter' --cmdline="$job lander.passwrd=$secret"
refused 2 'given twice' --cmdline="$job lander.password=$secret lander.password=$secret"
refused 2 'no such parameter' "source=$uri" "$secret"
refused 2 'no such parameter' --cmdline="$job lander.$secret"

# Escape sequences of others do not reach the terminal, the log or the JSON.
refused 4 'has no export' "source=nbd+unix:///x%1b%5b2J%9b?socket=$work/sock" \
    "disks=$work/a"
! grep -q "$(printf '\033')" "$work/out" || fail "an escape sequence came through"

# Numbers and names beyond what can be meant.
refused 2 'longer than' --cmdline="$job lander.reconnect=4294967296"
refused 2 'not a duration' --cmdline="$job lander.reconnect=99999999999999999999d"
refused 2 "probe failed: source 'nbd" --cmdline="lander.source=nbd+unix:///$(head -c 5000 /dev/zero | tr '\0' a)?socket=$work/sock lander.disks=$work/a"
