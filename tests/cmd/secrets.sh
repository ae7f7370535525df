#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every place of a job that may hold a secret holds one here, and the job is done,
# fails, is refused, planned, explained, checked, aborted and asked: no log, no
# output, no status, no report, no line of syslog and no command line of a
# process has any of them.
# limit: 200
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-hook.sh"
need openssl busybox nbdkit

# All of them have this in them.
secret=pl4nted-5ecret
# Among processes of its own, whose command lines are looked at.
if [ -z "${LANDER_PIDNS:-}" ]; then
    LANDER_PIDNS=1 exec unshare -p --fork --kill-child \
        --propagation unchanged --mount-proc bash "$0"
fi
size=2097152
head -c $size /dev/urandom >"$work/source"
printf '%s-key\n' $secret >"$work/$secret.hmac"
mv "$work/$secret.hmac" "$work/hmac"
certificate server
certificate machine
{
    cat "$work/machine.pem" "$work/machine.key"
    echo "# $secret"
} >"$work/machine-both.pem"
hook "$work/hook" server
report_port=$hook_port

# A syslog server: each line as it comes.
hook_port=$(free_port)
mkfifo "$work/quiet"
exec 9<>"$work/quiet"
(while :; do busybox nc -l -p "$hook_port" <&9 || :; done >>"$work/syslog") 2>/dev/null &
at_exit kill $!
until_true 20 hook_listens
syslog_port=$hook_port

# The rest of the job, by a URL that is one itself.
web_port=$(free_port)
mkdir "$web/$secret"
printf '%s\n' "luks $secret two words" "password \$6\$$secret\$x" >"$web/$secret/job"
start_web busybox httpd -f -p "127.0.0.1:$web_port" -h .

# What a script sees of all processes and of what it is told itself; but for the
# script's own text, which is in none of it.
look()
{
    cat <<END
%$1
: $secret
cat /proc/[0-9]*/cmdline >>$work/processes 2>/dev/null
tr '\\0' '\\n' </proc/self/environ >>$work/environment
echo "the word of $1"
%end
END
}

job=$work/job.ks
# write_job LINE…
write_job()
{
    {
        printf '%s\n' "source nbd+unix:///?socket=$work/sock" "disks $work/target" \
            "config http://me:$secret@127.0.0.1:$web_port/$secret/job?t=$secret" \
            "report https://me:$secret@127.0.0.1:$report_port/$secret?t=$secret" \
            "report.key $work/hmac" "syslog tcp://127.0.0.1:$syslog_port" \
            "cacert $work/server.pem" "clientcert $work/machine-both.pem" \
            'loglevel debug' 'explain yes' "$@"
        look pre
        look final
        look fail
    } >"$job"
}

# No file but those that hold one by order.
clean()
{
    local file

    for file in "$work"/*.out "$work"/log "$work"/status "$work"/processes \
        "$work"/environment "$work"/syslog "$work"/answer "$work"/hook/[0-9]*[0-9]; do
        [ -e "$file" ] || continue
        ! grep -aq "$secret" "$file" ||
            fail "$1: ${file##*/}: $(grep -am 3 "$secret" "$file")"
    done
}

# run NAME STATUS ARG…
run()
{
    local name=$1 want=$2 status=0

    shift 2
    rm -f "$work/target"
    truncate -s 2M "$work/target"
    timeout 100 "$lander" "--kickstart=$job" --log="$work/log" --status="$work/status" \
        --control="$work/control" "$@" >"$work/$name.out" 2>&1 || status=$?
    [ "$status" = "$want" ] || fail "$name: status $status, not $want: $(cat "$work/$name.out")"
    clean "$name"
}

tells()
{
    grep -Eq -- "$2" "$work/$1.out" || fail "$1 does not tell '$2': $(cat "$work/$1.out")"
}

serve file "$work/source"
write_job 'convert none'
run 'done' 0
cmp "$work/source" "$work/target"
tells 'done' '^lander: lander\.luks +\(set\) +http://127\.0\.0\.1:[0-9]*/…:1$'
tells 'done' '^lander: lander\.password +\(set\)'
tells 'done' '^lander: lander\.config +http://127\.0\.0\.1:[0-9]*/… '
tells 'done' '^lander: lander\.report +https://127\.0\.0\.1:[0-9]*/… '
# The test itself would see them.
grep -aq 'the word of final' "$work/log" || fail "no script"
grep -aq -- '--kickstart=' "$work/processes" || fail "no process was seen"
grep -q '^LANDER_SOURCE=nbd' "$work/environment" || fail "no environment was seen"
grep -q 'lander\.luks *(set)' "$work/syslog" || fail "no syslog: $(cat "$work/syslog")"
grep -q '"receipt"' "$work"/hook/[0-9]*[0-9] || fail "no receipt was reported"
grep -q "^POST /$secret" "$work"/hook/*.head || fail "another URL"
grep -qr "$secret" "$web" "$job" || fail "nothing was planted"
run explain 0 --explain
run dryrun 0 dryrun
printf 'x' | dd of="$work/full" bs=1M seek=1 conv=notrunc status=none
run refused 3 "disks=$work/full"
tells refused '^lander: .*(not empty|holds|overwrite)'
run words 2 after=fly onfail=shell job=x

# Failures of the places themselves, with the secret in them.
write_job 'convert none' "identity https://me:$secret@127.0.0.1:1/$secret?t=$secret"
run no-identity 6 source=ssh://root@127.0.0.1:1/ \
    hostkey=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
tells no-identity '^lander: lander\.identity +https://127\.0\.0\.1:1/… '
write_job 'convert none'
stop_web
run no-config 6 reconnect=1s
start_web busybox httpd -f -p "127.0.0.1:$web_port" -h .
rm "$web/$secret/job"
run gone 2 reconnect=1s
printf '%s\n' "luks $secret" "luks $secret" "$secret" "password $secret" >"$web/$secret/job"
run bad-config 2 reconnect=1s
tells bad-config ':2: lander\.luks is given twice'
rm "$web/$secret/job"
printf '%s\n' "luks $secret" >"$web/$secret/job"
stop_server
run no-source 6 reconnect=1s
serve_again file "$work/source"

# Where it does not belong: in an address, in the place of its place.
for words in "source=ssh://root:$secret@127.0.0.1/sda" "jump=ssh://j:$secret@127.0.0.1" \
    "source=nbd://u:$secret/x@127.0.0.1/" "syslog=tcp://me:$secret@127.0.0.1" \
    "report.key=$secret" "identity=$secret" "clientcert=$secret" "config=$secret" \
    "source=https://127.0.0.1/$secret.raw?t=$secret" \
    "config=ftp://me:$secret@127.0.0.1/$secret" "report=http://me:$secret@127.0.0.1/$secret"; do
    printf '%s\n' "${words%%=*} ${words#*=}" "disks $work/target" 'dryrun' >"$job"
    case $words in
    source=*) ;;
    *) echo "source $work/source" >>"$job" ;;
    esac
    for how in --explain explain=yes; do
        rm -f "$work/misplaced.out"
        timeout 60 "$lander" "--kickstart=$job" --log="$work/log" --status="$work/status" \
            reconnect=1s $how >"$work/misplaced.out" 2>&1 || :
        [ -s "$work/misplaced.out" ] || fail "$words: nothing is said"
        clean "$words"
    done
    "$lander" ks-check "$job" >"$work/ks-check.out" 2>&1 || :
    clean "ks-check of $words"
done
printf '%s\n' "# words" "lander.source=$work/source" "lander.luks= $secret" >"$work/words"
"$lander" --explain --cmdline="$(tail -n 1 "$work/words") lander.luks=$secret lander.pasword=$secret" \
    >"$work/cmdline.out" 2>&1 && fail "taken"
clean cmdline
"$lander" check "ssh://root:$secret@127.0.0.1:1/sda" >"$work/check.out" 2>&1 && fail "taken"
"$lander" check --json "jump=ssh://j:$secret@127.0.0.1:1" ssh://127.0.0.1:1/ >"$work/check-json.out" 2>&1 &&
    fail "taken"
clean check

# While it runs: what it answers, and its end by an order.
stop_server
serve_again --filter=rate file "$work/source" rate=2M
write_job 'convert none'
rm -f "$work/target" "$work/status"
truncate -s 2M "$work/target"
"$lander" "--kickstart=$job" --log="$work/log" --status="$work/status" \
    --control="$work/control" >"$work/ordered.out" 2>&1 &
agent=$!
until_true 60 grep -qs '"stage": *"full"' "$work/status"
for order in status plan pause 'throttle 1M' resume plan status abort; do
    # shellcheck disable=SC2086 # words
    "$lander" $order "--control=$work/control" >>"$work/answer" 2>&1 ||
        fail "$order: $(tail -n 1 "$work/answer")"
    cat /proc/[0-9]*/cmdline >>"$work/processes" 2>/dev/null || :
done
status=0
wait $agent || status=$?
[ "$status" = 10 ] || fail "aborted: $status"
grep -q full "$work/answer" || fail "no answers: $(cat "$work/answer")"
clean ordered
