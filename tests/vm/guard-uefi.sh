#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The loop guard of the boot menu under UEFI: with the ISO first for ever, a
# finished disk boots and anything else starts lander.
# limit: 600
FIRMWARE=uefi
# shellcheck source=tests/vm/lib-guard.sh
. "$(dirname "$0")/lib-guard.sh"
guard_table
