#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# quiesce=snapshot: a machine with an ESP, /boot, swap and two volumes of LVM is
# copied while it goes on writing; the copy is of one moment of each volume and
# knows nothing of snapshots.  A snapshot that runs full, a write to /boot, a
# killed lander and a killed lander-source.  Inside the live system, whose kernel
# has device-mapper.
# long: ten minutes; unit/lander_source_view has the view, cmd/ssh-live the refusals
# limit: 1500
# shellcheck source=tests/vm/lib-inside.sh
. "$(dirname "$0")/lib-inside.sh"

cp "$build/lander" "$segment/unit/"
cp "$(dirname "$0")/snapshot-inside" "$segment/unit/run"
ssh-keygen -q -t ed25519 -N '' -C test -f "$segment/unit/host"
ssh-keygen -q -t ed25519 -N '' -C test -f "$segment/unit/id"
ssh-keygen -lf "$segment/unit/host.pub" | cut -d ' ' -f 2 >"$segment/unit/pin"
inside
disk=$(target disk 320)
machine --disk "$disk" --memory 2048 --net none
console 1400 '^SNAPSHOT-(DONE|FAILED).*'
never '^SNAPSHOT-FAILED'
for step in mounted refused copied one-moment boot full killed-agent swept; do
    console 1 "^STEP $step\$"
done
