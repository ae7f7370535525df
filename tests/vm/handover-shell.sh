#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# onfail=shell: no password in the job, no shell; a wrong one, no shell; the right
# one opens it, and leaving it tries the job again. onfail=reboot reboots.
# limit: 600
# shellcheck source=tests/vm/lib-handover.sh
. "$(dirname "$0")/lib-handover.sh"

disk=$(target disk 64)
hash=$("$project/tools/in-root" openssl passwd -6 -salt abc 'open sesame')
start=(--firmware bios --disk "$disk" --memory 512)
source=lander.source=nbd://10.0.2.2:1/

echo "# 1: no password in the job"
machine "${start[@]}" --args "lander.onfail=shell $source"
console "$boot_s" '^lander: .*lander.onfail: .shell. needs lander.password'
console 10 '^lander: .*exit status: 2'
console 10 '^lander: no shell opens without lander.password'
console 10 '^lander: waiting after the failure above; this machine waits'
type_line 'echo SHELL-$((40+1))'
lander_started 1
no_prompt
pull_plug

echo "# 2: asked for"
here
machine "${start[@]}" \
    --args "lander.onfail=shell $source lander.reconnect=2s lander.password=$hash"
console_since "$boot_s" '^lander: .*exit status: 6'
console_since 30 'Enter root password for system maintenance'
type_line 'open says me'
console_since 30 'Login incorrect'
type_line 'echo SHELL-$((40+1))'
console_since 30 'Enter root password for system maintenance' # that was a password too
# What is typed before the shell reads is lost.
shell_answers()
{
    type_line 'echo SHELL-$((40+2))'
    "$run_vm" wait "$vm" 3 '^SHELL-42'
}
type_line 'open sesame'
until_true 30 shell_answers
never '^SHELL-41'
here
type_line 'grep -c . /etc/shadow; stat -c MODE-%a /etc/shadow; exit'
console_since 30 '^MODE-600'
console_since 60 '^lander: .*exit status: 6' # tried again
if console_text | grep -aF "$hash" >/dev/null; then
    fail "the hash is on the console"
fi
pull_plug

echo "# 3: onfail=reboot"
here
machine "${start[@]}" --args "lander.onfail=reboot lander.nonsense $source"
console_since "$boot_s" '^lander: .*lander.nonsense: no such parameter'
console_since 10 '^lander: rebooting in 10 s'
console_since 60 'Booting .Boot the finished disk, else lander'
[ "$(head -c 1048576 "$disk" | tr -d '\0' | wc -c)" = 0 ] || fail "written to"
