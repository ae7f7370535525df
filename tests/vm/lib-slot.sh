# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# At most two machines at a time on one host; for tests/run, which holds the slots
# for its tests, and for lib.sh, for a test that is started by hand.
#
#   take_slot FILE     slots for the machines of that test, held for as long as
#                      this shell runs
: "${project:?}"

# Who needs both takes the first one first, so that two such tests never wait for
# each other.
take_slot()
{
    local prefix=${LANDER_VM_SLOTS:-$project/build/vm-slot}

    exec 9>"$prefix.1"
    if grep -qx '# machines: 2' <(sed -n '1,40p' "$1"); then
        exec 8>"$prefix.2"
        flock 9 && flock 8
        return
    fi
    flock -n 9 && return
    exec 9>"$prefix.2"
    flock 9
}
