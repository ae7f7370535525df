#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Source mode: who has the key reads the disks that are served, and can do
# nothing else; nobody else gets in; nothing listens before it is known who may.
# limit: 120
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-serve.sh"
need sshd ssh ssh-keygen openssl script
[ -x "$build/unit/source_machine" ] || fail "make unit"

make_source
make_source "$work/other"
before=$(sha256sum <"$work/source")
for name in id stranger; do
    make_id $name
done
make_id id_rsa rsa
make_id id_ecdsa ecdsa
truncate -s 1M "$target"

# from FILE, as the target of this source
fetch()
{
    local status=$1 file=$2

    shift 2
    source_uri="ssh://root@127.0.0.1:$port/$file"
    copy "$status" "hostkey=$pin" "$@"
}

# --- refusals: nothing listens -------------------------------------------------

no_source_mode 2 "serve=$work/source"
said 'nobody may read the disks without lander.serve.key'
for words in 'ssh-ed25519' 'AAAA' "$(blob id | head -c 60)" \
    "ssh-rsa $(blob id)" "command=\"sh\" ssh-ed25519 $(blob id)" \
    "$(blob id),nonsense" 'file:nothing' 'fw_cfg:opt/nothing'; do
    no_source_mode 2 "serve=$work/source" "serve.key=$words"
    said 'argument: lander.serve.key'
done
no_source_mode 2 "serve=$work/nothing" "serve.key=$(blob id)"
said "$work/nothing"
cp "$work/other" "$work/a b"
no_source_mode 2 "serve=$work/a b" "serve.key=$(blob id)"
said "can't be served: only letters"
no_source_mode 2 serve "serve.key=$(blob id)"
said 'outside the live system lander.serve must name the disks'
no_source_mode 2 "serve=$work/source" "serve.key=$(blob id)" source=nbd://x/
said 'one of them must go'
no_source_mode 2 "serve=$work/source" serve.key=code \
    "serve.hostkey=$work/stranger"
no_source_mode 2 "serve=$work/source" "serve.key=$(blob id)" \
    "serve.hostkey=$work/id.pub"
said 'it is no private key'
if grep -qF "$(blob id)" "$work/out"; then
    fail "it repeats what it was given as a private key"
fi
if "$lander" "disks=$target" "serve.key=$(blob id)" source=nbd://x/ \
    >"$work/out" 2>&1; then
    fail "lander.serve.key without lander.serve"
fi
said 'means nothing without lander.serve'

# --- the key reads -----------------------------------------------------------------

source_mode "serve=$work/source" \
    "serve.key=ssh-ed25519 $(blob id) me@work,$(blob id_rsa),$(blob id_ecdsa)"
told "the key ED25519 $(ssh-keygen -lf "$work/id.pub" | cut -d ' ' -f 2) may read them"
for name in id id_rsa id_ecdsa; do
    rm "$target"
    truncate -s 1M "$target"
    fetch 0 "$work/source" "identity=$work/$name"
    same
done
told '127.0.0.1 reads'
told '127.0.0.1 is gone'

# Its port is not to be had twice, and that is said.
taken=$port
status=0
"$lander" "serve=$work/other" "serve.key=$(blob id)" "serve.port=$taken" \
    >"$work/out" 2>&1 || status=$?
[ "$status" = 2 ] || fail "two on one port: $status, $(cat "$work/out")"
said 'Cannot bind'

# Two at the same time.
rm "$target"
truncate -s 1M "$target"
cp "$target" "$target.2"
fetch 0 "$work/source" "identity=$work/id" &
first=$!
timeout 120 "$lander" "source=$source_uri" "hostkey=$pin" convert=none \
    "identity=$work/id_rsa" "disks=$target.2" >"$work/out.2" 2>&1 ||
    fail "the second reader: $(cat "$work/out.2")"
wait "$first" || fail "the first reader"
same
cmp -n "$size" "$work/source" "$target.2" || fail "the second copy"

# --- and nothing else ---------------------------------------------------------------

fetch 4 "$work/other" "identity=$work/id"
said 'not among those that this lander-source was started for'

by_hand()
{
    ssh -F none -p "$port" -o BatchMode=yes -o StrictHostKeyChecking=no \
        -o "UserKnownHostsFile=$work/known" -o LogLevel=ERROR "$@" </dev/null
}

by_hand -i "$work/id" root@127.0.0.1 'id; touch '"$work/touched" \
    >"$work/answer" 2>&1 || true
[ "$(head -c 16 "$work/answer" | tr -d '\0')" = "$(printf '\x89LANDER\r\n\x1a\n\1')" ] ||
    fail "not lander-source's greeting: $(cat -v "$work/answer")"
[ ! -e "$work/touched" ] || fail "a command was run"
if by_hand -i "$work/id" -W "127.0.0.1:$port" root@127.0.0.1 >"$work/answer" 2>&1; then
    fail "forwarding works: $(cat -v "$work/answer")"
fi
if by_hand -i "$work/id" -s root@127.0.0.1 sftp >"$work/answer" 2>&1; then
    fail "there is an sftp server: $(cat -v "$work/answer")"
fi
grep -q '^subsystem request failed on channel' "$work/answer" ||
    fail "sftp was not refused: $(cat -v "$work/answer")"
by_hand -i "$work/id" nobody@127.0.0.1 >"$work/answer" 2>&1 &&
    fail "another user got in"
grep -q 'Permission denied (publickey)' "$work/answer" ||
    fail "other ways in than a key: $(cat "$work/answer")"

# A check finds nothing against it: there is nobody to hold back.
"$lander" check "hostkey=$pin" "identity=$work/id" \
    "ssh://root@127.0.0.1:$port/$work/source" >"$work/answer" 2>&1 ||
    fail "lander check: $(cat "$work/answer")"

fetch 4 "$work/source" "identity=$work/id" fence=poweroff
said 'this lander-source was started without --quiesce'

# Nor does a reader who knows the protocol get further than that.
printf '%s\n' 'track 0' 'prepare auto' 'quiesce freeze' poweroff nic |
    "$build/unit/source_machine" "ssh://root@127.0.0.1:$port/" "$pin" \
        "$work/id" "$work/source" >"$work/answer" 2>&1 ||
    fail "orders: $(cat "$work/answer")"
for order in 'track --track' 'prepare --quiesce' 'quiesce --quiesce' \
    'poweroff --fence' 'nic --fence'; do
    grep -q "^= ${order% *} failed.*started without ${order#* }" "$work/answer" ||
        fail "$order: $(cat "$work/answer")"
done

fetch 6 "$work/source" "identity=$work/stranger" reconnect=1s
said 'does not take the key of lander.identity'
told "127.0.0.1 was turned away: its key is ED25519 $(ssh-keygen -lf "$work/stranger.pub" | cut -d ' ' -f 2)"
pin=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA fetch 6 \
    "$work/source" "identity=$work/id" reconnect=1s
said 'is not the machine that lander.hostkey names'
end_serving

# --- a host key that is known beforehand ----------------------------------------------

for type in ed25519 rsa; do
    make_id "host_$type" $type
    source_mode "serve=$work/source" "serve.key=$(blob id)" \
        "serve.hostkey=$work/host_$type"
    [ "$pin" = "$(ssh-keygen -lf "$work/host_$type.pub" | cut -d ' ' -f 2)" ] ||
        fail "$type: it shows $pin"
    rm "$target"
    truncate -s 1M "$target"
    fetch 0 "$work/source" "identity=$work/id"
    same
    by_hand -i "$work/stranger" -l 'a from 9.9.9.9 port 1 ssh2: X' 127.0.0.1 \
        >"$work/answer" 2>&1 && fail "a stranger got in"
    told "127.0.0.1 was turned away: only root may log in here"
    end_serving
done

# --- the example of kickstart/, for this machine ---------------------------------------

make_id host_example
words=$(sed "s/#.*//; s|^lander.serve\$|lander.serve=$work/source|
    s|file:host_ed25519|$work/host_example|
    s|lander.serve.key=.*|lander.serve.key=$(blob id)|" \
    "$project/kickstart/serve.args" | tr '\n' ' ')
source_mode --cmdline="$words"
[ "$pin" = "$(ssh-keygen -lf "$work/host_example.pub" | cut -d ' ' -f 2)" ] ||
    fail "the example: it shows $pin"
rm "$target"
truncate -s 1M "$target"
fetch 0 "$work/source" "identity=$work/id"
same
end_serving
# As it stands, but for the place of its host key.
no_source_mode 2 --cmdline="$(sed 's/#.*//' "$project/kickstart/serve.args" | tr '\n' ' ')"
said 'no volume is labelled LANDER'

# --- a code that is read here and typed there ------------------------------------------

source_mode "serve=$work/source" serve.key=code
told 'and type there, when it asks:'
# Without a network of its own this test's machine may have no address to tell.
code=$(sed -n 's/.*when it asks: *//p' "$work/serving")
[ "${#code}" = 23 ] || fail "it shows the code '$code'"

# type_there STATUS LINE…: the target, on a terminal where LINEs are typed
more=()
type_there()
{
    local want=$1 status=0 line

    shift
    rm -f "$target"
    truncate -s 1M "$target"
    printf '%q ' timeout --foreground 60 "$lander" "source=ssh://root@127.0.0.1:$port/$work/source" \
        identity=code convert=none "disks=$target" "overwrite=$target" \
        "--log=$work/log" reconnect=1s "${more[@]}" >"$work/command"
    : >"$work/out"
    for line in "$@"; do
        # Each when it was asked for.
        until_true 30 asked_times "$line"
        printf '%s\n' "${line#*:}"
    done | script -qefc "sh $work/command" "$work/out" >"$work/terminal" ||
        status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(cat "$work/out")"
}

# "2:…" is typed behind the second question
asked_times()
{
    [ "$(grep -cE 'and Enter:|once more:' "$work/out")" -ge "${1%%:*}" ]
}

type_there 0 '1:not a code' "2:${code/[A-Z]/0}0" \
    "3:$(tr 'A-Z-' 'a-z ' <<<"$code")"
same
if grep -q "${code%%-*}-" "$work/log"; then
    fail "the code is in the log"
fi
# The session that would stop the source knows the code, too.
more=(fence=poweroff)
type_there 4 "1:$code"
said 'this lander-source was started without --quiesce'
# An image has no file systems that are mounted.
more=(mode=file)
type_there 4 "1:$code"
said 'the source does not tell of it'
more=()
# Somebody else's machine that shows a code of its own.
other=$code
end_serving
source_mode "serve=$work/source" serve.key=code
type_there 6 "1:$other"
said 'the code that was typed is not the one of this source'
[ "$(tr -d '\0' <"$target" | wc -c)" = 0 ] || fail "it wrote something"
end_serving

# --- a reader does not keep it from ending -------------------------------------------

source_mode "serve=$work/source" "serve.key=$(blob id)"
mkfifo "$work/fifo"
sleep 300 >"$work/fifo" &
at_exit kill $!
ssh -F none -p "$port" -i "$work/id" -o BatchMode=yes \
    -o StrictHostKeyChecking=no -o "UserKnownHostsFile=$work/known2" \
    root@127.0.0.1 <"$work/fifo" >/dev/null 2>&1 &
reader=$!
told '127.0.0.1 reads'
end_serving
until_true 20 sh -c "! kill -0 $reader 2>/dev/null"

[ "$(sha256sum <"$work/source")" = "$before" ] || fail "the source was changed"
