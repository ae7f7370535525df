#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A small disk copied bit for bit; with uefi-iso first in the boot order
# the machine is reset three times: it boots its disk each time, and not one
# sector of it has changed.
# limit: 600
# shellcheck source=tests/vm/lib-resets.sh
. "$(dirname "$0")/lib-resets.sh"

guest tiny
bit_exact_through_resets uefi virtio-blk
