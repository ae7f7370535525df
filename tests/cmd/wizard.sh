#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A job that a person sets up on a screen: every screen can be left and nothing is
# touched, a slip leads back to its field, the last word has to be typed, and what
# begins then is the job that its words would have begun.
# limit: 500
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"
. "$(dirname "$0")/lib-screen.sh"
need tmux nbdkit openssl
[ -n "${LANDER_IN_ROOT:-}" ] || skip "only inside the build root"

other=$work/other
secret='planted Wörd, 7f3a'

wizard()
{
    on_screen "$lander" wizard "disks=$target,$other" --log="$work/log" \
        --status="$work/status" --control="$work/control" "$@"
    shows '1 of 6: the network'
}

empty_targets()
{
    rm -f "$target" "$other"
    truncate -s 300M "$target"
    truncate -s 8M "$other"
}

untouched()
{
    [ "$(du -k "$target" | cut -f 1)" = 0 ] || fail "$1: the target was touched"
}

# To the field of an NBD source
to_uri()
{
    keys Enter
    shows '2 of 6: the source'
    keys Down Down Tab Enter
    shows 'on a server'
}

# … and from there to the disks
give_uri()
{
    keys C-u
    typed "$1"
    keys Enter
    keys Enter
}

# --- without a screen -------------------------------------------------------------

status=0
"$lander" wizard "disks=$target" >"$work/out" 2>&1 </dev/null || status=$?
[ $status = 2 ] || fail "no terminal: status $status"
said 'the wizard needs a terminal'
empty_targets
kind=dumb
on_screen "$lander" wizard "disks=$target"
left 2
screen | tr -d '\n' | grep -q "kind 'dumb' can't show" || fail "dumb: $(screen)"

# --- disks on a server; a VT100 ----------------------------------------------------

make_source
serve file "$work/source"
kind=vt100
empty_targets
wizard convert=none
keep network
to_uri
give_uri 'nbd+unix:///?socket=/nowhere'
shows "no server at socket '/nowhere'"
keys Enter
shows 'on a server'
has '/nowhere' || fail "the field is empty: $(screen)"
give_uri "$source_uri"
shows '3 of 6: the disks'
shows 'target'
has '8.00 MiB' && fail "the small disk was chosen: $(screen)"

# Left at each screen: nothing was touched, and nothing was begun.
keys Escape
shows 'What is to be copied'
keys Escape
shows '1 of 6: the network'
keys Escape
left 10
untouched 'left at the network'
to_plan()
{
    wizard convert=none
    to_uri
    give_uri "$source_uri"
    shows '3 of 6: the disks'
    keys Tab Enter
    shows '4 of 6: how it is done'
    shows 'stays as it is, bit for bit'
    keys Tab Enter
    shows '5 of 6: the plan'
}
to_plan
shows "$(basename "$target")"
keys Escape
shows '4 of 6: how it is done'
keys Tab Enter
shows '5 of 6: the plan'
keys Enter
shows '5 of 6: the last word'
shows 'type the word: copy'
typed 'yes'
keys Enter Enter
shows 'That is another word'
keys Enter
shows '5 of 6: the last word'
untouched 'another word'
# A window of another size, and one that is too small, end nothing.
resized 120 40
shows '5 of 6: the last word'
resized 30 8
shows '5 of 6: the'
resized 80 24
shows 'type the word: copy'
[ ! -s "$work/left" ] || fail "a small window ended it"
keys C-u
typed 'copy'
keys Enter Enter
shows 'The job is finished.' 60
keys Enter
left 0
same
grep -q ' stage commit' "$work/log" || fail "no commit in the log"

# What is not empty is named, and its name is the word.
printf 'GRUB' >"$other"
rm "$target"
printf 'something that somebody needs' >"$target"
truncate -s 300M "$target"
kind=no-such-terminal
wizard convert=none
to_uri
give_uri "$source_uri"
shows '3 of 6: the disks'
shows 'not copied'
keys Tab Enter
shows 'No disk is chosen'
keys Enter
shows '3 of 6: the disks'
keys Enter
shows 'The target of a disk'
shows 'is too small'
keep target
keys Up Up Enter
shows '3 of 6: the disks'
shows 'unknown data'
keys Tab Enter
shows '4 of 6'
keys Tab Enter
shows 'WILL BE OVERWRITTEN'
keep plan
keys Enter
shows 'WHAT IS ON target NOW WILL BE LOST'
keep word
typed 'copy'
keys Enter Enter
shows 'That is another word'
keys Enter
shows 'the last word'
grep -q 'somebody needs' "$target" || fail "it was written to"
keys C-u
typed 'target'
keys Enter Enter
shows 'The job is finished.' 60
keys Enter
left 0
same
stop_server

# --- a machine that runs, over SSH ---------------------------------------------------

# Passwords of this test alone: it has a mount namespace of its own (in-root).
hash=$(openssl passwd -6 "$secret")
sed "s|^root:[^:]*:|root:$hash:|" /etc/shadow >"$work/shadow"
printf '%s\n' "auth required pam_unix.so" "account required pam_unix.so" \
    "session required pam_permit.so" >"$work/pam"
mount --bind "$work/shadow" /etc/shadow
mount --bind "$work/pam" /etc/pam.d/sshd

size=$((192 * 1048576))
rm "$work/source"
live_disk ext4
begin_writing
goes_on
empty_targets
serve_ssh "PasswordAuthentication yes" "KbdInteractiveAuthentication no"
kind=vt220
wizard convert=none bwlimit=20M
keys Enter
shows '2 of 6: the source'
keep source
keys Tab Enter
shows 'source, over SSH'
typed '127.0.0.1'
keys Enter Tab
keys C-u
typed 1
keys Enter
typed "${loop#/dev/}"
keys Enter Enter Enter
shows 'The source does not answer'
shows '127.0.0.1'
keys Enter
# Back to the fields, as they were typed.
shows 'source, over SSH'
has '127.0.0.1' || fail "the address is gone: $(screen)"
keys Tab Tab C-u
typed "$port"
keep address
keys Enter Enter Enter Enter
shows 'Is it the right machine?'
shows "ED25519 $pin"
keep hostkey
keys Enter
shows 'source, over SSH'
keys Tab Tab Tab Tab Tab Enter
shows 'Is it the right machine?'
keys Up Enter
shows 'How does one get in?'
keys Tab Enter
shows 'The password of root on 127.0.0.1'
typed 'wrong'
keys Enter Enter
shows 'That did not work' 40
keys Enter
shows 'The password of root on 127.0.0.1'
typed "xx$secret"
keys C-u
typed "${secret}x"
keys BSpace
has '*****' || fail "no stars: $(screen)"
has 'planted' && fail "it shows the password: $(screen)"
keys Enter Enter
shows '3 of 6: the disks' 60
shows 'disks are written to'
keep disks
keys Tab Enter
shows 'when I say so'
shows '20 MB/s at most'
keep options
keys Tab Enter
shows '5 of 6: the plan' 60
shows 'the source is in use'
# It is longer than the screen: nothing lies on its frame, nor on the keys.
[ "$(screen | grep -c '│$')" -ge 15 ] || fail "no frame: $(screen)"
shows 'Esc goes back'
keys Enter
shows 'type the word: copy'
untouched 'before the last word'
typed copy
keys Enter Enter
shows '6 of 6: the copy'
shows 'MB/s, '
keep progress
shows 'Stop the source now?' 120
keep cutover
keys Enter
shows 'Ready. The copy keeps up'
shows 'predicted downtime'
keep ready
goes_on
# Given up, and not: the job goes on.
keys Tab Tab Enter
shows 'Give up this job?'
keys Enter
shows 'Ready. The copy keeps up'
shows '<Pause>'
keys Tab Enter
shows 'The job is finished.' 120
keep end
keys Enter
left 0
grep -q 'from the quiesce to the commit' "$work/log" || fail "no downtime"
goes_on
for f in "$work/log" "$work/status" "$work/stderr"; do
    ! grep -qsF "$secret" "$f" || fail "the password is in $f"
done
logged 'Accepted password for root' || fail "it was no password"
nothing_left
