#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Ways into a job: a shell before a stage, for who has the password; sshd for who
# has the key; the port to the host, with events and orders; a webhook.  What is
# aborted by the port is tried again by it, and the copy is whole.
# limit: 600
# shellcheck source=tests/vm/lib-handover.sh
. "$(dirname "$0")/lib-handover.sh"
# shellcheck source=tests/cmd/lib-hook.sh
. "$project/tests/cmd/lib-hook.sh"
need ssh ssh-keygen ssh-keyscan jq openssl

guest tiny
serve "$source_disk"
disk=$(target disk 64)
hash=$("$project/tools/in-root" openssl passwd -6 -salt abc 'open sesame')
ssh-keygen -q -t ed25519 -N '' -f "$work/id"
ssh-keygen -q -t ed25519 -N '' -f "$work/stranger"
ssh_port=$(free_port)
certificate hook
hook "$work/told" hook
pin=$(openssl x509 -in "$work/hook.pem" -noout -pubkey |
    openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64)
events=$work/events
mkfifo "$work/orders"
exec 7<>"$work/orders"

# $1: an order to the port
order()
{
    printf '%s\n' "$1" >&7
}

# until_event FILTER: such a line came by the port
event()
{
    jq -R 'fromjson?' "$events" | jq -se "any(.[]; $1)" >/dev/null
}
until_event()
{
    until_true 60 event "$1"
}

# As the person with key $1, or with none of it: command $2…
person()
{
    local key=$1

    shift
    ssh -p "$ssh_port" -i "$work/$key" -o IdentitiesOnly=yes \
        -o UserKnownHostsFile="$work/known" -o StrictHostKeyChecking=yes \
        -o BatchMode=yes -o ConnectTimeout=60 root@127.0.0.1 "$@"
}

direct --disk "$disk" --port org.lander.0 \
    --nic "user,hostfwd=tcp:127.0.0.1:$ssh_port-:22;virtio-net-pci" \
    --append "lander.source=$uri lander.convert=none lander.after=wait
        lander.break=full lander.password=$hash
        lander.sshd=$(cut -d ' ' -f 2 "$work/id.pub")
        lander.report=https://10.0.2.2:$hook_port/x lander.cacert=sha256//$pin"
socat - "UNIX-CONNECT:$vm/port" <&7 >"$events" &
at_exit kill_server $!

echo "# 1: the break"
line=$(console "$boot_s" '^lander: sshd: .* host key is SHA256:')
console "$boot_s" '^lander: break before the stage full, as lander.break asks'
console 10 '^lander: .*a shell opens on /dev/ttyS0 for who has the password'
console 30 'Enter root password for system maintenance'
[ "$(tr -d '\0' <"$disk" | head -c 1 | wc -c)" = 0 ] || fail "written to before the break"
until_event '.event == "state" and .state == "break" and .stage == "full"'

echo "# 2: sshd"
ssh-keyscan -T 30 -p "$ssh_port" -t ed25519 127.0.0.1 >"$work/known" 2>/dev/null
print=$(ssh-keygen -lf "$work/known" | cut -d ' ' -f 2)
case $line in
*"host key is $print "*) ;;
*) fail "another host key than it says: $print" ;;
esac
person id 'lander status; lander rescue=facts; tty' >"$work/seen" || :
cat "$work/seen"
grep -q '^lander: break, stage full' "$work/seen" || fail "no status over SSH"
grep -q '^lander: disk: /dev/vda, 64.0 MiB.*: blank' "$work/seen" || fail "no facts"
console 20 'lander: sshd: somebody logged in, from 10.0.2.2 '
if person stranger true 2>"$work/refusal"; then
    fail "a stranger got in"
fi
grep -q 'Permission denied (publickey)' "$work/refusal" || fail "$(cat "$work/refusal")"

echo "# 3: orders by the port"
order status
until_event '.event == "answer" and .order == "status" and .exit_status == 0 and
    (.message | startswith("break, stage full"))'
order 'rm -rf /'
until_event '.event == "answer" and .exit_status == 2'
order plan
until_event '.order == "plan" and (.message | contains("/dev/vda"))'
order abort
until_event '.order == "abort" and .exit_status == 0'
until_event '.event == "end" and .reason == "aborted"'
console 30 '^lander: .*exit status: 10'
[ "$(tr -d '\0' <"$disk" | head -c 1 | wc -c)" = 0 ] || fail "written to by an aborted job"
here
order retry
until_event '.order == "retry" and .exit_status == 0'

echo "# 4: the shell of the break"
console_since 60 '^lander: break before the stage full'
console_since 30 'Enter root password for system maintenance'
shell_answers()
{
    type_line 'echo SHELL-$((40+2))'
    "$run_vm" wait "$vm" 3 '^SHELL-42'
}
type_line 'open sesame'
until_true 30 shell_answers
here
type_line 'exit'
console_since 30 '^lander: going on with the stage full'
console_since 120 '^lander: done: '
until_event '.event == "end" and .state == "done" and .exit_status == 0'
same_disk "$source_disk" "$disk"

# The webhook heard the same, and nobody heard the hash.
jq -es 'any(.[]; .state == "break") and any(.[]; .reason == "aborted") and
    any(.[]; .event == "end" and .state == "done")' \
    "$work"/told/[0-9][0-9][0-9][0-9] >/dev/null || fail "the webhook was not told"
if { console_text; cat "$events" "$work"/told/*; } | grep -aF "${hash:5}" >/dev/null; then
    fail "the hash was told"
fi
