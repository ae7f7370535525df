#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Where lander-source is put: places that run no programs are left out, one that
# is full as well; when none is left, that is said.  A login that talks before
# the program does not disturb.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"

# Mounts of this test alone: it has a mount namespace of its own (in-root), and
# the server inherits it.
[ -n "${LANDER_IN_ROOT:-}" ] || skip "only inside the build root"
for d in /run /dev/shm; do
    mount -t tmpfs -o noexec,size=4m none $d
done
mkdir "$work/home"
mount --bind "$work/home" /root
size=2097152
head -c $size /dev/urandom >"$work/source"
truncate -s 1M "$target"

serve_ssh "Banner /etc/os-release" "ForceCommand echo Welcome; eval \"\$SSH_ORIGINAL_COMMAND\""
from "$work/source"
copy_ssh 0
same
nothing_left

# /tmp is full, the home directory is left.  The project itself may lie in /tmp.
# shellcheck disable=SC2154 # lib.sh's
mount --bind "$project" /mnt
mount -t tmpfs -o size=4k none /tmp
case $project in
/tmp/*)
    mkdir -p "$project"
    mount --bind /mnt "$project"
    ;;
esac
rm "$target"
truncate -s 1M "$target"
copy_ssh 0
same
nothing_left

mount -o remount,noexec /tmp
mount -t tmpfs -o noexec none /root
at_exit umount /root
copy_ssh 4
said 'no place can be written to and run programs'
nothing_left
