#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The files of kickstart/pxe: dnsmasq and nginx take them, and the agent gets its
# job from them, by http and by tftp. What machines make of them: vm/pxe-jobs.
if [ -z "${LANDER_LAN:-}" ]; then
    LANDER_LAN=1 exec unshare -n bash "$0"
fi
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/cmd/lib-lan.sh
. "$(dirname "$0")/lib-lan.sh"
need dnsmasq nginx ip
[ -n "${LANDER_IN_ROOT:-}" ] || skip "only inside the build root"

lander=${LANDER:-$build/lander}
lan_files
"${dnsmasq[@]}" --test >"$work/out" 2>&1 || fail "$(cat "$work/out")"
grep -q 'syntax check OK' "$work/out" || fail "$(cat "$work/out")"
"${nginx[@]}" -t -g 'user root;' >"$work/out" 2>&1 || fail "$(cat "$work/out")"
start_lan

# explain STATUS WORD…
explain()
{
    local want=$1 status=0

    shift
    timeout 60 "$lander" --explain "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] || fail "status $status, not $want: $(cat "$work/out")"
}

has()
{
    grep -Eq -- "$1" "$work/out" || fail "no '$1': $(cat "$work/out")"
}

job=52-54-00-00-77-01.ks
explain 2 "config=http://192.168.77.1/jobs/$job" reconnect=2s
has 'status 404'
cp "$project/kickstart/pxe/$job" "$lan/jobs/"
cp "$project/kickstart/pxe/$job" "$lan/tftp/"
explain 0 "config=http://192.168.77.1/jobs/$job"
has "^lander: lander\.source +nbd://192\.168\.77\.1/web01 +$job:2$"
explain 0 "config=tftp://192.168.77.1/$job"
has "^lander: lander\.source +nbd://192\.168\.77\.1/web01 +$job:2$"
# Nothing else, and no list.
for path in jobs/ lander/ tftp/ nginx.conf jobs/../nginx.conf; do
    explain 2 "config=http://192.168.77.1/$path" reconnect=1s
    has 'status (403|404)'
done

# menu.ipxe names what there is: an entry of its own for each item, and the files.
menu=$project/kickstart/pxe/menu.ipxe
[ "$(head -n 1 "$menu")" = '#!ipxe' ] || fail "no script of iPXE"
grep -q '/jobs/${netX/mac:hexhyp}\.ks$' "$menu" || fail "another name of the job's file"
grep -qx 'chain --autofree lander.ipxe' "$menu" || fail "no lander.ipxe"

# The same for GRUB, whose own words must not be taken for lander's.
args=$project/kickstart/pxe/args.cfg
grub-script-check "$args" || fail "args.cfg is no script of GRUB"
grep -qxF "set lander_args='lander.config=http://192.168.77.1/jobs/\${mac}.ks'" "$args" ||
    fail "another name of the job's file: $(cat "$args")"
grep -qx 'dhcp-boot=tag:!ipxe,tag:uefi,shimx64.efi' "$project/kickstart/pxe/dnsmasq.conf" ||
    fail "UEFI gets another file"
