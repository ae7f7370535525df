#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A server at work moves: its only disk, with everything mounted and PostgreSQL
# committing all the time, is copied while it runs; what was written meanwhile in
# three rounds; by an order typed on the console it is held still, compared and
# switched off. The copy starts on another kind of disk, PostgreSQL recovers, and
# every row and block that the server ever told of is there.
# limit: 1500
# machines: 2
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-two.sh
. "$(dirname "$0")/lib-two.sh"

# What starts here starts from its own disk, beside a busy host.
guest_s=400
guest debian-server
server_guest
server_machine
disk=$(target disk 896)
lander_machine "lander.source=ssh://root@10.7.0.1/vda lander.cutover=manual
    lander.fence=poweroff lander.after=poweroff" --disk "$disk,bus=virtio-scsi"
console "$boot_s" '^lander: stage probe'
console 900 '^lander: round 3: .*predicted downtime'
"$run_vm" type "$vm" 'cutover\n'
console 900 '^lander: done: '
server_gone 60
powered_off 120
console 5 '^lander: downtime [0-9]+ s .*, predicted [0-9]+ s'

own_machine --disk "$disk,bus=virtio-scsi"
migrated 1 2
has_receipt
found=$(console 60 '^LOAD ')
holds_told "$found"
no_prompt
