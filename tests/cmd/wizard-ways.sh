#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The wizard's longer ways: a source behind a jump host, a key from a URL for one
# use, a passphrase for encrypted volumes, none of which is shown anywhere; and a
# job that failed is tried again from its own screen. What does not fit into a
# line of a list is marked.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-web.sh"
. "$(dirname "$0")/lib-screen.sh"
need tmux nbdkit openssl
[ -n "${LANDER_IN_ROOT:-}" ] || skip "only inside the build root"

token=planted-token-4be7
phrase=planted-phrase-91c
size=$((4 * 1048576))
head -c "$size" /dev/urandom >"$work/source"

wizard()
{
    rm -f "$target"
    truncate -s 8M "$target"
    on_screen "$lander" wizard "disks=$target" convert=none reconnect=2s \
        --log="$work/log" --status="$work/status" --control="$work/control" "$@"
    shows '1 of 6: the network'
    keys Enter
    shows '2 of 6: the source'
}

# The last screens: the disks that were found are copied.
to_last_word()
{
    shows '3 of 6: the disks' 60
    keys Tab Enter
    shows '4 of 6: how it is done'
    keys Tab Enter
    shows '5 of 6: the plan' 60
    keys Enter
    shows 'type the word: copy'
}
no_secret()
{
    local f

    for f in "$work/log" "$work/status" "$work/stderr"; do
        ! grep -qsE "$token|$phrase" "$f" || fail "a secret is in $f"
    done
}

# --- a job that failed, again ---------------------------------------------------

serve file "$work/source"
wizard
keys Down Down Tab Enter
shows 'on a server'
typed "$source_uri"
keys Enter Enter
to_last_word
stop_server
rm -f "$work/sock"
typed copy
keys Enter Enter
shows 'It failed' 60
shows 'Try again'
keep failed
serve_again file "$work/source"
keys Enter
shows 'The job is finished.' 60
keys Enter
left 0
same
stop_server

# --- a name that is longer than its column ----------------------------------------

mkdir "$work/exports"
truncate -s 4M "$work/exports/a-disk-of-a-long-name"
serve_again file dir="$work/exports"
wizard
keys Down Down Tab Enter
shows 'on a server'
typed 'nbd+unix:///?socket='
typed "$work/sock"
keys Enter Enter
shows '3 of 6: the disks' 60
shows 'a-disk-of...'
has 'a-disk-of-a' && fail "it is wider than its column: $(screen)"
keys Escape
shows 'What is to be copied'
keys Escape
shows '1 of 6: the network'
keys Escape
left 10
stop_server

# --- through a jump host, with a key from a URL for one use ------------------------

# Both are this machine's sshd: the jump host reaches itself.
serve_ssh
certificate server
web_port=$(free_port)
mkdir "$web/$token"
cp "$identity" "$web/$token/key"
start_web openssl s_server -accept "127.0.0.1:$web_port" -WWW \
    -cert "$work/server.pem" -key "$work/server.key"
url=https://127.0.0.1:$web_port/$token/key

# to_jump HOST: the form of the source, with this jump host
to_jump()
{
    keys Tab Enter
    shows 'source, over SSH'
    typed '127.0.0.1'
    keys Tab Tab C-u
    typed "$port"
    keys Tab
    typed "$work/source"
    keys Tab
    typed "$1"
    keep jump
    keys Enter Enter
}

jump_again()
{
    keys Tab Tab Tab Tab C-u
    typed "$1"
    keys Enter Enter
}

wizard "cacert=$work/server.pem"
to_jump 'root@127.0.0.1/x'
shows 'That is no jump host'
keys Enter
shows 'source, over SSH'
jump_again 'root@127.0.0.1:1'
shows 'The jump host does not answer'
keys Enter
shows 'source, over SSH'
jump_again "root@127.0.0.1:$port"
shows "root@127.0.0.1:$port shows this host key"
shows "ED25519 $pin"
keep jump-hostkey
keys Up Enter
shows 'The key of the jump host'
typed "$work/authorized"
keys Enter Enter
# A wrong key is found when the source is looked for through it.
shows 'The source does not answer' 30
shows 'lander.jump.identity'
keep jump-failed
keys Enter
shows 'source, over SSH'
jump_again "root@127.0.0.1:$port"
shows "root@127.0.0.1:$port shows this host key"
keys Up Enter
shows 'The key of the jump host'
keys C-u
typed "$identity"
keys Enter Enter
shows '127.0.0.1 shows this host key' 30
has "root@127.0.0.1:$port shows" && fail "the jump host again: $(screen)"
keys Up Enter
shows 'How does one get in?'
keys Down Tab Enter
shows 'The key'
has 'asked once' || fail "$(screen)"
typed "$url-is-nowhere"
keys Enter Enter
shows 'That did not work' 40
has "$token" && fail "it shows the way to the key: $(screen)"
keys Enter
shows 'Private key'
keys C-u
typed "$url"
keep key
keys Enter Enter
shows '3 of 6: the disks' 60
# For one use: from now on there is no such server.
stop_web
keys Tab Enter
shows '4 of 6: how it is done'
keep options-all
keys Down Down Down Down Down Enter
shows 'are opened by a passphrase'
keys Down Enter
shows '4 of 6: how it is done'
keys Tab Enter
shows 'One passphrase that opens'
typed "$phrase"
has '*****' || fail "no stars: $(screen)"
keep passphrase
keys Enter Enter
shows '5 of 6: the plan' 60
keys Tab
keys End
for _ in 1 2 3; do keys NPage; done
keep plan-words
has "$token" && fail "it shows the way to the key: $(screen)"
has "$phrase" && fail "it shows the passphrase: $(screen)"
keys Escape
shows '4 of 6: how it is done'
keys Tab Enter
shows 'One passphrase that opens'
keys Escape
shows '4 of 6: how it is done'
keys Down Down Down Down Down Enter
shows 'are opened by a passphrase'
keys Up Enter
shows '4 of 6: how it is done'
keys Tab Enter
shows '5 of 6: the plan' 60
keys Enter
shows 'type the word: copy'
typed copy
keys Enter Enter
shows 'The job is finished.' 60
keys Enter
left 0
cmp -n "$size" "$work/source" "$target" || fail "the target is not the source"
no_secret
logged 'Accepted publickey for root' || fail "it was no key"
nothing_left
