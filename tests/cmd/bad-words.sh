#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Words that are wrong: each gets an error with its origin and exit status 2,
# and the target is as it was.
. "$(dirname "$0")/../lib.sh"

lander=${LANDER:-$build/lander}
truncate -s 1M "$work/target"
sum=$(sha256sum "$work/target")

# refused STATUS 'TEXT IN THE MESSAGE' WORD…
refused()
{
    local want=$1 text=$2 status=0

    shift 2
    timeout 60 "$lander" "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "$*: exit status $status, not $want: $(cat "$work/out")"
    grep -qF -- "$text" "$work/out" || fail "$*: no '$text' in: $(cat "$work/out")"
    [ "$(sha256sum "$work/target")" = "$sum" ] || fail "$*: the target changed"
}

disk=disks=$work/target
refused 2 'no source is given'
refused 2 'no source is given' "$disk"
refused 2 'argument: lander.sourse: no such parameter; did you mean lander.source?' \
    sourse=nbd://127.0.0.1/ "$disk"
refused 2 'lander.source is given twice (first: argument)' source=a source=b
refused 2 "lander.after: 'fly' is not one of" source=nbd://127.0.0.1/ after=fly
refused 2 'must name the target' source=nbd://127.0.0.1/
refused 2 'kernel command line: lander.mode' --cmdline='quiet lander.mode=warp'
refused 2 "lander.onfail: 'shell' needs lander.password" \
    source=nbd://127.0.0.1/ onfail=shell
refused 2 'lander.exclude is for lander.mode=file' \
    source=ssh://127.0.0.1/ exclude=/srv
refused 2 'firmware=convert is a conversion' \
    source=nbd://127.0.0.1/ firmware=convert convert=none
refused 2 'lander.password takes a crypt(5) hash' \
    source=nbd://127.0.0.1/ onfail=shell password=sesame
# A passphrase does not belong where everybody reads it, nor into a message.
refused 2 'lander.luks takes file:NAME or fw_cfg:NAME here' \
    --cmdline='lander.source=nbd://127.0.0.1/ lander.luks=sesame' "$disk"
if grep -q sesame "$work/out"; then
    fail "the passphrase is told: $(cat "$work/out")"
fi
refused 2 'argument: lander.luks takes file:NAME or fw_cfg:NAME here' \
    source=nbd://127.0.0.1/ luks=sesame "$disk"
if grep -q sesame "$work/out"; then
    fail "the passphrase is told: $(cat "$work/out")"
fi
"$lander" --explain source=nbd://127.0.0.1/ luks=sesame >"$work/out" 2>&1 ||
    fail "--explain: $(cat "$work/out")"
grep -q '^lander: lander.luks  *(set)' "$work/out" || fail "luks: $(cat "$work/out")"
if grep -q sesame "$work/out"; then
    fail "--explain tells the passphrase: $(cat "$work/out")"
fi
refused 2 'is not a UUID' source=nbd://127.0.0.1/ job=17 "$disk"
refused 2 'with convert=none there is no conversion to rehearse' \
    source=nbd://127.0.0.1/ rehearse=yes convert=none "$disk"
refused 2 "no option '--frobnicate'" --frobnicate
refused 2 "$work/nothing" source=nbd://127.0.0.1/ "disks=$work/nothing"
refused 2 'names no target' source=nbd://127.0.0.1/ disks=a:
for uri in nbd:// nbd:/x nbd:x ftp://h/x nbd://h:70000/ nbd+unix:///x \
    'nbd://[::1/' 'http://h/x' 'nbd://h:port/'; do
    refused 2 '' "source=$uri" "$disk"
done

# Every bad word at once, and the value that wins with its origin.
"$lander" --cmdline='lander.mode=warp lander.zzz=1' >"$work/out" 2>&1 && fail "accepted"
grep -q 'warp.*zzz' "$work/out" || fail "not all bad words are named: $(cat "$work/out")"
"$lander" --explain --cmdline='lander.after=wait lander.mode=block' after=kexec \
    >"$work/out" || fail "explain: $(cat "$work/out")"
grep -Eq 'lander\.after +kexec +argument' "$work/out" || fail "$(cat "$work/out")"
grep -Eq 'lander\.mode +block +kernel command line' "$work/out" || fail "$(cat "$work/out")"
grep -Eq 'lander\.onfail +wait +default' "$work/out" || fail "$(cat "$work/out")"
