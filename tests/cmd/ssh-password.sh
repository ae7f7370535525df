#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Without a key a person at the terminal is asked for the password: it is not
# shown, in no log and on no command line; a wrong one can be typed again; a key
# is preferred.  Without a terminal nobody is waited for.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
need script openssl
[ -n "${LANDER_IN_ROOT:-}" ] || skip "only inside the build root"

# Passwords of this test alone: it has a mount namespace of its own (in-root).
secret='planted pass,wörd 7f3a91'
hash=$(openssl passwd -6 "$secret")
sed "s|^root:[^:]*:|root:$hash:|" /etc/shadow >"$work/shadow"
printf '%s\n' "auth required pam_unix.so" "account required pam_unix.so" \
    "session required pam_permit.so" >"$work/pam"
mount --bind "$work/shadow" /etc/shadow
mount --bind "$work/pam" /etc/pam.d/sshd

size=2097152
head -c $size /dev/urandom >"$work/source"
mkfifo "$work/keys"
exec 7<>"$work/keys"

questions()
{
    [ "$(grep -c 'type the password of root@127.0.0.1' "$work/out" || true)" \
        -ge "$1" ]
}

in_no_log()
{
    ! grep -qsF "$secret" "$work/out" "$work/log" "$work/status" ||
        fail "the password is in a log"
}

# at_terminal STATUS [LINE…] -- ARG…: each line is typed when it is asked for
at_terminal()
{
    local want=$1 lines=() status=0 i p

    shift
    while [ "$1" != -- ]; do
        lines+=("$1")
        shift
    done
    shift
    rm -f "$target" "$work/log"
    truncate -s 4M "$target"
    : >"$work/out"
    : >"$work/sshd.log"
    timeout 100 script -qefc "$(printf '%q ' "$lander" "source=$source_uri" \
        "disks=$target" convert=none "overwrite=$target" "hostkey=$pin" \
        loglevel=debug explain=yes --log="$work/log" \
        --status="$work/status" "$@")" "$work/out" \
        <"$work/keys" >/dev/null 2>&1 &
    p=$!
    for ((i = 0; i < ${#lines[@]}; i++)); do
        until_true 30 questions $((i + 1))
        printf '%s\r' "${lines[i]}" >&7
    done
    wait $p || status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(tail -n 30 "$work/out")"
    in_no_log
}

serve_ssh "PasswordAuthentication yes" "KbdInteractiveAuthentication no"
from "$work/source"

at_terminal 0 "$secret" --
same
nothing_left
logged 'Accepted password for root' || fail "it was no password"
[ "$(grep -c 'Failed password' "$work/sshd.log")" = 0 ] || fail "it guessed"

# An empty line is none; a slip can be mended; the third time is the last.
at_terminal 0 $'\r'"wrong" "$secret" --
same
[ "$(grep -c 'Failed password' "$work/sshd.log")" = 1 ] || fail "a wrong one"
at_terminal 6 a b c --
said 'does not take the password'

# A key is preferred, also one that is not taken.
at_terminal 0 -- "identity=$identity"
same
logged 'Accepted publickey' || fail "the key was not used"
make_key "$work/other" ed25519
at_terminal 6 -- "identity=$work/other"
said 'does not take the key'

# Nobody is told it who is not known.
pin=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
at_terminal 6 "$secret" --
said 'is not the machine that lander.hostkey names'
! logged root || fail "a user was named to a host that nobody knows"
pin=$(pin_of ed25519)

# Asked by questions, as PAM does.
stop_ssh
serve_ssh_again "UsePAM yes" "PasswordAuthentication no" \
    "KbdInteractiveAuthentication yes"
at_terminal 0 "$secret" --
same
logged 'Accepted keyboard-interactive/pam for root' || fail "no question"

# Not by password at all.
stop_ssh
serve_ssh_again "PasswordAuthentication no" "KbdInteractiveAuthentication no"
at_terminal 2 "$secret" --
said 'takes no passwords, only publickey'

# Nobody is there.
copy 2 "hostkey=$pin"
said 'lander.identity is missing'
! grep -q 'type the password' "$work/out" || fail "it asked nobody"

# The connection is cut: it needs no person again.
stop_ssh
serve_ssh_again "RekeyLimit 1M" "PasswordAuthentication yes"
size=$((256 * 1048576))
head -c $size /dev/urandom >"$work/source"
copied_some()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 20000 ]
}
at_terminal 0 "$secret" -- &
agent=$!
until_true 60 copied_some
cut_ssh
wait $agent || fail "after a cut: $(tail -n 20 "$work/out")"
same
[ "$(counted reconnects)" -ge 1 ] || fail "no reconnect was counted"
