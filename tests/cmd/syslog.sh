#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A syslog server gets every line of a job, framed, over TCP and TLS; one that
# is gone, stands still or is somebody else stops no job; and no secret of the
# job goes there or to a webhook.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-hook.sh"
need openssl busybox jq

certificate server
certificate other
head -c 2M /dev/urandom >"$work/source"
size=2097152
log_pid=
# Their own side of a connection stays open: nothing is ever said there.
mkfifo "$work/quiet"
exec 9<>"$work/quiet"

# job NAME STATUS WORD…
job()
{
    local name=$1 want=$2 status=0 began

    shift 2
    truncate -s 2M "$work/$name.target"
    rm -f "$work/$name.log"
    began=$(date +%s)
    timeout 100 "$lander" "source=$work/source" "disks=$work/$name.target" convert=none \
        "overwrite=$work/$name.target" --log="$work/$name.log" "$@" \
        >"$work/$name.out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "$name: status $status, not $want: $(cat "$work/$name.out")"
    took=$(($(date +%s) - began))
    [ "$want" != 0 ] || cmp "$work/source" "$work/$name.target" || fail "$name: not the source"
}

stop_log()
{
    [ -z "$log_pid" ] || kill -KILL "$log_pid" 2>/dev/null || true
    log_pid=
}
at_exit stop_log

# listen_with PROGRAM…: what it prints goes into $work/lines
listen_with()
{
    stop_log
    "$@" >"$work/lines" 2>"$work/server.log" <&9 &
    log_pid=$!
    until_true 20 hook_listens
}

# Takes the frames apart by their length: a wrong one shows nothing but rubbish.
unframe()
{
    local LC_ALL=C length message

    while IFS= read -r -d ' ' length; do
        [[ $length =~ ^[1-9][0-9]*$ ]] || fail "a frame begins with '$length'"
        IFS= read -r -N "$length" message
        printf '%s\n' "$message"
    done <"$work/lines" >"$work/plain"
}

form='^<(27|28|30)>1 [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}Z [^ ]+ lander [0-9]+ - \[lander@32473( (job|uuid|serial|mac)="[^"]*")*\] .+$'

# all_of NAME: what was said since the words were read is there, in order
all_of()
{
    until_true 10 grep -q 'done: ' "$work/lines"
    unframe
    ! grep -vE "$form" "$work/plain" || fail "another form, see above"
    sed -n '1,/^lander: stage probe/!{s/^lander: //p}' "$work/$1.out" |
        sed 's/^[0-9T:.-]*Z - //' >"$work/said"
    sed 's/^[^]]*\] //' "$work/plain" | sed '0,/^stage probe/d' >"$work/heard"
    diff "$work/said" "$work/heard" || fail "$1: not all, or not in order"
    [ "$(wc -l <"$work/heard")" -ge 8 ] || fail "$1: few lines"
    grep -q ' job="[0-9a-f-]\{36\}"' "$work/plain" || fail "$1: no job"
}

hook_port=$(free_port)
listen_with busybox nc -l -p "$hook_port"
job tcp 0 "syslog=tcp://127.0.0.1:$hook_port"
all_of tcp

hook_port=$(free_port)
listen_with openssl s_server -quiet -accept "127.0.0.1:$hook_port" \
    -cert "$work/server.pem" -key "$work/server.key"
job tls 0 "syslog=tls://127.0.0.1:$hook_port" "cacert=$work/server.pem"
all_of tls
: >"$work/lines"
job failure 2 "syslog=tls://127.0.0.1:$hook_port" "cacert=$work/server.pem" job=nonsense
until_true 10 grep -q 'exit status: 2' "$work/lines"
grep -q '<27>1 [^]]*\] probe failed: .*lander.job' "$work/lines" || fail "$(cat "$work/lines")"
pin=sha256//$(openssl x509 -in "$work/server.pem" -noout -pubkey |
    openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | openssl base64 -A)
: >"$work/lines"
job pinned 0 "syslog=tls://127.0.0.1:$hook_port" "cacert=$pin"
until_true 10 grep -q 'done: ' "$work/lines"

# An authority below another one vouches for both; whoever shows no certificate
# is refused, and told why.
below()
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj "/CN=$1" -addext "subjectAltName=IP:127.0.0.1" -CA "$work/$2.pem" \
        -CAkey "$work/$2.key" -addext "basicConstraints=critical,CA:$3" \
        -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
}
stop_log
certificate root
below middle root TRUE
below leaf middle FALSE
below client middle FALSE
cat "$work/client.pem" "$work/middle.pem" "$work/client.key" >"$work/client.all"
hook_port=$(free_port)
listen_with openssl s_server -quiet -accept "127.0.0.1:$hook_port" -tls1_2 \
    -cert "$work/leaf.pem" -key "$work/leaf.key" -CAfile "$work/root.pem" \
    -Verify 2 -verify_return_error
for trust in "$work/middle.pem" "$work/leaf.pem"; do
    : >"$work/lines"
    job chain 0 "syslog=tls://127.0.0.1:$hook_port" "cacert=$trust" "clientcert=$work/client.all"
    until_true 10 grep -q 'done: ' "$work/lines"
done
leaf=sha256//$(openssl x509 -in "$work/leaf.pem" -noout -pubkey |
    openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | openssl base64 -A)
job unknown 0 "syslog=tls://127.0.0.1:$hook_port" "cacert=$leaf"
grep 'syslog - WARN' "$work/unknown.log" | grep -q 'handshake\|certificate required' ||
    fail "$(grep syslog "$work/unknown.log")"
grep -q 'does not prove' "$work/unknown.log" && fail "$(grep syslog "$work/unknown.log")"
openssl ec -aes256 -passout pass:x -in "$work/client.key" -out "$work/locked.key" 2>/dev/null
cat "$work/client.pem" "$work/locked.key" >"$work/locked"
job locked 0 "syslog=tls://127.0.0.1:$hook_port" "cacert=$leaf" "clientcert=$work/locked"
grep -q 'syslog - WARN.*no certificate with its key' "$work/locked.log" ||
    fail "$(grep syslog "$work/locked.log")"
stop_log
hook_port=$(free_port)
listen_with openssl s_server -quiet -accept "127.0.0.1:$hook_port" \
    -cert "$work/server.pem" -key "$work/server.key"

# Somebody else, told once; nothing is said to it.
: >"$work/lines"
for who in "$work/other.pem" "${pin/sha256\/\/?????/sha256//AAAAA}"; do
    job foreign 0 "syslog=tls://127.0.0.1:$hook_port" "cacert=$who"
    [ "$took" -lt 12 ] || fail "foreign: $took s"
    [ "$(grep -c 'syslog - WARN' "$work/foreign.log")" = 1 ] || fail "$(cat "$work/foreign.log")"
done
[ ! -s "$work/lines" ] || fail "somebody else was told: $(cat "$work/lines")"

# A server that stands still, and none.
kill -STOP "$log_pid"
job still 0 "syslog=tls://127.0.0.1:$hook_port" "cacert=$work/server.pem"
[ "$took" -lt 25 ] || fail "still: $took s"
stop_log
job down 0 "syslog=tcp://127.0.0.1:$(free_port)"
[ "$took" -lt 25 ] || fail "down: $took s"
[ "$(grep -c 'syslog - WARN' "$work/down.log")" = 1 ] || fail "$(cat "$work/down.log")"
job datagrams 0 "syslog=udp://127.0.0.1:$(free_port)"
[ "$took" -lt 12 ] || fail "datagrams: $took s"

# Secrets of a job go to nobody.
hook "$work/hook" server
listen_port=$hook_port
hook_port=$(free_port)
listen_with busybox nc -l -p "$hook_port"
printf 'planted-key-99\n' >"$work/hmac"
printf '%s\n' 'luks planted-phrase-99' 'password $6$planted-hash-99' \
    "report https://127.0.0.1:$listen_port/planted-token-99" "report.key $work/hmac" \
    "syslog tcp://127.0.0.1:$hook_port" 'explain yes' 'loglevel debug' >"$work/job.ks"
job secrets 0 "--kickstart=$work/job.ks" "cacert=$work/server.pem"
grep -q 'lander.luks *(set)' "$work/lines" || fail "$(cat "$work/lines")"
[ -s "$work/hook/0008" ] || fail "few events"
! grep -l 'planted' "$work/lines" "$work/secrets.log" "$work/secrets.out" \
    "$work"/hook/[0-9][0-9][0-9][0-9] || fail "a secret got out"
