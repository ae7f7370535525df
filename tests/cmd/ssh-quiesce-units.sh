#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Services that are stopped and swap that is switched off while the disks stand
# still; names and sizes that make that impossible; and a lander-source that
# was put there for reading only.
# limit: 200
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-quiesce.sh"

[ ! -e /run/systemd/system ] || skip "this machine's own systemd is in here"
no_sysrq
serve_ssh
volume one ext4
one=$loop

# Services of our own: each notes what it was told, and where it could write.
mkdir "$work/init.d" "$work/state"
mount --bind "$work/init.d" /etc/init.d
at_exit umount /etc/init.d
# service NAME STATUS [STATUS OF STOP [SECONDS OF START [… OF STOP]]]
service()
{
    cat >"$work/init.d/$1" <<END
#!/bin/sh
case \$1 in
status) exit $2 ;;
esac
echo "\$1 \$(touch "$work/one/touched" && echo writable)" >>"$work/state/$1"
[ \$1 != start ] || sleep ${4:-0}
[ \$1 != stop ] || sleep ${5:-0}
[ \$1 != stop ] || exit ${3:-0}
END
    chmod +x "$work/init.d/$1"
}
service database 0
service idle 3
service stubborn 0 1
service slow 0 0 12

# told NAME WORDS: all that it was told since
told()
{
    [ "$(tr '\n' ' ' <"$work/state/$1")" = "$2" ] ||
        fail "$1 was told: $(cat "$work/state/$1")"
    rm "$work/state/$1"
}

drive "$one"
order_ok "unit database is stopped" prepare auto database idle
case $said in
*'unit idle does not run and is left alone'*) ;;
*) fail "of the other: $said" ;;
esac
[ -z "$(ls "$work/state")" ] || fail "prepare did something"
order_failed "there is no unit nobody" prepare auto database nobody
order_failed "there is no unit nobody" quiesce auto database nobody
order_failed "is no name of a unit" prepare auto ../../bin/sh
order_failed "is no name of a unit" prepare auto --version
# All are looked at before any is stopped.
[ -z "$(ls "$work/state")" ] || fail "one was stopped"

order_ok "unit database is stopped" quiesce auto database idle
order_ok "" still
! [ -e "$work/state/idle" ] || fail "a unit that did not run was told something"
order_ok "unit database is started again" thaw
told database "stop writable start writable "

# One that takes longer to come back than a silence that means a lost session.
order_ok "unit slow is stopped" quiesce auto slow
order_ok "unit slow is started again" thaw
told slow "stop writable start writable "
! is_lost || fail "the session was lost with a slow unit"

order_failed "unit stubborn does not stop" quiesce auto database stubborn
told database "stop writable start writable "
told stubborn "stop writable start writable "
touch "$work/one/x"

# Who started it is killed: they are started all the same.
order_ok "" quiesce auto database
kill -KILL "$(our_helpers | sed -n 1p)"
until_true 20 grep -q start "$work/state/database"
told database "stop writable start writable "
end_drive
none_of_ours

# … also in the middle of it: what the worker is at does not go on without him.
service slower 0 0 0 8
drive "$one"
echo quiesce auto database slower >&"${DRIVER[1]}"
until_true 20 grep -qs stop "$work/state/slower"
kill -KILL "$(our_helpers | sed -n 2p)"
until_true 12 grep -q start "$work/state/database"
until_true 12 grep -q start "$work/state/slower"
hear 20
case $result in
*' failed'*'was ended'*) ;;
*) fail "$said" ;;
esac
sleep 9
# Whoever waits for a frozen one can't be ended.
touch "$work/one/x" &
until_true 5 is_gone $!
told database "stop writable start writable "
told slower "stop writable start writable "
order_ok "" quiesce auto database
order_ok "" thaw
end_drive
none_of_ours
rm "$work/state/database"

# Swap of a disk, and in a file of a file system.
truncate -s 16M "$work/swap.img"
mkswap -q "$work/swap.img"
swap=$(losetup --show -f "$work/swap.img")
at_exit unloop "$swap"
swapon -p 7 "$swap" || skip "this kernel does not swap"
at_exit swapoff "$swap"
dd if=/dev/zero of="$work/one/swapfile" bs=1M count=8 status=none
chmod 600 "$work/one/swapfile"
mkswap -q "$work/one/swapfile"
swapon "$work/one/swapfile"
at_exit swapoff "$work/one/swapfile"

drive "$one" "$swap"
order_ok "swap on $swap is switched off" prepare auto
order_ok "swap on $swap is off" quiesce auto
! grep -qE "^($swap|.*/one/swapfile) " /proc/swaps || fail "still swapped to"
order_ok "swap on $swap is on again" thaw
grep -qE "^$swap .*[[:space:]]7\$" /proc/swaps || fail "$(cat /proc/swaps)"
grep -q /one/swapfile /proc/swaps || fail "not the file: $(cat /proc/swaps)"

# More in it than memory has room for.
sed -E "s|^(${swap}[[:space:]]+[a-z]+[[:space:]]+)[0-9]+([[:space:]]+)[0-9]+|\\1999999999\\2888888888|" \
    /proc/swaps >"$work/swaps"
grep -q 888888888 "$work/swaps"
mount --bind "$work/swaps" /proc/swaps
at_exit umount /proc/swaps
order_failed "there are 868055 MiB in the swap of these disks, and memory for" \
    prepare auto
order_failed "it can't be switched off" quiesce auto
umount /proc/swaps
grep -q "^$swap " /proc/swaps || fail "it was switched off"
end_drive

# Put there by somebody who allows no more than reading.
cp "$build/lander-source" "$work/lander-source"
chmod 755 "$work/lander-source"
stop_ssh
serve_ssh_again "ForceCommand $work/lander-source serve ${one#/dev/}"
drive "$one"
order_failed "started without --quiesce" prepare auto
order_failed "started without --quiesce" quiesce auto
order_failed "started without --fence" poweroff
order_failed "started without --track" track 0
order_ok "nothing was held" thaw
end_drive
stop_ssh
serve_ssh_again "ForceCommand $work/lander-source serve --quiesce ${one#/dev/}"
drive "$one"
order_ok "is frozen" quiesce auto
order_ok "" thaw
end_drive
touch "$work/one/x"
none_of_ours

# One that lies: what it says is bounded and printable, an answer that nobody
# waits for is the end of the session, and nothing hangs.
# frame TYPE TAG LENGTH, its payload follows
frame()
{
    printf '%b' "$(printf '\\x%02x' $(($3 & 255)) $(($3 >> 8 & 255)) \
        $(($3 >> 16)) 0 "$1" 1 0 0 $(($2 & 255)) $(($2 >> 8)) 0 0 0 0 0 0)"
}
printf '\211LANDER\r\n\032\n\0\1\0\0\0' >"$work/said0"
{
    frame 129 0 17
    printf '\1\0\0\0\40\0\0\0\0\0\4\0\0\0\0\0x'
} >"$work/said1"
{
    frame 131 1001 48 # a disk of 1 MiB
    printf '\0\0\20\0\0\0\0\0\0\2\0\0\0\2\0\0\3\0\0\0\0\0\0\0'
    head -c 24 /dev/zero
} >"$work/said2"
{
    frame 141 1002 200000
    yes "$(printf 'a\033[2Jb\200c')" | head -c 200000 || true
} >"$work/said3"
frame 141 7777 0 >"$work/said4"
# Each when so many bytes of the question before it came.
cat >"$work/liar" <<END
#!/bin/sh
cat $work/said0
n=1
for bytes in 24 $((24 + ${#one})) 24 0; do
    dd bs=1 count=\$bytes of=/dev/null 2>/dev/null
    cat $work/said\$n
    n=\$((n + 1))
done
sleep 60
END
chmod +x "$work/liar"
stop_ssh
serve_ssh_again "ForceCommand $work/liar"
drive "$one"
order_ok 'a?[2Jb?c' prepare auto
[ "${#said}" -lt 17000 ] || fail "${#said} bytes were taken"
if LC_ALL=C grep -q '[^[:print:]]' <<<"$said"; then
    fail "what it said can't be printed"
fi
until_true 10 is_lost
order_failed "an answer that nobody asked for" prepare auto
end_drive
