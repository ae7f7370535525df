#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A small disk copied bit for bit; with ipxe-bios first in the boot order
# the machine is reset three times: it boots its disk each time, and not one
# sector of it has changed.
# long: ipxe-bios boots the same way
# limit: 600
# shellcheck source=tests/vm/lib-resets.sh
. "$(dirname "$0")/lib-resets.sh"

use_pxe
guest tiny
bit_exact_through_resets bios nvme
