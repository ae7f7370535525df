#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Ways into a job: words that are wrong or out of place are refused by name; the
# facts of a machine; events and orders by a port of the host, which may as well
# not read at all.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
need jq script openssl ssh-keygen

ssh-keygen -q -t ed25519 -N '' -f "$work/id"
key=$(cut -d ' ' -f 2 "$work/id.pub")
words=(source=nbd://127.0.0.1:1/ "disks=$target")

# refused STATUS TEXT WORD…
refused()
{
    local want=$1 text=$2 status=0

    shift 2
    timeout 60 "$lander" "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "$*: status $status, not $want: $(cat "$work/out")"
    grep -qF -- "$text" "$work/out" || fail "$*: no '$text': $(cat "$work/out")"
}

# --- break= --------------------------------------------------------------------

# The names that people may use are those of the stages, in their order.
stages=$(sed -n '/^static const struct stage_row stages/,/^};/s/^\t{\(CUTOVER_STAGE\|"[a-z]*"\),.*/\1/p' \
    "$project/agent/run/migrate.c" | sed 's/CUTOVER_STAGE/final/; s/"//g' | xargs)
[ "$(wc -w <<<"$stages")" = 10 ] || fail "stages: $stages"
refused 2 "argument: lander.break: 'copy' is none of the stages: $stages" \
    "${words[@]}" break=full,copy
refused 2 "kernel command line: lander.break: 'fulll' is none of the stages: $stages" \
    --cmdline='lander.break=fulll'
refused 2 'lander.break: the list is empty' break= "${words[@]}"
refused 2 "has an empty entry" break=full,,commit "${words[@]}"
refused 2 'argument: lander.break needs lander.password, because no shell opens' \
    break=full "${words[@]}"
hash=$(openssl passwd -6 -salt abc sesame)
refused 2 'argument: lander.break is of the live system, and this is none' \
    break=full "password=$hash" "${words[@]}"
printf '%s\n' 'source nbd://127.0.0.1/' 'break full,commt' >"$work/bad.ks"
refused 2 "bad.ks:2: lander.break: 'commt' is none of the stages" ks-check "$work/bad.ks"

# --- sshd=, rescue= ----------------------------------------------------------

for bad in sesame "${key%????}" "$key,nonsense" "ssh-rsa $key" "command=\"sh\" $key" ''; do
    refused 2 'argument: lander.sshd: ' "sshd=$bad" "${words[@]}"
done
refused 2 'kernel command line: lander.sshd: ' --cmdline='lander.sshd=AAAA'
refused 2 'argument: lander.sshd is of the live system' "sshd=$key" "${words[@]}"
refused 2 'argument: lander.sshd takes port 22: give another lander.serve.port' \
    "sshd=$key" serve "serve.key=$key"
refused 2 "lander.rescue: 'all' is not one of: shell facts" rescue=all
refused 2 'argument: lander.rescue=shell is of the live system' rescue=shell
refused 0 'no job is run here, and nothing was written' rescue=facts \
    source=nothing://
for fact in 'machine: ' 'was started by ' 'processors: .* memory: ' 'disk: '; do
    grep -qE "^lander: .*$fact" "$work/out" || fail "no $fact in: $(cat "$work/out")"
done
"$lander" --explain "password=$hash" "sshd=$key" break=full >"$work/out"
grep -Eq 'lander\.break +full +argument' "$work/out" || fail "$(cat "$work/out")"
if grep -F "${hash:8}" "$work/out"; then
    fail "the hash is told"
fi

# --- port= ---------------------------------------------------------------------

refused 2 "argument: lander.port: 'a/b' is no name of a port" port=a/b "${words[@]}"
mkfifo "$work/orders"
exec 7<>"$work/orders"
# A terminal stands for the port; nothing but lander reads on its inner side.
script -qfc "tty >$work/tty; exec sleep 1000" /dev/null <"$work/orders" \
    >"$work/events" 2>&1 7>&- &
terminal=$!
at_exit kill $terminal
until_true 20 grep -q '^/dev/pts/' "$work/tty"
port=$(cat "$work/tty")
size=$((64 * 1000000 / 65536 * 65536))
head -c $size /dev/urandom >"$work/source"
truncate -s $size "$target"
serve file "$work/source"

# until FILTER: such a line came by the port
event()
{
    tr -d '\r' <"$work/events" | jq -R 'fromjson?' | jq -se "any(.[]; $1)" >/dev/null
}
order()
{
    printf '%s\n' "$1" >&7
}

"$lander" "source=$source_uri" "disks=$target" convert=none "overwrite=$target" \
    "port=$port" bwlimit=8M --log="$work/log" >"$work/out" 2>&1 7>&- &
agent=$!
until_true 60 event '.event == "stage" and .stage == "full"'
order pause
until_true 20 event '.event == "answer" and .order == "pause" and .exit_status == 0'
order status
until_true 20 event '.order == "status" and (.message | contains("paused by order"))'
order plan
until_true 20 event '.order == "plan" and (.message | contains("\n"))'
order 'throttle off'
order 'cutover'
until_true 20 event '.order == "cutover" and .exit_status == 3'
order resume
status=0
wait $agent || status=$?
[ $status = 0 ] || fail "status $status: $(tail -n 20 "$work/out")"
same
until_true 20 event '.event == "end" and .state == "done" and .receipt.disks[0].bytes > 0'
tr -d '\r' <"$work/events" | jq -cR 'fromjson? | select(.sequence)' |
    jq -es 'map(.sequence) == [range(1; length + 1)]' >/dev/null ||
    fail "events are missing: $(cat "$work/events")"

# The host does not read now (unit/run_port fills its room).
kill -STOP $terminal
copy 0 "port=$port" job="$(cat /proc/sys/kernel/random/uuid)"
same
kill -CONT $terminal
# Nor is there any.
copy 0 port=org.lander.nowhere \
    job="$(cat /proc/sys/kernel/random/uuid)"
same
