#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kickstart/windows.ks: a disk laid out as Windows does it, with an NTFS that
# holds something, comes from source mode bit for bit.
# limit: 120
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-serve.sh"
need sshd ssh-keygen sfdisk mkntfs ntfscp

make_id id
truncate -s 60M "$work/source"
sfdisk -q "$work/source" <<'END'
label: gpt
size=16M, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="EFI system partition"
size=16M, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE, name="Microsoft reserved partition"
size=24M, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name="Basic data partition"
END
truncate -s 24M "$work/ntfs"
mkntfs -q -F -Q "$work/ntfs" >"$work/mkntfs" 2>&1 || fail "$(cat "$work/mkntfs")"
head -c 3M /dev/urandom >"$work/data"
ntfscp -q "$work/ntfs" "$work/data" data >"$work/ntfscp" 2>&1 ||
    fail "$(cat "$work/ntfscp")"
dd if="$work/ntfs" of="$work/source" bs=1M seek=33 conv=notrunc status=none
size=$(stat -c %s "$work/source")
truncate -s "$size" "$target"

source_mode "serve=$work/source" "serve.key=$(blob id)"
sed "s|^source .*|source ssh://root@127.0.0.1:$port/$work/source|
    s|^hostkey .*|hostkey $pin|; s|^identity .*|identity $work/id|
    s|^disks .*|disks $target|" "$project/kickstart/windows.ks" >"$work/windows.ks"
"$lander" --kickstart="$work/windows.ks" >"$work/out" 2>&1 ||
    fail "$(tail -n 20 "$work/out")"
same
said 'last, one write to each first sector makes it bootable'
grep -q 'fit the copy' "$work/out" && fail "it would be changed"
end_serving
