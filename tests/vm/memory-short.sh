#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A machine that is too small for the live system says so and stops: no prompt,
# no half system, no loop of restarts.
# limit: 300
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

for memory in 176 224; do
    rm -rf "$vm"
    medium=(--kernel "$pxe_dir/vmlinuz" --initrd "$pxe_dir/initramfs.img"
        --append "console=tty0 console=ttyS0,115200 panic=30 quiet loglevel=4")
    machine --memory "$memory" --net none --disk "$(target "t$memory" 64)"
    console "$boot_s" 'lander: not enough memory: [0-9]+ MB usable here'
    # It stays there: nothing more comes, and it has not died either.
    before=$(console_text | wc -c)
    sleep 5
    [ "$(console_text | wc -c)" = "$before" ] || fail "it went on"
    "$run_vm" qmp "$vm" '{"execute":"query-status"}' | grep '"running": true' ||
        fail "the machine is not running any more"
    no_prompt
    never 'systemd|Run /'
    pull_plug
    cmp -n 67108864 "$work/t$memory.img" /dev/zero || fail "it wrote to the disk"
done
