#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A machine with too little memory says so and stops; it opens nothing.
# limit: 400
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

disk=$(target disk 64)
machine --memory 256 --disk "$disk" --args "lander.source=nbd://10.0.2.2:1/"
console "$boot_s" 'lander: not enough memory: '
sleep 5
no_prompt
never '^lander: stage (full|verify|convert|commit)'
