#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lander-source holds a whole machine still: an ESP, swap, a RAID, a volume, a
# service of systemd; all of it forced by sysrq-u; and it takes the machine off
# its networks and off its power.  Inside the live system, as its own kernel has
# what most hosts' kernels have not.
# limit: 700
# shellcheck source=tests/vm/lib-inside.sh
. "$(dirname "$0")/lib-inside.sh"

cp "$build/lander-source" "$segment/unit/"
cp "$(dirname "$0")/quiesce-inside" "$segment/unit/run"
cat >"$segment/etc/systemd/system/counter.service" <<'END'
[Unit]
DefaultDependencies=no
[Service]
ExecStart=/bin/sh -c 'exec 5>>/lv/count; while :; do echo n >&5; sleep 0.1; done'
END
# It goes when that one does.
cat >"$segment/etc/systemd/system/reader.service" <<'END'
[Unit]
DefaultDependencies=no
BindsTo=counter.service
After=counter.service
[Service]
ExecStart=/bin/sleep infinity
END
# … and this one with it.
cat >"$segment/etc/systemd/system/second.service" <<'END'
[Unit]
DefaultDependencies=no
PartOf=reader.service
[Service]
ExecStart=/bin/sleep infinity
END
inside
one=$(target one 176)
two=$(target two 64)
machine --disk "$one" --disk "$two" --memory 1024
console 500 '^QUIESCE-(DONE|FAILED).*'
never '^QUIESCE-FAILED'
for step in mounted resync auto-held auto-thawed forced forced-thawed nic \
    nic-stays; do
    console 1 "^STEP $step\$"
done
# It said so just before it held the machine still and switched it off.
powered_off 60
# Frozen when the power went: nothing to be recovered.
dd if="$one" of="$work/part" bs=1M skip=52 count=64 status=none
"$project/tools/in-root" e2fsck -fn "$work/part"
if "$project/tools/in-root" dumpe2fs -h "$work/part" 2>/dev/null |
    grep needs_recovery >/dev/null; then
    fail "its journal was not written out"
fi
