#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A source that does not answer, then, with LONG=1, no network card at all: within a
# minute of its start lander says so on a failure screen, keeps to it, and opens nothing.
# limit: 700
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

disk=$(target disk 64)

# $1: what the screen must say
fails_within_a_minute()
{
    local began

    console "$boot_s" '^lander: stage probe'
    began=$(date +%s)
    console 60 "^lander: probe failed: .*$1"
    echo "# failure screen after $(($(date +%s) - began)) s"
    console 5 '^lander: .*the target disks were not touched'
    console 5 '^lander: .*the source was only read'
    console 5 '^lander: try: '
    # Any shell or restart would show in the next seconds.
    sleep 10
    no_prompt
    never '^lander: stage (full|verify|convert|commit)'
    pull_plug
    rm -rf "$vm"
}

# "restrict" lets nothing out: the address exists for nobody.
machine --nic 'user,restrict=on;virtio-net-pci' --disk "$disk" \
    --args "lander.source=nbd://10.0.2.77:10809/"
fails_within_a_minute '10\.0\.2\.77'

if [ -n "${LONG:-}" ]; then
    machine --net none --disk "$disk" \
        --args "lander.source=nbd://10.0.2.2:10809/"
    fails_within_a_minute ''
fi
[ "$(tr -d '\0' <"$disk" | wc -c)" = 0 ] || fail "the target was written to"
