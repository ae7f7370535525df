#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A user who is not root: through sudo where that asks for nothing, else refused
# with what sudo said.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
need sudo
[ -n "${LANDER_IN_ROOT:-}" ] || skip "only inside the build root"

# Users of this test alone: it has a mount namespace of its own (in-root).
for f in passwd shadow group sudoers; do
    cp -p /etc/$f "$work/$f"
    mount --bind "$work/$f" /etc/$f
done
echo "mover:x:4242:4242::/nonexistent:/bin/sh" >>/etc/passwd
echo "mover:*:20000::::::" >>/etc/shadow
echo "mover:x:4242:" >>/etc/group

size=2097152
head -c $size /dev/urandom >"$work/source"
chmod 600 "$work/source"
truncate -s 1M "$target"
serve_ssh
source_uri="ssh://mover@127.0.0.1:$port/$work/source"

copy_ssh 4
said 'ended with status 1'
said 'sudo'
nothing_left

echo "mover ALL=(root) NOPASSWD: ALL" >>/etc/sudoers
copy_ssh 0
same
nothing_left

mount --bind /dev/null /usr/bin/sudo
copy_ssh 4
said 'mover is not root, and there is no sudo'
nothing_left
