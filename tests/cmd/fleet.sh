#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The files of kickstart/fleet with this machine's addresses: two machines of a
# fleet get their own words by https, with those that all have in common, whole
# or not at all; what is wrong in either file is told by its line.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-hook.sh"
need openssl jq

size=$((4 * 1048576))
serve_ssh
certificate server
hook "$work/hook" server
web_port=$(free_port)
url=https://127.0.0.1:$web_port
mkdir -p "$web/jobs" "$web/keys"
cp "$identity" "$web/keys/migrate"
# -WWW gives each file its status line.
serve_web()
{
    start_web openssl s_server -accept "127.0.0.1:$web_port" -WWW \
        -cert "$work/server.pem" -key "$work/server.key"
}
serve_web

# The examples for this machine; nobody is switched off here.
example()
{
    sed "s|root@192\.168\.77\.1\([12]\)/sda|root@127.0.0.1:$port/$work/source\1|
        s|SHA256:A*$|$pin|; s|https://192\.168\.77\.1:8443/|https://127.0.0.1:$hook_port/|
        s|https://192\.168\.77\.1/|$url/|; /^fence  *poweroff/d" "$1"
}
for file in "$project"/kickstart/fleet/*.ks; do
    "$lander" ks-check "$file" >"$work/out" 2>&1 || fail "$(cat "$work/out")"
    example "$file" >"$web/jobs/${file##*/}"
    ! grep -v '^#' "$web/jobs/${file##*/}" | grep -q '192\.168\|SHA256:AAAA\|^fence' ||
        fail "another form of the example: $file"
done
"$lander" ks-check "$project/kickstart/fleet/52-54-00-00-77-02.ks" >"$work/out"
grep -q '9 parameters, 1 script$' "$work/out" || fail "$(cat "$work/out")"

# run STATUS N WORD…: machine N of the fleet
run()
{
    local want=$1 n=$2 status=0

    shift 2
    timeout 100 "$lander" "config=$url/jobs/52-54-00-00-77-0$n.ks" \
        "cacert=$work/server.pem" convert=none "disks=$work/target$n" \
        --log="$work/log" "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] || fail "status $status, not $want: $(cat "$work/out")"
}
explain()
{
    run "$1" "$2" --explain "${@:3}"
}
is()
{
    grep -Eq -- "$1" "$work/out" || fail "no '$1' in: $(cat "$work/out")"
}
before()
{
    truncate -s 0 "$work/target$1"
    truncate -s 5M "$work/target$1"
}

for n in 1 2; do
    head -c "$size" /dev/urandom >"$work/source$n"
    before $n
    run 0 $n
    cmp -n "$size" "$work/source$n" "$work/target$n" || fail "the copy $n differs"
    grep -q "fleet: ssh://root@127\.0\.0\.1:$port/$work/source$n is on $work/target$n now" \
        "$work/log" || fail "%final: $(tail "$work/log")"
done
last=$(find "$work/hook" -name '[0-9][0-9][0-9][0-9]' | sort | tail -n 1)
jq -e '.event == "end" and .exit_status == 0' "$last" >/dev/null || fail "$(cat "$last")"

# Whose word counts, and where it stands.
explain 0 1
is "^lander: lander\.source +ssh://.* +52-54-00-00-77-01\.ks:5$"
is '^lander: lander\.bwlimit +50M +fleet\.ks:7$'
is '^lander: %final .* fleet\.ks:'
explain 0 2
is '^lander: lander\.bwlimit +off +52-54-00-00-77-02\.ks:6$'
is '^lander: lander\.downtime +5m +fleet\.ks:9$'
explain 0 2 downtime=9s
is '^lander: lander\.downtime +9s +argument$'

# --- what is wrong ------------------------------------------------------------

base=$web/jobs/fleet.ks
cp "$base" "$work/fleet.ks"
own=$web/jobs/52-54-00-00-77-01.ks
cp "$own" "$work/own.ks"
before 1
sum=$(sha256sum <"$work/target1")

# wrong TEXT: refused with it, twice as it is told: nothing touched
wrong()
{
    run 2 1 reconnect=2s "${@:2}"
    is "$1"
    [ "$(sha256sum <"$work/target1")" = "$sum" ] || fail "the target was touched"
    if grep -q 'planted' "$work/out"; then
        fail "it repeats what may be a secret"
    fi
}

printf 'downtme planted\nloglevel wiat\n' >>"$base"
line=$(wc -l <"$base")
wrong "argument: lander\.config: fleet\.ks:$((line - 1)): lander\.downtme: no such parameter"
is "fleet\.ks:$line: lander\.loglevel: 'wiat' is not one of"
"$lander" ks-check "$own" >"$work/out" 2>&1 && fail "$(cat "$work/out")"
is "^$web/jobs/fleet\.ks:$((line - 1)): lander\.downtme"
is "^$web/jobs/fleet\.ks:$line: lander\.loglevel"
cp "$work/fleet.ks" "$base"
echo "config $url/x.ks" >>"$base"
wrong "fleet\.ks:$line: lander\.config can't stand in the file|fleet\.ks:[0-9]+: lander\.config can't stand"
cp "$work/fleet.ks" "$base"
echo '%include other.ks' >>"$base"
wrong 'fleet\.ks:[0-9]+: a file that is included includes no other'
"$lander" ks-check "$own" >"$work/out" 2>&1 && fail "$(cat "$work/out")"
is "$web/jobs/fleet\.ks:[0-9]+: a file that is included includes no other"
rm "$base"
"$lander" --explain "config=$own" >"$work/out" 2>&1 && fail "$(cat "$work/out")"
is "argument: lander\.config: $own:4: %include: .*$base.*No such file"
"$lander" ks-check "$own" >"$work/out" 2>&1 && fail "$(cat "$work/out")"
is "^$own:4: %include: $base: No such file"
cp "$work/fleet.ks" "$base"
for place in file:fleet.ks cred:fleet.ks fw_cfg:opt/fleet; do
    sed "s|^%include .*|%include $place|" "$work/own.ks" >"$own"
    wrong '01\.ks:4: %include: what comes from a server names no place of this machine'
done
sed "s|^%include .*|%include \${planted}.ks|" "$work/own.ks" >"$own"
run 2 1
is "01\.ks:4: %include: '\\$\{planted\}' is none of"
sed "s|^%include .*|%include http://127.0.0.1:1/fleet.ks|" "$work/own.ks" >"$own"
wrong '01\.ks:4: %include: it needs --sha256=, as https leads to another transport'
printf '%s\n' '%include fleet.ks' 'downtime 1m' 'downtime 2m' >"$own"
wrong '01\.ks:3: lander\.downtime is given twice'
cp "$work/own.ks" "$own"
timeout 20 "$lander" --kickstart="$own" "disks=$work/target1" >"$work/out" 2>&1 && fail "it ran"
is "$own:4: %include stands only in the file that lander\.config names"

# --- pinned -------------------------------------------------------------------

pin_sum()
{
    sha256sum <"$1" | cut -d ' ' -f 1
}
explain 2 1 "config.sha256=$(pin_sum "$own")"
is '01\.ks:4: %include: it needs --sha256=, as lander\.config\.sha256 is given'
sed "s|^%include .*|& --sha256=$(pin_sum "$base")|" "$work/own.ks" >"$own"
explain 0 1 "config.sha256=$(pin_sum "$own")"
is '^lander: lander\.bwlimit +50M +fleet\.ks:7$'
"$lander" ks-check "$own" >"$work/out" 2>&1 || fail "$(cat "$work/out")"
echo 'loglevel debug' >>"$base"
wrong '01\.ks:4: %include: fleet\.ks: its SHA-256 is another'
"$lander" ks-check "$own" >"$work/out" 2>&1 && fail "$(cat "$work/out")"
is "^$own:4: %include: $base: its SHA-256 is another"

# A server that comes late, as with the file itself.
cp "$work/fleet.ks" "$base"
cp "$work/own.ks" "$own"
stop_web
timeout 100 "$lander" --explain "config=$own" "cacert=$work/server.pem" \
    >"$work/out" 2>&1 || fail "from a path: $(cat "$work/out")"
is "^lander: lander\.bwlimit +50M +$base:7$"
sed "s|^%include .*|%include $url/jobs/fleet.ks|" "$work/own.ks" >"$work/far.ks"
timeout 100 "$lander" --explain "config=$work/far.ks" "cacert=$work/server.pem" \
    reconnect=60s >"$work/out" 2>&1 &
late=$!
until_true 20 grep -q 'no job yet, asking again: .*far\.ks:4: %include: fleet\.ks' "$work/out"
serve_web
wait "$late" || fail "it did not wait: $(cat "$work/out")"
is '^lander: lander\.bwlimit +50M +fleet\.ks:7$'
