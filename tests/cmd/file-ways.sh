#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Ways of mode=file to its source, by whole jobs: over a jump host; with a
# password that is typed once, for all its sessions; what the webhook is told of
# its percent.  Files that can't be read there are named, hold back the commit
# and no other file, and the next start leaves them out as that one advised.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
. "$(dirname "$0")/lib-root.sh"
. "$(dirname "$0")/lib-hook.sh"
need losetup partx sfdisk mkfs.ext4 mkfs.xfs mkswap debugfs jq script openssl
[ -n "${LANDER_IN_ROOT:-}" ] || skip "only inside the build root"

# Passwords of this test alone: it has a mount namespace of its own (in-root).
secret='planted pass,wörd 41c0de'
hash=$(openssl passwd -6 "$secret")
sed "s|^root:[^:]*:|root:$hash:|" /etc/shadow >"$work/shadow"
mount --bind "$work/shadow" /etc/shadow

small_machine
disk=${loop#/dev/}
head -c 30000000 /dev/urandom >"$root/srv/noise"
echo whole >"$root/home/whole"
# Their inodes make no sense.  A look at one makes ext4 note it on the disk, which
# may be frozen then: what is left out is not looked at.
mkdir "$root/home/bad"
head -c 100000 /dev/urandom >"$root/home/bad/lost"
head -c 900000 /dev/urandom >"$root/home/bad/torn"
umount "$root/home"
for word in '/bad/lost block[0] 0x1234' '/bad/torn block[5] 0xfffffff0'; do
    debugfs -w -R "sif $word" "/dev/${disk}p5" 2>/dev/null
done
mount -o errors=continue "/dev/${disk}p5" "$root/home"
! cat "$root/home/bad/lost" "$root/home/bad/torn" >"$work/torn" 2>/dev/null ||
    fail "they can be read"
truncate -s 1100M "$target"

# The jump host takes a key; the source behind it, a password only.
serve_ssh "ChrootDirectory $root" "PasswordAuthentication yes" \
    "PubkeyAuthentication no" "KbdInteractiveAuthentication no"
from ""
make_key "$work/jump_host" ed25519
jump_port=$(free_port)
printf '%s\n' "Port $jump_port" "ListenAddress 127.0.0.1" "UsePAM no" \
    "HostKey $work/jump_host" "PidFile $work/jump.pid" "StrictModes no" \
    "AuthorizedKeysFile $work/authorized" "PermitRootLogin yes" \
    "PasswordAuthentication no" "LogLevel VERBOSE" "PermitOpen 127.0.0.1:$port" \
    "MaxStartups 100" "PerSourcePenalties no" >"$work/jump_config"
/usr/sbin/sshd -f "$work/jump_config" -E "$work/jump.log"
until_true 20 test -s "$work/jump.pid"
at_exit kill "$(cat "$work/jump.pid")"
certificate server
mkfifo "$work/keys"
exec 7<>"$work/keys"

is_asked()
{
    grep -q 'type the password of root@127.0.0.1' "$work/out"
}

# by_password STATUS ARG…: over the jump host; the password is typed once
by_password()
{
    local want=$1 status=0 p

    shift
    : >"$work/out"
    timeout 150 script -qefc "$(printf '%q ' "$lander" mode=file \
        "source=$source_uri" "hostkey=$pin" "disks=$disk:$target" \
        "jump=ssh://root@127.0.0.1:$jump_port" "jump.identity=$identity" \
        "jump.hostkey=$(ssh-keygen -lf "$work/jump_host.pub" | cut -d ' ' -f 2)" \
        "report=https://127.0.0.1:$hook_port/job" "cacert=$work/server.pem" \
        loglevel=debug --log="$work/log" --status="$work/status" "$@")" \
        "$work/out" <"$work/keys" >/dev/null 2>&1 &
    p=$!
    until_true 30 is_asked
    printf '%s\r' "$secret" >&7
    wait $p || status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(tail -n 40 "$work/out")"
    [ "$(grep -c 'type the password of' "$work/out")" = 1 ] ||
        fail "it asked more than once"
    ! grep -rqF "$secret" "$work/out" "$work/log" "$work/status" "$work/told" ||
        fail "the password got out"
}

# --- files that can't be read --------------------------------------------------------
hook "$work/told" server
by_password 4 bwlimit=2M rounds=2
said "warning: 2 files can't be read on the source: "
said "final failed: 2 files can't be read on the source: "
said 'try: repair them on the source or restore them there, or leave them out with lander.exclude=/home/bad/'
! grep -q 'stopping the source\|come once more' "$work/out" ||
    fail "it was stopped for nothing: $(cat "$work/out")"
said '/home: 2 files the source could not read:'
for name in bad/lost bad/torn; do
    said "  $name: Structure needs cleaning"
done
[ "$(od -An -tx1 -j 510 -N 2 "$target")" = " 00 00" ] || fail "it was committed"

# Every session went through the jump host, and there were several.
logins=$(grep -c 'Accepted password for root' "$work/sshd.log")
passed=$(grep -c 'Accepted publickey for root' "$work/jump.log")
echo "# $logins logins, $passed through the jump host"
[ "$logins" -ge 2 ] && [ "$logins" = "$passed" ] || fail "other ways"

# What it told elsewhere.
events=("$work"/told/[0-9][0-9][0-9][0-9])
jq -cs . "${events[@]}" >"$work/told.json"
jq -e '[.[] | select(.event == "progress")] | length >= 1 and all(.[];
    .percent >= 0 and .percent <= 100 and .bytes_done <= .bytes_total and
    (.message | test("files")))' "$work/told.json" >/dev/null ||
    fail "no honest progress: $(cat "$work/told.json")"
jq -e '.[-1] | .event == "end" and .exit_status == 4 and .reason == "source"' \
    "$work/told.json" >/dev/null || fail "$(jq '.[-1]' "$work/told.json")"

# --- left out --------------------------------------------------------------------------
noted()
{
    cat "/sys/fs/ext4/${disk}p5/errors_count"
}
before=$(noted)
[ "$before" -gt 0 ] || fail "a look at them does no harm"
by_password 0 'exclude=/home/bad/lost,/home/bad/torn,/srv/noise'
[ "$(noted)" = "$before" ] || fail "what is left out was looked at"
said 'the new layout is there since an earlier start'
said 'files and directories are equal to the source, which stands still'
loop_of "$target"
mounted ro "${loop}p5" "$work/new"
[ "$(cat "$work/new/whole")" = whole ] || fail "its neighbour"
[ -d "$work/new/bad" ] || fail "more was left out"
[ -z "$(ls "$work/new/bad")" ] || fail "they were not left out"
nothing_left
