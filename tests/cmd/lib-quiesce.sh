# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# File systems of this test's own that are held still, over SSH; sourced after
# lib-ssh.sh.  Nothing else on this machine may be touched, so:
#
#   no_sysrq           nobody in here can reach the whole machine
#   volume NAME TYPE [MIB]   a loop device with such a file system, mounted
#                      at $work/NAME; sets $loop
#   write_to NAME      a process that counts into $work/NAME/log; sets $writer
#   count_of NAME      how far it came, bytes
#   moves NAME, blocked NAME   whether it goes on within 5 s; stands for 1 s
#   none_lost NAME     ends the writer; fails when a number is missing
#   drive DISK…        starts unit/source_machine for them
#   order WORD…        asks it something; $said, $result: what came of it
#   order_ok/order_failed TEXT WORD…   likewise; fails unless it succeeded and
#                      said TEXT, or failed and said it
#   is_lost            whether it says that it lost the machine
#   end_drive          closes it
#   our_helpers        processes of lander-source that this test's sshd began,
#                      the first one first: other tests have their own
#   none_of_ours       waits for their end
#   end_sessions       kills all of sshd that speaks for somebody
#   sum_of DEVICE      digest of it, past the page cache
: "${work:?}" "${build:?}" "${port:=}" "${pin:=}" "${identity:?}" "${sshd:=}"

driver=${LANDER_MACHINE:-${LANDER_ASAN:+$build/asan/unit/source_machine}}
driver=${driver:-$build/unit/source_machine}
said=
result=
loop=
writer=

no_sysrq()
{
    [ -e /proc/sysrq-trigger ] || return 0
    : >"$work/nothing"
    mount --bind "$work/nothing" /proc/sysrq-trigger
    mount -o remount,bind,ro /proc/sysrq-trigger
    at_exit umount /proc/sysrq-trigger
    if echo x 2>/dev/null >/proc/sysrq-trigger; then
        fail "sysrq is not out of reach"
    fi
}

volume()
{
    truncate -s "${3:-64}M" "$work/$1.img"
    "mkfs.$2" -q "$work/$1.img" >/dev/null
    loop=$(losetup --show -f "$work/$1.img")
    at_exit unloop "$loop"
    mkdir -p "$work/$1"
    mount -t "$2" "$loop" "$work/$1"
    at_exit umount "$work/$1"
    at_exit let_go "$work/$1"
}

# What a failed test has left frozen.
let_go()
{
    fsfreeze -u "$1" 2>/dev/null || true
}

write_numbers()
{
    local n=0

    while :; do
        echo $((n++)) >>"$1"
    done
}

write_to()
{
    write_numbers "$work/$1/log" &
    writer=$!
    disown "$writer"
    at_exit stop_writer "$writer"
    until_true 10 test -s "$work/$1/log"
}

# Also one that waits in the kernel.
stop_writer()
{
    kill -KILL "$1" 2>/dev/null || return 0
    for _ in 1 2 3 4 5 6 7 8 9; do is_gone "$1" && return; sleep 1; done
    echo "# the writer, process $1, was killed and does not end" >&2
    return 1
}

is_gone()
{
    [ ! -e "/proc/$1" ]
}

count_of()
{
    stat -c %s "$work/$1/log"
}

moves()
{
    local before

    before=$(count_of "$1")
    until_true 5 larger "$1" "$before"
}

larger()
{
    [ "$(count_of "$1")" -gt "$2" ]
}

blocked()
{
    local before

    before=$(count_of "$1")
    sleep 1
    [ "$(count_of "$1")" = "$before" ] || fail "$1 is written to"
}

none_lost()
{
    moves "$1"
    stop_writer "$writer"
    awk '$1 != NR - 1 { exit 1 }' "$work/$1/log" ||
        fail "$1: a number is missing"
}

drive()
{
    local disks=("$@")

    coproc DRIVER {
        exec timeout 280 "$driver" "ssh://root@127.0.0.1:$port/" "$pin" \
            "$identity" "${disks[@]}" 2>"$work/driver.err"
    }
    # shellcheck disable=SC2153 # the shell's own
    driver_pid=$DRIVER_PID
    hear 60
    [ "$result" = "= open ok" ] || fail "$result"
}

# hear SECONDS: the answer
hear()
{
    local line part= end=$(($(date +%s) + $1))

    said=
    while :; do
        # The beginning of a line, when the time is over in the middle of it.
        if IFS= read -r -t 5 line <&"${DRIVER[0]}"; then
            line=$part$line part=
        else
            part+=$line line=
        fi
        [ "$(date +%s)" -lt "$end" ] || fail "no answer: $said"
        [ -n "$line" ] || continue
        said+=$line$'\n'
        case $line in
        '= '*) break ;;
        esac
    done
    result=$line
}

order()
{
    echo "$*" >&"${DRIVER[1]}"
    hear 100
}

order_ok()
{
    local text=$1

    shift
    order "$@"
    case $result in
    *' ok'*) ;;
    *) fail "$*: $said" ;;
    esac
    case $said in
    *"$text"*) ;;
    *) fail "$*: no '$text' in: $said" ;;
    esac
}

order_failed()
{
    local text=$1

    shift
    order "$@"
    case $result in
    *' failed'*"$text"*) ;;
    *) fail "$*: no failure with '$text': $said" ;;
    esac
}

is_lost()
{
    order lost
    [ "$result" = "= lost ok" ]
}

end_drive()
{
    eval "exec ${DRIVER[1]}>&-"
    wait "$driver_pid" || fail "the driver: $(cat "$work/driver.err")"
}

below()
{
    local p

    for p in $(ps -o pid= --ppid "$1" || true); do
        echo "$p"
        below "$p"
    done
}

our_helpers()
{
    local p

    for p in $(below "$sshd"); do
        case $(readlink "/proc/$p/exe" 2>/dev/null || true) in
        */lander-source | */lander-source' (deleted)') echo "$p" ;;
        esac
    done
}

end_sessions()
{
    local p

    for p in $(below "$sshd"); do
        case $(cat "/proc/$p/comm" 2>/dev/null || true) in
        sshd*) kill -KILL "$p" ;;
        esac
    done
}

has_none()
{
    [ -z "$(our_helpers)" ]
}

none_of_ours()
{
    until_true 20 has_none
}

sum_of()
{
    dd if="$1" bs=1M iflag=direct status=none | sha256sum
}
