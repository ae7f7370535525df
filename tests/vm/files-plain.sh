#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file of a running machine whose two disks are encrypted, left plain as the
# job says: LVM without LUKS, /srv/more in a partition, lines of crypttab that are
# comments, an initramfs that asks for nothing.  The source goes on, and the copy
# starts from its own disks alone.
# long: two machines and ten minutes; vm/files-luks, unit/guest_newlayout
# limit: 1800
# machines: 2
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-two.sh
. "$(dirname "$0")/lib-two.sh"

guest debian-luks-two
knows_only ahci
# shellcheck source=tests/vm/lib-luks.sh
. "$(dirname "$0")/lib-luks.sh"

server_unlocked
system=$(target system 640)
more=$(target more 128)
job "$system" "$more" lander.encryption=none "$work/key"
console_new "$plan_s" 'what was encrypted as more_crypt is not any more, as the job says'
copied
console 5 '^lander:   done    crypttab: .* web01_crypt on /dev/sda3 is a comment now'
own "$system" "$more"
console_new "$guest_s" '^LAYOUT root=lvm,part,disk:640M more=part,disk:128M crypttab=good fstab=good'
migrated 1 2
has_receipt
no_prompt
never 'unlock disk|enter passphrase'
