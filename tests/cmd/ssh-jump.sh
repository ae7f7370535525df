#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A source that only a jump host reaches: it listens on the loopback of another
# network namespace, the jump host there and on a line to here.  The copy is
# equal, also when the jump host goes away in the middle; and whatever is wrong
# is told with the name of that one of the two machines where it is wrong.
# limit: 400
if [ -z "${LANDER_FAR:-}" ]; then
    # The far end of the line: a network namespace of its own.
    LANDER_FAR=1 exec unshare -n "$0"
fi
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"
. "$(dirname "$0")/lib-line.sh"
need unshare nsenter ip jq

lay_line
lander_stands_near

# --- the jump host ------------------------------------------------------

jump_sshd=

jump_connections()
{
    [ -z "$jump_sshd" ] || ps -o pid= --ppid "$jump_sshd" || true
}

# cut_jump: ends its connections, at once, whoever holds them by now
cut_jump()
{
    local p all

    all=$(jump_connections)
    for p in $all; do
        all+=" $(ps -o pid= --ppid "$p" || true)"
    done
    # shellcheck disable=SC2086 # words
    [ -z "$all" ] || kill -KILL $all 2>/dev/null || true
}

stop_jump()
{
    local listener=$jump_sshd

    [ -n "$listener" ] || return 0
    kill -STOP "$listener" 2>/dev/null || true
    cut_jump
    kill -KILL "$listener" 2>/dev/null || true
    jump_sshd=
}

jump_listens()
{
    (: <"/dev/tcp/10.7.0.1/$jump_port") 2>/dev/null
}

# serve_jump LINE…: the same keys and port, with LINEs
serve_jump()
{
    stop_jump
    {
        printf '%s\n' "$@"
        printf '%s\n' "Port $jump_port" "ListenAddress 10.7.0.1" \
            "HostKey $work/jump_host" "PidFile $work/jump.pid" \
            "AuthorizedKeysFile $work/jump_authorized" "StrictModes no" \
            "UsePAM no" "PermitRootLogin yes" "LogLevel VERBOSE" \
            "MaxStartups 100" "PerSourcePenalties no"
    } >"$work/jump_config"
    rm -f "$work/jump.pid"
    : >"$work/jump.log"
    /usr/sbin/sshd -f "$work/jump_config" -E "$work/jump.log"
    until_true 20 test -s "$work/jump.pid"
    jump_sshd=$(cat "$work/jump.pid")
    until_true 20 jump_listens
}

size=$((128 * 1048576 + 512))
head -c $size /dev/urandom >"$work/source"
truncate -s 1M "$target"
# Keys are made anew after each MiB, so that there is a middle to be cut.
slow="RekeyLimit 1M"
serve_ssh "$slow"
from "$work/source"
make_key "$work/jump_host" ed25519
make_key "$work/jump_id" ed25519
cp "$work/jump_id.pub" "$work/jump_authorized"
jump_pin=$(ssh-keygen -lf "$work/jump_host.pub" | cut -d ' ' -f 2)
jump_port=$(free_port)
serve_jump
at_exit stop_jump
! nsenter -t "$near" -n bash -c ": <\"/dev/tcp/127.0.0.1/$port\"" 2>/dev/null ||
    fail "the source is reached without the jump host"

jump=ssh://root@10.7.0.1:$jump_port
jump_id=$work/jump_id

# through STATUS ARG…
through()
{
    local status=$1

    shift
    copy_ssh "$status" "jump=$jump" ${jump_pin:+"jump.hostkey=$jump_pin"} \
        ${jump_id:+"jump.identity=$jump_id"} "$@"
}

# --- the copy -----------------------------------------------------------

copy_ssh 6 reconnect=1s
said "connecting to 127.0.0.1 port $port"

through 0
same
said 'read back and equal to the source'
nothing_left

# With the key of the source, and packed; a resume that compares hashes.
cat "$work/id.pub" >>"$work/jump_authorized"
rm -f "$target"
truncate -s 1M "$target"
jump_id='' through 0 compress=yes
same
printf 'changed' | dd of="$work/source" bs=1 seek=5000000 conv=notrunc status=none

copied_some()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 8000 ]
}

# began STATUS ARG…: a copy that is under way
began()
{
    rm -f "$target"
    truncate -s 1M "$target"
    rm -f "$work/log"
    through "$@" &
    agent=$!
    until_true 60 copied_some
}

went_on()
{
    wait "$agent" || fail "$1: $(tail -n 20 "$work/out")"
    same
    [ "$(counted reconnects)" -ge 1 ] || fail "$1: no reconnect was counted"
    [ "$(counted resent)" -le $((32 * 1048576)) ] ||
        fail "$1: $(counted resent) bytes were sent again"
    grep -q "$2" "$work/log" || fail "$1: the log does not name it"
}

serve_jump "$slow"
began 0
cut_jump
went_on 'the jump host cut' "INFO - root@127.0.0.1:$port: jump host root@10.7.0.1:$jump_port.*connecting again"
began 0
cut_ssh
went_on 'the source cut' "INFO - root@127.0.0.1:$port.*connecting again"
! grep -q "jump host.*connecting again" "$work/log" || fail "it was the source"
began 0
stop_jump
sleep 1.5
serve_jump "$slow"
went_on 'the jump host away' "jump host root@10.7.0.1:$jump_port.*connecting again"
began 6 reconnect=3s
stop_jump
wait "$agent" || fail "away for good: $(tail -n 20 "$work/out")"
serve_jump
nothing_left

# --- a machine that runs, held still through it ---------------------------

is_said_twice()
{
    [ "$(grep -cF -- "$1" "$work/out")" -ge 2 ]
}

# Only the tests of what is read need a source that is slow.
stop_ssh
serve_ssh_again
file_size=$size
size=$((128 * 1048576))
mv "$work/source" "$work/file"
live_disk ext4
from "${loop#/dev/}"
begin_writing
goes_on
begin cutover=manual downtime=20s quiesce=freeze "jump=$jump" \
    "jump.hostkey=$jump_pin" "jump.identity=$jump_id"
until_true 60 is_said 'waiting for the order'
cut_jump
until_true 60 is_said 'nobody noted what was written meanwhile'
until_true 60 is_said_twice 'hashes compared, '
order 0 cutover 'is ordered'
freeze_agent
note_still
thaw_agent
ended 0 'a machine that runs'
equals_still
holds_acknowledged
goes_on
end_writing
nothing_left
mv "$work/file" "$work/source"
size=$file_size
from "$work/source"

# --- what is wrong, and with whom ---------------------------------------

truncate -s $((size + 1048576)) "$target"

# refused STATUS 'TEXT' ARG…
refused()
{
    refused_by through "$@"
}

gate="jump host root@10.7.0.1:$jump_port"
wrong=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
: >"$work/jump.log"
: >"$work/sshd.log"
jump_pin=$wrong refused 6 "$gate is not the machine that lander.jump.hostkey names"
said "it shows ED25519 $jump_pin"
jump_pin='' refused 2 'lander.jump.hostkey is missing'
said "$gate shows ED25519 $jump_pin"
! grep -q root "$work/jump.log" || fail "a user was named to a host that nobody knows"
[ ! -s "$work/sshd.log" ] || fail "the source was reached over a host that nobody knows"
pin=$wrong refused 6 "root@127.0.0.1:$port is not the machine that lander.hostkey names"
pin='' refused 2 'lander.hostkey is missing'
said "root@127.0.0.1:$port shows"

make_key "$work/other" ed25519
jump_id=$work/other refused 6 "$gate does not take the key of lander.jump.identity"
identity=$work/other refused 6 \
    "root@127.0.0.1:$port does not take the key of lander.identity"
jump_id='' identity=$work/other refused 6 "$gate does not take the key of lander.identity"
jump_id=$work/nowhere refused 2 'lander.jump.identity'
make_key "$work/locked" ed25519 'a passphrase'
jump_id=$work/locked refused 2 'lander.jump.identity'
said 'no private key without a passphrase'

serve_jump "AllowTcpForwarding no"
refused 6 "$gate does not let us through to root@127.0.0.1:$port"
serve_jump "PermitOpen 127.0.0.1:1"
refused 6 "$gate does not let us through to root@127.0.0.1:$port"
serve_jump "PubkeyAuthentication no" "PasswordAuthentication yes"
refused 6 "$gate takes no keys, only password"

serve_jump
stop_ssh
refused 6 "$gate does not reach root@127.0.0.1:$port"
serve_ssh_again
stop_jump
refused 6 "connecting to 10.7.0.1 port $jump_port"
serve_jump

# --- lander check -------------------------------------------------------

# check STATUS CODE… : of a list, a code for each line, - for any; its JSON in
# $work/json
check()
{
    local status=$1 got=0 n=0 code

    shift
    "$lander" check --json --timeout 15 --list "$work/list" >"$work/json" \
        2>"$work/err" || got=$?
    [ "$got" = "$status" ] || fail "check: $got: $(cat "$work/err" "$work/json")"
    for code in "$@"; do
        [ "$code" = - ] || jq -e ".[$n].codes | split(\" \") | index(\"$code\") != null" \
            "$work/json" >/dev/null || fail "line $n is no $code: $(cat "$work/json")"
        n=$((n + 1))
    done
}

to="127.0.0.1:$port/$work/source hostkey=$pin identity=$identity"
by="jump=$jump jump.hostkey=$jump_pin jump.identity=$jump_id"
closed=$(free_port)
cat >"$work/list" <<END
$to $by
$to
$to jump=$jump jump.hostkey=$wrong jump.identity=$jump_id
$to jump=$jump jump.identity=$jump_id
$to jump=$jump jump.hostkey=$jump_pin jump.identity=$work/other
$to jump=$jump jump.hostkey=$jump_pin jump.identity=$work/nowhere
$to jump=ssh://10.7.0.1:$closed jump.hostkey=$jump_pin
127.0.0.1:$closed hostkey=$pin identity=$identity $by
127.0.0.1:$port hostkey=$wrong identity=$identity $by
END
check 3 - UNREACHABLE JUMP JUMP JUMP IDENTITY_BAD JUMP \
    UNREACHABLE HOSTKEY_WRONG
[ "$(jq -r '.[0] | .reached + " " + .jump' "$work/json")" = "measured $jump" ] &&
    [ "$(jq -r '.[0].verdict' "$work/json")" != refuse ] ||
    fail "$(jq '.[0]' "$work/json")"
[ "$(jq -r '.[3].problem' "$work/json" | grep -c "$gate shows ED25519 $jump_pin")" = 1 ] ||
    fail "the key of the jump host is not shown"

# Words.
jump=10.7.0.1 refused 2 "jump '10.7.0.1' is not ssh://"
jump=nbd://10.7.0.1 refused 2 "is not ssh://"
jump=ssh:// refused 2 "jump 'ssh://': no host"
jump=ssh://g:0 refused 2 "jump 'ssh://g:0': port"
jump=ssh://g/sda refused 2 'nothing belongs behind the host'
jump=ssh://me:pw@g refused 2 'jump: no password belongs into an address'
jump_pin=MD5:11 refused 2 'is no fingerprint'
jump_id=code refused 2 'lander.jump.identity: a code is'
copy_ssh 2 "jump.hostkey=$jump_pin"
said 'lander.jump.hostkey means nothing without lander.jump'
copy 2 "jump=$jump" identity=code
said 'give lander.jump.identity'
(source_uri=nbd://127.0.0.1:1/ && copy 2 "jump=$jump")
said 'lander.jump leads to a source over SSH'
nothing_left
