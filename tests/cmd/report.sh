#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Who listens elsewhere is told all of a job, in order, signed, and nothing that
# is secret; and who does not listen, hangs, fails or is somebody else stops no
# job and slows none.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-hook.sh"
need openssl jq nbdkit

token=planted-token-51c0de
printf 'planted-key-7d11a9\n' >"$work/hmac"
certificate server
certificate other
head -c 2M /dev/urandom >"$work/source"
size=2097152
truncate -s 2M "$target"

url()
{
    echo "report=https://127.0.0.1:$hook_port/$token"
}

# job NAME STATUS WORD…: a copy of a file; its output, log and time in $work
job()
{
    local name=$1 want=$2 status=0

    shift 2
    timeout 200 "$lander" "source=${from:-$work/source}" "disks=$work/$name.target" convert=none \
        "overwrite=$work/$name.target" --log="$work/$name.log" \
        --status="$work/$name.status" "cacert=$work/server.pem" "$@" \
        >"$work/$name.out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "$name: status $status, not $want: $(cat "$work/$name.out")"
}

begin()
{
    truncate -s 2M "$work/$1.target"
}

holds()
{
    cmp "$work/source" "$work/$1.target" || fail "$1: the target is not the source"
}

# All events of a directory are JSON, their numbers without a gap from 1.
events()
{
    local all

    all=$(find "$1" -name '[0-9][0-9][0-9][0-9]' | sort)
    # shellcheck disable=SC2086 # words
    jq -es 'map(.sequence) == [range(1; length + 1)]' $all >/dev/null ||
        fail "$1: no JSON, or out of order: $(cat $all)"
    # shellcheck disable=SC2086
    jq -cs . $all >"$1.json"
}

# holds_true DIR FILTER
holds_true()
{
    jq -e "$2" "$1.json" >/dev/null || fail "$1: not $2: $(cat "$1.json")"
}

# A whole job, and its signatures.
hook "$work/whole" server
begin whole
job whole 0 "$(url)/\${mac}" "report.key=$work/hmac" loglevel=debug explain=yes
holds whole
events "$work/whole"
holds_true "$work/whole" '[.[] | select(.event == "stage") | .stage] ==
    ["probe", "check", "plan", "full", "verify", "convert", "commit"]'
holds_true "$work/whole" '.[-1] | .event == "end" and .state == "done" and
    .exit_status == 0 and .reason == "done" and .severity == "info"'
holds_true "$work/whole" '.[-1].receipt | .job and .version and
    (.disks[0] | .bytes == 2097152 and (.digest | length == 32))'
holds_true "$work/whole" '[.[] | .job] | unique | length == 1'
holds_true "$work/whole" 'all(.[]; .machine | has("uuid") and has("serial") and has("mac"))'
mac=$(jq -r '.[0].machine.mac' "$work/whole.json")
grep -qF "/$token/$mac HTTP" "$work/whole/0001.head" || fail "$(cat "$work/whole/0001.head")"
count=0
for head in "$work"/whole/*.head; do
    is=$(openssl dgst -sha256 -hmac planted-key-7d11a9 -r <"${head%.head}" | cut -d ' ' -f 1)
    grep -qixF "X-Lander-Signature: sha256=$is" "$head" || fail "not sha256=$is: $(cat "$head")"
    grep -qixF 'Content-Type: application/json' "$head" || fail "$(cat "$head")"
    count=$((count + 1))
done
[ "$count" -ge 8 ] || fail "$count events"
stop_hook "$hook_pid"

# Progress of a slow source, each 10 s; a server that failed gets all of it, in
# order, once it is mended.
hook "$work/slow" server '503 Busy'
nbdkit -r -U "$work/sock" -P "$work/pid" --filter=rate file "$work/source" rate=800K
until_true 20 test -s "$work/pid"
at_exit kill "$(cat "$work/pid")"
begin slow
from=$source_uri job slow 0 "$(url)" &
slow_pid=$!
until_true 60 test -e "$work/slow/0002.head"
# It is the first event that was asked twice.
[ "$(jq .sequence "$work/slow/0002")" = 1 ] || fail "another one than the first"
rm "$work"/slow/*
echo '200 OK' >"$work/slow.mode"
wait "$slow_pid" || fail "see above"
holds slow
rm -f "$work"/slow/0000*
jq -es 'map(.sequence) | . == (. | sort) and (unique | length) == max' "$work"/slow/[0-9][0-9][0-9][0-9] >/dev/null ||
    fail "lost or out of order: $(cat "$work"/slow/[0-9][0-9][0-9][0-9])"
jq -cs . "$work"/slow/[0-9][0-9][0-9][0-9] >"$work/slow.json"
holds_true "$work/slow" '[.[] | select(.event == "progress")] | length >= 1 and length <= 4 and
    all(.[]; .percent >= 0 and .bytes_total == 2097152 and .bytes_done <= 2097152 and
        .bytes_per_s >= 0 and (.message | test("left")))'
grep -c 'webhook - WARN' "$work/slow.log" | grep -qx 1 || fail "$(grep webhook "$work/slow.log")"
grep -q 'webhook - INFO - it takes them again' "$work/slow.log" || fail "$(cat "$work/slow.log")"
stop_hook "$hook_pid"

# A failure.
hook "$work/failure" server
begin failure
from=$work/nothing job failure 4 "$(url)"
events "$work/failure"
holds_true "$work/failure" '.[-1] | .event == "end" and .state == "failed" and .exit_status == 4 and
    .reason == "source" and .severity == "error" and (.error | length > 0) and (.hint | length > 0)'
begin words
job words 2 "$(url)" job=nonsense
events=("$work"/failure/[0-9][0-9][0-9][0-9])
jq -e '.event == "end" and .exit_status == 2 and .reason == "parameter"' \
    "${events[-1]}" >/dev/null ||
    fail "a bad word was not reported"
stop_hook "$hook_pid"

# Nobody there, one that hangs, one that always fails, somebody else: told once,
# and the job is as quick as without.  They wait for the last report together.
begin none
began=$(date +%s%N)
job none 0
usual=$((($(date +%s%N) - began) / 1000000))
pids=()
try()
{
    local name=$1

    begin "$name"
    job "$name" 0 "$(url)" &
    pids+=($!)
}
hook_port=$(free_port)
try down
hook "$work/hang" server hang
try hanging
hook "$work/five" server '500 No'
try failing
hook "$work/elsewhere" server '302 Elsewhere'
try redirected
hook "$work/wrong" other
try foreign
for pid in "${pids[@]}"; do
    wait "$pid" || fail "see above"
done
seconds_of()
{
    date -u -d "$(sed -n "/$2/{s/ - .*//p;q}" "$work/$1.log")" +%s%3N
}
for name in down hanging failing redirected foreign; do
    holds "$name"
    took=$(($(seconds_of "$name" 'report - INFO - done:') -
        $(seconds_of "$name" 'report - INFO - lander')))
    echo "# $name: $took ms to the end of the job; $usual ms for one without"
    [ "$took" -lt $((usual * 4 + 4000)) ] || fail "$name: it took $took ms, $usual ms without"
    [ "$(grep -c 'webhook - WARN .*the job goes on' "$work/$name.log")" = 1 ] ||
        fail "$name: not told once: $(grep webhook "$work/$name.log")"
    grep -q '^lander: .* - webhook - WARN - ' "$work/$name.out" || fail "$name: not told"
    jq -e '.state == "done"' "$work/$name.status" >/dev/null || fail "$(cat "$work/$name.status")"
done
grep -q 'does not prove.*; lander.cacert= names the authority' "$work/foreign.log" || fail "$(grep webhook "$work/foreign.log")"
grep -q 'the last reports' "$work/redirected.log" && fail "a redirect was waited for"
[ -z "$(ls "$work/wrong")" ] || fail "somebody else was told"

# Bad words.
for word in report=http://127.0.0.1/x report=ftp://x report=https:// \
    "report.key=$work/hmac" syslog=127.0.0.1 syslog=tcp://127.0.0.1:0 \
    syslog=udp:// 'syslog=tls://[::1' syslog=tcp://127.0.0.1:99999 syslog=http://127.0.0.1; do
    begin words
    job words 2 "$word"
    grep -q 'argument: lander\.\(report\|syslog\)' "$work/words.out" ||
        fail "$word: $(cat "$work/words.out")"
done
job words 2 report=https://127.0.0.1/ "report.key=$work/nothing"
grep -q 'lander.report.key' "$work/words.out" || fail "$(cat "$work/words.out")"

# No secret anywhere.
! grep -rlF -e "$token" -e planted-key "$work"/*.out "$work"/*.log "$work"/*.status \
    "$work"/*.json || fail "a secret got out"
