#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The loop guard of the boot menu under BIOS: with the ISO first for ever, a
# finished disk boots and anything else starts lander.
# limit: 600
FIRMWARE=bios
# shellcheck source=tests/vm/lib-guard.sh
. "$(dirname "$0")/lib-guard.sh"
guard_table
