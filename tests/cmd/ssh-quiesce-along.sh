#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Whoever depends on a unit is stopped along with it by systemd, and does not
# come back by itself: it is told of before and started again afterwards, and
# only what ran is.  The systemctl in here does as systemd does with a stop;
# tests/vm/quiesce.sh has the real one.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-quiesce.sh"

[ ! -e /run/systemd/system ] || skip "this machine's own systemd is in here"
no_sysrq
mkdir -p "$work/run/systemd/system" "$work/units"
mount --bind "$work/run" /run
at_exit umount -l /run
cat >"$work/systemctl" <<END
#!/bin/bash
cd "$work/units" || exit 1
END
cat >>"$work/systemctl" <<'END'
stop()
{
    local w

    case " $seen " in *" $1 "*) return ;; esac
    seen+=" $1"
    [ -e "$1" ] || return 0
    if grep -q '^ActiveState=active$' "$1"; then
        echo "stop $1" >>log
        sed -i 's/^ActiveState=.*/ActiveState=inactive/' "$1"
    fi
    for w in $(sed -n 's/^\(RequiredBy\|BoundBy\|ConsistsOf\)=//p' "$1"); do
        stop "$w"
    done
}
what=$1
shift
words=$*
unit=${words##* }
case $what in
show)
    if [ -e "$unit" ]; then cat "$unit"; else echo LoadState=not-found; fi
    ;;
stop) stop "$unit" ;;
start)
    echo "start $words" >>log
    sed -i 's/^ActiveState=.*/ActiveState=active/' "$unit"
    ;;
esac
END
chmod +x "$work/systemctl"
mount --bind "$work/systemctl" /usr/bin/systemctl
at_exit umount /usr/bin/systemctl

# unit NAME STATE [PROPERTY]…
unit()
{
    {
        printf '%s\n' LoadState=loaded "ActiveState=$2"
        shift 2
        printf '%s\n' RequisiteOf= "$@"
    } >"$work/units/$1"
}
# is STATE UNIT…
is()
{
    local unit

    for unit in "${@:2}"; do
        grep -q "^ActiveState=$1$" "$work/units/$unit" ||
            fail "$unit is not $1: $(cat "$work/units/log")"
    done
}
unit db.service active 'RequiredBy=web.service apps.target' \
    'BoundBy=idle.service' 'ConsistsOf=gone.service report.service'
unit web.service active ConsistsOf=worker@1.service
unit worker@1.service active RequiredBy=db.service
unit apps.target active
unit report.service failed
# What does not run itself hands it on.
unit idle.service inactive RequiredBy=behind-idle.service
unit behind-idle.service active
unit other.service active

serve_ssh
volume one ext4
drive "$loop"
order_ok "unit db.service is stopped" prepare auto db.service
for line in 'web.service is stopped, too: it depends on db.service' \
    'worker@1.service is stopped, too: it depends on web.service' \
    'apps.target is stopped, too' 'behind-idle.service is stopped, too'; do
    grep -qF "unit $line" <<<"$said" || fail "no '$line' in: $said"
done
! grep -q 'unit \(idle\|gone\|report\|other\)' <<<"$said" || fail "too much: $said"
[ ! -e "$work/units/log" ] || fail "prepare did something"

all=(db.service web.service worker@1.service apps.target behind-idle.service)
order_ok "unit web.service is stopped along with db.service" quiesce auto \
    db.service
is inactive "${all[@]}" idle.service
is active other.service
order_ok "unit worker@1.service is started again" thaw
is active "${all[@]}" other.service
is inactive idle.service
is failed report.service
# A target brings back nothing but itself.
grep -q '^start .*ignore-dependencies.* apps.target$' "$work/units/log" ||
    fail "$(cat "$work/units/log")"
[ "$(grep -m 1 start "$work/units/log")" = 'start -- db.service' ] ||
    fail "not first: $(cat "$work/units/log")"

# Named together with what it depends on it was already stopped by that.
order_ok "" quiesce auto db.service web.service
order_ok "unit web.service is started again" thaw
is active "${all[@]}"

# More than can be started again are not stopped.
for ((i = 0; i < 300; i++)); do
    printf ' many-%d.service' $i
    unit many-$i.service active
done >"$work/many"
unit big.service active "RequiredBy=$(cat "$work/many")"
order_failed "unit big.service can't be stopped: more" quiesce auto big.service
is active big.service
end_drive
none_of_ours
