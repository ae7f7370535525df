#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sources that are not who they should be, let nobody in, run nothing or talk
# nonsense, and disks that somebody may write to: each its own message and
# status, soon, and not one byte of the target changed.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"

head -c 2M /dev/urandom >"$work/source"
truncate -s 4M "$target"

# refused STATUS 'TEXT' ARG…
refused()
{
    refused_by copy_ssh "$@"
    nothing_left
}

# again LINE…: the server with another configuration
again()
{
    stop_ssh
    : >"$work/sshd.log"
    serve_ssh_again "$@"
}

serve_ssh
from "$work/source"

# Who it is.
wrong=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
pin=$wrong refused 6 'is not the machine that lander.hostkey names'
said 'see to the key that is named'
said "$(pin_of ed25519)"
said "$(pin_of rsa)"
pin='' refused 2 'lander.hostkey is missing'
said "$(pin_of ed25519)"
! logged root || fail "a user was named to a host that nobody knows"
pin=MD5:00:11 refused 2 'is no fingerprint'
pin=SHA256:short refused 2 'is no fingerprint'

# Who waits for a cutover does not switch off a source where there is none.
refused 3 'nobody writes to the disks of the source now' cutover=manual fence=nic

# Who we are.
make_key "$work/other" ed25519
identity=$work/other refused 6 'does not take the key'
said 'see to the key that is named'
make_key "$work/locked" ed25519 'a passphrase'
identity=$work/locked refused 2 'no private key without a passphrase'
identity=$work/source refused 2 'too long'
identity=$work/nowhere refused 2 'No such file'
identity=nowhere refused 2 'is none of https://'
# It may be the key itself, or a URL that lost its scheme.
identity=vault/token-0815 refused 2 'is none of https://'
! grep -q token-0815 "$work/out" "$work/log" || fail "it is shown: $(cat "$work/out")"
identity=cred:none refused 2 'No such file'
copy 2 "hostkey=$pin"
said 'lander.identity is missing'
again "PubkeyAuthentication no" "PasswordAuthentication yes"
refused 6 'takes no keys, only password'

# What it lets us do.
again "ForceCommand /bin/false"
refused 4 'ended with status 1'
again "ForceCommand echo This account is not available; exit 1"
refused 4 "it says 'This account is not available'"
again "ForceCommand cat /dev/urandom"
refused 4 'what runs there is not lander-source'
again "ForceCommand printf '\\211LANDER\\r\\n\\032\\n\\0\\1\\0\\0\\0'; cat /dev/urandom"
refused 4 'not lander-source'

# What it has.
again
from "$work/nothing-here"
refused 4 'No such file'
from dev/null
refused 4 'No such file'
from no-such-disk
refused 4 'No such file or directory; the source has: '
for d in /sys/block/[svx]d*; do
    if [ -e "$d" ]; then said "${d##*/} ("; fi
done
from "/dev/null"
refused 4 'it is no disk and no file'
mkfifo "$work/fifo"
from "$work/fifo"
refused 4 'it is no disk and no file'
truncate -s 1000 "$work/odd"
from "$work/odd"
refused 4 "1000 bytes are not a disk's size"

# Somebody may write to it.
truncate -s 16M "$work/disk"
mkfs.ext4 -q "$work/disk"
loop=$(losetup --show -f "$work/disk")
at_exit unloop "$loop"
mkdir "$work/mounted"
mount "$loop" "$work/mounted"
at_exit umount "$work/mounted"
from "$loop"
refused 3 "is mounted read-write at $work/mounted (ext4)" quiesce=none
mount -o remount,ro "$work/mounted"
size=$(stat -c %s "$work/disk")
copy_ssh 0
same "$work/disk"
