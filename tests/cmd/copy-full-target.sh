#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A target that takes no more: an error of the target that names the place.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"

head -c $((32 * 1048576)) /dev/urandom >"$work/source"
serve file "$work/source"
mkdir "$work/small"
mount -t tmpfs -o size=8M tmpfs "$work/small" ||
    skip "no tmpfs can be mounted here"
at_exit umount "$work/small"
target=$work/small/target
truncate -s 1M "$target"
copy 5
said "$target"
said 'No space left on device'
grep -qE 'at [0-9]+: No space' "$work/out" || fail "no offset: $(cat "$work/out")"
