#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A conversion that can't be done: the guest's only kernel has no driver for
# this machine's disk.  The machine stays on the failure screen, which names
# kernel and driver; nothing is committed, and the data stays.  On another bus
# the next start copies nothing again, and the machine boots.
# limit: 1200
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# In the file system of partition 3: nothing of NVMe in the kernel's modules
without_nvme()
{
    local at="$1?offset=$((34 << 20))" kernel dir i

    kernel=$(ls_guest "$at" /lib/modules | grep -E '^[0-9]')
    dir=/lib/modules/$kernel
    for i in dep alias; do
        edit_guest "$at" "dump $dir/modules.$i $work/modules.$i"
        grep -v 'nvme' "$work/modules.$i" >"$work/modules.new"
        edit_guest "$at" "rm $dir/modules.$i"
        edit_guest "$at" "write $work/modules.new $dir/modules.$i"
    done
    edit_guest "$at" "rm $dir/kernel/drivers/nvme/host/nvme.ko"
    echo "# kernel $kernel has no nvme any more"
}

edit_guest()
{
    "$project/tools/in-root" debugfs -w -R "$2" "$1" 2>"$work/debugfs.log" ||
        fail "debugfs: $(cat "$work/debugfs.log")"
}

ls_guest()
{
    "$project/tools/in-root" debugfs -R "ls -p $2" "$1" 2>/dev/null |
        cut -d / -f 6
}

guest debian-old
cp --sparse=always "$source_disk" "$work/source.img"
without_nvme "$work/source.img"
serve "$work/source.img" --filter=log logfile="$log"
disk=$(target disk 1024)
machine --firmware bios --disk "$disk,bus=nvme" --args "lander.source=$uri"
console "$copy_s" '^lander: stage convert'
console 120 'kernel 6\.[^ ]*: no driver nvme for this machine.s disk'
console 30 '^lander: waiting after the failure above'
never '^lander: stage commit|^lander: done: '
no_prompt
pull_plug
unfinished "$disk"
[ "$(record_of "$disk" lander_epoch)" = 00000001 ] ||
    fail "the record does not say that a conversion has begun"
changed=$({ cmp -l <(tail -c +513 "$work/source.img") \
    <(tail -c +513 "$disk") || true; } |
    awk '{ print int(($1 + 511) / 4096) }' | uniq | sort -nu | wc -l)
echo "# the conversion that failed left $changed blocks of 4 KiB changed"
[ "$changed" -gt 0 ] || fail "it did not even begin"
[ "$changed" -le 512 ] || fail "more than its own blocks changed"

# The same disk where that kernel has a driver for it
finishes_with_little "the start after the failure" --firmware bios \
    --disk "$disk,bus=virtio-blk"
console_new 5 '^lander: .*: read back and equal to the source, at an earlier start'
