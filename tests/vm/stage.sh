#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The stage device and all file systems inside the live system, with its kernel,
# its udev and its tools: six unit tests that most hosts' kernels can't run.
# limit: 1300
# shellcheck source=tests/vm/lib-inside.sh
. "$(dirname "$0")/lib-inside.sh"

cp "$build"/unit/disk_{stage,snapshot,layers,volume,nested,build_stack} "$segment/unit/"
cp -L "$build"/root/usr/lib/*/libcmocka.so.0 "$segment/unit/"
# A small disk with a system on its second partition, for lander inspect
mkdir -p "$work"/tree/{etc,usr/lib,var}
echo "PRETTY_NAME=\"Small 1\"" >"$work/tree/usr/lib/os-release"
echo "LABEL=small / ext4 defaults 0 1" >"$work/tree/etc/fstab"
truncate -s 11M "$work/part"
mkfs.ext4 -q -F -L small -d "$work/tree" "$work/part"
truncate -s 16M "$segment/unit/disk.img"
printf "%s\\n" size=1MiB size=11MiB |
    sfdisk -q --label gpt "$segment/unit/disk.img"
dd if="$work/part" of="$segment/unit/disk.img" bs=1M seek=2 conv=notrunc \
    status=none
cat >"$segment/unit/run" <<'END'
#!/bin/sh
export LD_LIBRARY_PATH=/unit
[ ! -e /unit/long ] || export LONG=1
exec >/dev/ttyS0 2>&1 </dev/null
lander inspect --json /unit/disk.img
inspect=$?
echo "INSPECT-STATUS $inspect loops=$(losetup -a)"
# The same system in a LUKS container, without its key and with it
truncate -s 32M /run/luks.img
printf 'not-a-secret\n' >/run/key
printf not-a-secret | cryptsetup luksFormat -q --type luks1 --iter-time 10 \
    /run/luks.img -
printf not-a-secret | cryptsetup open --key-file=- /run/luks.img made
dd if=/unit/disk.img of=/dev/mapper/made bs=1M skip=2 count=11 status=none
cryptsetup close made
lander inspect /run/luks.img
inspect=$?
lander inspect --key /run/key /run/luks.img
echo "KEY-STATUS $inspect $? loops=$(losetup -a)$(ls /dev/mapper)"
/unit/disk_stage
stage=$?
/unit/disk_volume
volume=$?
/unit/disk_snapshot
snapshot=$?
/unit/disk_layers
layers=$?
/unit/disk_nested
nested=$?
/unit/disk_build_stack
echo "UNIT-STATUS $stage $volume $snapshot $layers $nested $?"
END
[ -z "${LONG:-}" ] || touch "$segment/unit/long"
inside
machine --memory 1024 --net none
console 1100 '^UNIT-STATUS( [0-9]+){6}'
text=$(console_text)
grep -aE '^\[ *(RUN|OK|SKIPPED|FAILED|PASSED|ERROR|LINE) *\]|^not looked at' \
    <<<"$text" || :
for line in 'INSPECT-STATUS 0 loops=' ' *"name": "Small 1",' \
    ' *"spec": "LABEL=small",' ' *"resolves": true,' \
    ' *"holds": "GPT with 2 partitions .*"'; do
    grep -qaE "^$line\$" <<<"$text" || fail "lander inspect: no '$line'"
done
grep -qaE '^KEY-STATUS 9 0 loops=control$' <<<"$text" ||
    fail "lander inspect of an encrypted disk"
grep -qaE '^system +Small 1' <<<"$text" ||
    fail "lander inspect does not show the system in a container"
grep -qaE '^UNIT-STATUS 0 0 0 0 0 0$' <<<"$text" || fail "a test failed"
if grep -qa '^not looked at' <<<"$text"; then
    fail "the live system lacks a file system"
fi
# The one that is for kernels without device-mapper, and no other.
[ "$(grep -acE '^\[ +SKIPPED \] [a-z0-9_]+$' <<<"$text")" = 2 ] ||
    fail "more was skipped than there may be"
grep -qaE '^\[ +SKIPPED \] without_device_mapper_it_says_so$' <<<"$text" ||
    fail "another test was skipped"
