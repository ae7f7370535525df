#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that nobody uses, of a running machine, over SSH from one machine to the
# other: it starts on the new one and is equal to the bit; the disk that the
# server runs from is refused by name.
# limit: 1200
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-two.sh
. "$(dirname "$0")/lib-two.sh"

server_guest
guest tiny
cp "$source_disk" "$work/second.img"
source_disk=${source_disk%/*}/debian-server.img
server_machine --disk "$work/second.img"
disk=$(target disk 64)
lander_machine "lander.source=ssh://root@10.7.0.1/vdb lander.convert=none" \
    --disk "$disk"
console "$boot_s" '^lander: stage probe'
console "$copy_s" '^lander: done: '
console "$guest_s" 'DISK-OK'
no_prompt
pull_plug
same_disk "$work/second.img" "$disk"
