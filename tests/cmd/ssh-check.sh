#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lander check: good sources, and every way for one to be none, each with its
# reason, in a list that is looked at in parallel; what it says as JSON, as CSV
# that is a list again, and for people; nothing is left on the source or written
# to its disks.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
need jq sudo losetup
[ -n "${LANDER_IN_ROOT:-}" ] || skip "only inside the build root"

cd "$work"

# check STATUS ARG…: its output is in out and err
check()
{
    local want=$1 status=0

    shift
    timeout 120 "$lander" check "$@" >out 2>err || status=$?
    [ "$status" = "$want" ] ||
        fail "check $*: status $status, not $want: $(cat err out)"
}

# is FILTER VALUE: of the JSON in out
is()
{
    local value

    value=$(jq -r "$1" out) || fail "no JSON: $(head -n 30 out)"
    [ "$value" = "$2" ] || fail "$1 is '$value', not '$2': $(cat out)"
}

# holds FILTER: is true of it
holds()
{
    is "$1" true
}

says()
{
    grep -qE -- "$2" "$1" || fail "$1 lacks '$2': $(cat "$1")"
}

# disk NAME MB TYPE FILE_MB: a mounted file system on a loop device, with so much in it;
# sets $device
disk()
{
    truncate -s "$2M" "$1.img"
    "mkfs.$3" -q "$1.img"
    device=$(losetup --show -f "$1.img")
    at_exit unloop "$device"
    mkdir "$1"
    mount "$device" "$1"
    at_exit umount "$work/$1"
    head -c "$4M" /dev/urandom >"$1/data"
    sync -f "$1/data"
}

disk one 160 ext4 40
one=${device#/dev/}
disk two 400 xfs 80
two=${device#/dev/}

# Users of this test alone: it has a mount namespace of its own (in-root).
for f in passwd shadow group sudoers; do
    cp -p /etc/$f $f
    mount --bind $f /etc/$f
done
n=4242
for user in mover liar noisy deaf fake; do
    n=$((n + 1))
    echo "$user:x:$n:$n::/nonexistent:/bin/sh" >>/etc/passwd
    echo "$user:*:20000::::::" >>/etc/shadow
    echo "$user:x:$n:" >>/etc/group
done

# A program that greets as lander-source does and then says nonsense of its
# machine: HELLO's answer and FACTS', each when it was asked for.
printf '\211LANDER\r\n\032\n\0\1\0\0\0' >greeting
printf '\20\0\0\0\201\1\0\0\0\0\0\0\0\0\0\0' >hello
printf '\1\0\0\0\40\0\0\0\0\0\4\0\0\0\0\0' >>hello
printf '\4\0\0\0\202\1\0\0\1\0\0\0\0\0\0\0[1,2' >facts
cat >fake <<END
#!/bin/sh
cat $work/greeting
head -c 24 >/dev/null
cat $work/hello
head -c 16 >/dev/null
cat $work/facts
sleep 1000
END
chmod 755 fake

serve_ssh "Match User liar" "ForceCommand /bin/false" \
    "Match User noisy" "ForceCommand cat /dev/urandom" \
    "Match User deaf" "ForceCommand sleep 1000" \
    "Match User fake" "ForceCommand $work/fake"
here="ssh://127.0.0.1:$port/"
good=("hostkey=$pin" --key id)

# What file systems say of themselves here is what the source says of them.
for d in one two; do sync -f $d; done
sums=$(sha256sum one.img two.img)
check 0 --json "${good[@]}" "disks=$one,$two" "$here"
is length 1
is '.[0].reached' measured
is '.[0].hostkey.fits' true
is '.[0].host' 127.0.0.1
is '.[0].port' "$port"
is '.[0].machine.kernel' "$(uname -r)"
is '.[0].totals.disks' 2
holds '.[0].machine.cpus > 0 and .[0].machine.memory > 1000000'
is '.[0].disks[0].size' $((160 << 20))
for n in 0 1; do
    d=one
    [ $n = 0 ] || d=two
    read -r blocks free size <<<"$(stat -f -c '%b %f %S' $d)"
    is ".[0].disks[$n].used" $(((blocks - free) * size))
    is ".[0].disks[$n].users[0].size" $((blocks * size))
    is ".[0].disks[$n].users[0].place" "$work/$d"
    is ".[0].disks[$n].users[0].write" true
done
is '.[0].disks[1].users[0].type' xfs
holds '.[0].line.round_trip_ms > 0 and .[0].line.round_trips > 4'
holds '.[0].line.bytes_per_s > 100000 and .[0].line.bytes_came > 4194304'
holds '.[0].line.bytes_hashed > 67108864'
holds '.[0].forecast.full_s > 0 and .[0].forecast.downtime_s > 0'
holds '.[0].codes | contains("DISK_IN_USE")'
holds '.[0].quiesce | length > 1'
[ ! -s err ] || fail "it talks where no terminal is: $(cat err)"
for d in one two; do sync -f $d; done
[ "$(sha256sum one.img two.img)" = "$sums" ] || fail "a disk was written to"
nothing_left

# A single one for people has all of it.
check 0 "${good[@]}" "$here$one"
says out '^(pass|warn) +root@'
says out "^ +$one +mount $work/one ext4, [0-9.]+ MiB of [0-9.]+ MiB used\$"
says out '^ +to do: '
says out '^method '

# listen PROGRAM ARG…: something that is no sshd; sets $other
listen()
{
    other=$(free_port)
    systemd-socket-activate "${inetd[@]}" -l "127.0.0.1:$other" "$@" \
        >>listen.log 2>&1 &
    at_exit kill $!
    until_true 20 is_bound
}

is_bound()
{
    grep -qi "$(printf ':%04X 00000000:0000 0A' "$other")" /proc/net/tcp
}

inetd=()
listen sleep 1000
silent=$other
inetd=(--inetd --accept)
listen echo 'HTTP/1.1 400 Bad Request'
web=$other
closed=$(free_port)
wrong=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
make_key other ed25519
make_key locked ed25519 'a passphrase'

# Many, in any order; each its reason and none another's.
cat >list <<END
# what is to be moved
127.0.0.1:$port disks=$one
127.0.0.1:$port hostkey=$wrong
ssh://root@127.0.0.1:$port/$work/one.img   # a file
127.0.0.1:$closed
127.0.0.1:$silent
127.0.0.1:$web
root@127.0.0.1:$port identity=$work/other
root@127.0.0.1:$port identity=other

127.0.0.1:$port identity=locked
127.0.0.1:$port identity=/nowhere
mover@127.0.0.1:$port
liar@127.0.0.1:$port
noisy@127.0.0.1:$port
deaf@127.0.0.1:$port
nbd://127.0.0.1:$port
ssh://me:secret@127.0.0.1:$port
127.0.0.1:$port/nothing-here
127.0.0.1:$port//dev/null
no-such-host.invalid
127.0.0.1:99999
127.0.0.1:$port hostkey=MD5:11
127.0.0.1:$port/$two and more
fake@127.0.0.1:$port
END
began=$(date +%s)
check 3 --json --timeout 6 --list list "${good[@]}"
[ $(($(date +%s) - began)) -lt 60 ] || fail "one after the other"
is length 23
n=0
for codes in DISK_IN_USE HOSTKEY_WRONG SAME_MACHINE UNREACHABLE NO_ANSWER \
    NO_SSH LOGIN_REFUSED LOGIN_REFUSED IDENTITY_BAD IDENTITY_BAD NOT_ROOT \
    PROGRAM_FAILED PROGRAM_FAILED NO_ANSWER ADDRESS_BAD ADDRESS_BAD \
    DISK_MISSING DISK_CLOSED UNREACHABLE ADDRESS_BAD ADDRESS_BAD \
    ADDRESS_BAD FACTS_BAD; do
    holds ".[$n].codes | split(\" \") | index(\"$codes\") != null"
    n=$((n + 1))
done
is '[.[] | select(.verdict != "refuse")] | length' 2
is '.[0].origin' list:2
is '[.[] | .reasons[] | select(.advice == "" or .meaning == "")] | length' 0
! grep -q secret out || fail "a password is shown"
nothing_left

# A key from a URL may be for one use, and its path is a secret.
check 3 --json "hostkey=$pin" "disks=$one" "127.0.0.1:$port" \
    "identity=https://vault.invalid/v1/token-0815"
holds '.[0].codes | split(" ") | index("IDENTITY_BAD") != null'
says out 'a check fetches no key from a URL'
! grep -q token-0815 out err || fail "the URL is shown: $(cat out err)"

# Columns; what comes out goes in again.
cat >hosts.csv <<END
Rack;Host;Port;Hostkey;Disks;Identity
"7 ""a""";127.0.0.1;$port;$pin;"$one,$two";id
8;127.0.0.1;$port;;;id
;;;;;
END
check 3 --csv --list hosts.csv
says err 'columns that mean nothing here: Rack$'
tr -d '\r' <out >again.csv
[ "$(wc -l <again.csv)" = 3 ] || fail "$(cat out)"
re=${pin//+/\\+}
says again.csv "^127.0.0.1,root,$port,$re,.*,hosts.csv:2,(pass|warn),"
says again.csv "^127.0.0.1,root,$port,,\"?ED25519 $re, .*,refuse,HOSTKEY_UNKNOWN,"
check 0 --json --list - --key id "hostkey=$pin" "disks=$one" <again.csv
is '.[0].origin' stdin:2
is '.[1].hostkey.fits' true

# What it ends with, and what it refuses to begin.
check 6 --timeout 2 --key id "hostkey=$pin" "ssh://127.0.0.1:$closed" \
    "127.0.0.1:$silent"
says out '2 sources: 0 pass, 0 warn, 2 refused'
for words in '' '--nonsense x' '--list /nowhere' '--list /dev/null' \
    '--json --csv x' '--parallel 0 x' '--timeout never x' '--downtime 0 x'; do
    # shellcheck disable=SC2086 # words
    check 2 $words
    says err '^lander: check'
done
printf 'host,"port\nweb01,22\n' >bad.csv
check 2 --list bad.csv
says err '^lander: bad.csv:1: a quote'
check 0 --help
says out '^Exit status: 0 '
check 0 --reasons
cmp out "$project/agent/REASONS.md" || fail "agent/REASONS.md is not lander check --reasons"

# Through sudo; then with no place for programs.
echo "mover ALL=(root) NOPASSWD: ALL" >>/etc/sudoers
check 0 --json "${good[@]}" "mover@127.0.0.1:$port/$one"
holds '.[0].codes | contains("SUDO")'
nothing_left
for d in /run /dev/shm /tmp /root; do
    mount --rbind $d $d
    mount -o remount,bind,noexec $d
done
check 3 --json "${good[@]}" "$here$one"
is '.[0].codes' NO_EXEC_PLACE
nothing_left
