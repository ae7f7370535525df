# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the tests of resets: a small disk that never writes, copied and reset.
#
#   bit_exact_through_resets FIRMWARE BUS   after guest tiny
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bit_exact_through_resets()
{
    local disk boot

    serve "$source_disk"
    disk=$(target disk 64)
    machine --firmware "$1" --disk "$disk,bus=$2" --memory 512 \
        --args "lander.source=$uri lander.convert=none"
    console "$boot_s" '^lander: stage probe'
    console "$copy_s" '^lander: done: '
    for boot in 1 2 3 4; do
        [ "$boot" = 1 ] || press_reset
        console "$guest_s" 'DISK-OK' "$boot"
    done
    no_prompt
    lander_started 1
    pull_plug
    same_disk "$source_disk" "$disk"
}
