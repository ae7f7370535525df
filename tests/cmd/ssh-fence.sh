#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Stopped while the source is switched off: either it stays on, or the copy is
# committed; never neither.  The source machine is a process namespace, which is
# all that its power switch reaches.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"

size=$((96 * 1048576))
live_disk ext4
serve_ssh
stop_ssh
from "${loop#/dev/}"

# Its own first process is a shell, as reboot(2) ends that and all others.
machine_on()
{
    unshare -p --fork --kill-child --propagation unchanged --mount-proc sh -c \
        "/usr/sbin/sshd -D -f $work/sshd_config -E $work/sshd.log; :" &
    box=$!
    until_true 20 is_listening
}

is_on()
{
    kill -0 "$box" 2>/dev/null && is_listening
}

is_off()
{
    ! is_on
}

at_exit machine_off
machine_off()
{
    [ -z "${box:-}" ] || kill -KILL "$box" 2>/dev/null || true
}

is_fencing()
{
    grep -q '"stage": "fence"' "$work/status"
}

# As it would be after it was started again.
machine_on_again()
{
    wait "$box" 2>/dev/null || true
    fsfreeze -u "$mounted" 2>/dev/null || true
    machine_on
}

machine_on
begin fence=poweroff
ended 0 'fence'
said 'the source was switched off, as lander.fence=poweroff asks'
until_true 10 is_off
! head -c 440 "$target" | grep -qa lander_job || fail "it was not committed"

# judged WHAT STATUS: the outcome, however early the order came
judged()
{
    local status=0

    wait "$agent" || status=$?
    agent=
    case $status in
    0)
        until_true 10 is_off
        said 'the source was switched off'
        ! head -c 440 "$target" | grep -qa lander_job ||
            fail "$1: status 0 without a commit"
        ;;
    "$2")
        not_committed
        said 'and runs again'
        # What was ordered happens a second later.
        if (until_true 4 is_off) 2>/dev/null; then
            fail "$1: it is off, and nothing was committed: $(tail "$work/out")"
        fi
        machine_off
        ;;
    *) fail "$1: status $status: $(tail -n 30 "$work/out")" ;;
    esac
}

machine_on_again
begin fence=poweroff
until_true 60 is_fencing
"$lander" abort --control="$work/control" >"$work/answer" 2>&1 || true
judged abort 10
if ! grep -q 'aborting' "$work/answer"; then
    grep -q 'too late' "$work/answer" || fail "$(cat "$work/answer")"
fi

machine_on_again
begin fence=poweroff
until_true 60 is_fencing
kill -TERM "$agent"
judged SIGTERM 10
