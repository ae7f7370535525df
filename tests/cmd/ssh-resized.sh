#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk of the source gets another size, or goes away, while it is copied: the
# job ends and says so, and what was copied is not taken for a copy.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
need losetup

mib=1048576
size=$((192 * mib))

is_free()
{
    ! losetup "$loop" >/dev/null 2>&1
}

let_go()
{
    unloop "$loop"
}

copied_some()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 20000 ]
}

# began STATUS ARG…: a copy of a new disk that is under way
began()
{
    rm -f "$target" "$work/log"
    truncate -s 1M "$target"
    head -c $size /dev/urandom >"$work/source"
    loop=$(losetup --show -rf "$work/source")
    at_exit let_go
    from "${loop#/dev/}"
    copy_ssh "$@" &
    agent=$!
    until_true 60 copied_some
}

# ended WHAT TEXT
ended()
{
    wait "$agent" || fail "$1: $(tail -n 20 "$work/out")"
    said "$2"
    head -c 440 "$target" | grep -qa lander_job || fail "$1: it was committed"
    nothing_left
    let_go
}

serve_ssh "RekeyLimit 1M"

began 4
truncate -s $((size + mib)) "$work/source"
losetup -c "$loop"
ended 'grown' "it had $size bytes and now has $((size + mib))"

# Without a word of its kernel's: what is beyond the end can't be read, and
# who connects again sees what it has become.
began 4
truncate -s $((size - 64 * mib)) "$work/source"
losetup -c "$loop"
ended 'shrunk' "${loop#/dev/}"
grep -qE "had $size bytes and now has|Input/output error" "$work/out" ||
    fail "shrunk: $(tail -n 20 "$work/out")"

# Pulled out.  What holds it open would keep a loop device alive.
began 4 reconnect=20s
losetup -d "$loop"
cut_ssh
until_true 20 is_free
ended 'gone' "${loop#/dev/}"
