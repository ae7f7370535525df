#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kickstart/ssh-cutover.ks with this machine's addresses: a disk that is written
# to is copied, nothing is stopped before the time, then it is held still and the
# copy is equal; the report server and the syslog server are told, and %final is
# run.  A time that is over is refused, and told too.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"
. "$(dirname "$0")/lib-hook.sh"
need openssl jq script

size=$((192 * 1048576))
live_disk ext4
serve_ssh
begin_writing
goes_on
certificate server
printf 'the key\n' >"$work/report.key"
hook "$work/hook" server
report_port=$hook_port
hook_port=$(free_port)
mkfifo "$work/quiet"
exec 9<>"$work/quiet"
openssl s_server -quiet -accept "127.0.0.1:$hook_port" -cert "$work/server.pem" \
    -key "$work/server.key" <&9 >"$work/lines" 2>"$work/syslog.out" &
at_exit stop_hook "$!"
until_true 20 hook_listens

# example TIME: the file for this machine; nobody is switched off here
example()
{
    sed "s|@10\.0\.2\.2/sda|@127.0.0.1:$port/$loop|; s|SHA256:A*|$pin|
        s|file:id_ed25519|$identity|; s|file:report.key|$work/report.key|
        s|file:ca.pem|$work/server.pem|; s|at:2026-11-28T02:00Z|at:$1|
        s|https://10\.0\.2\.2/|https://127.0.0.1:$report_port/|
        s|tls://10\.0\.2\.2|tls://127.0.0.1:$hook_port|; /^fence  *poweroff/d" \
        "$project/kickstart/ssh-cutover.ks" >"$work/job.ks"
    ! grep -q '10\.0\.2\.2\|^fence\|SHA256:AAAA' "$work/job.ks" ||
        fail "another form of the example: $(cat "$work/job.ks")"
}

at=$(($(date +%s) + 25))
example "$(date -u -d "@$at" +%Y-%m-%dT%H:%M:%SZ)"
rm -f "$target"
truncate -s 1M "$target"
"$lander" --kickstart="$work/job.ks" convert=none "disks=$target" "overwrite=$target" \
    --log="$work/log" --control="$work/control" >"$work/out" 2>&1 &
agent=$!
until_true 60 is_said 'waiting for 20'
[ "$(stood_still)" = 0 ] || fail "it was stopped before its time"
goes_on
freeze_agent
[ "$(date +%s)" -ge "$at" ] || fail "it was stopped before its time"
note_still
thaw_agent
ended 0 'at its time'
equals_still
holds_acknowledged
goes_on
said 'from the quiesce to the commit'
grep -Eq "script - INFO - job [0-9a-f-]{36}: ssh://root@127\.0\.0\.1:$port/$loop is on $target now" \
    "$work/log" || fail "%final: $(cat "$work/log")"
until_true 20 grep -q 'done: ' "$work/lines"
last=$(find "$work/hook" -name '[0-9][0-9][0-9][0-9]' | sort | tail -n 1)
jq -e '.event == "end" and .exit_status == 0 and .receipt.job == .job and
    (.receipt.running_source | .rounds >= 1 and .downtime_s > 0) and .round >= 1 and .predicted_downtime_s > 0 and .downtime_s > 0' "$last" >/dev/null ||
    fail "the last report: $(cat "$last")"
jq -es '[.[] | select(.event == "stage") | .stage] | index("awaiting-cutover") != null or
    index("delta") != null' "$work"/hook/[0-9][0-9][0-9][0-9] >/dev/null ||
    fail "stages: $(cat "$work"/hook/[0-9][0-9][0-9][0-9])"
grep -qi '^X-Lander-Signature: sha256=[0-9a-f]\{64\}' "$last.head" || fail "$(cat "$last.head")"

# A night that is over.
example "$(date -u -d '-2 hours' +%Y-%m-%dT%H:%MZ)"
status=0
"$lander" --kickstart="$work/job.ks" convert=none "disks=$target" "overwrite=$target" \
    --log="$work/log" onfail=poweroff >"$work/out" 2>&1 || status=$?
[ "$status" = 3 ] || fail "status $status: $(cat "$work/out")"
grep -Eq 'script - INFO - job .*: stage [a-z]+, exit status 3: ' "$work/log" || fail "%fail: $(tail "$work/log")"
last=$(find "$work/hook" -name '[0-9][0-9][0-9][0-9]' | sort | tail -n 1)
jq -e '.event == "end" and .exit_status == 3' "$last" >/dev/null || fail "$(cat "$last")"
goes_on
end_writing
nothing_left
