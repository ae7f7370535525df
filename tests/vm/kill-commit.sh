#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Power is cut at random moments around and inside the commit, with a disk that
# takes four seconds to write a sector. Before the last write the disk does not
# boot; the next start goes on; a cut commit is finished without the source.
# limit: 1000
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

commit_noted()
{
    [ "$(record_of "$1" lander_state)" = commit ]
}

RANDOM=${LANDER_SEED:-11}
guest tiny
inside=0
for round in 1 ${LONG:+2} 3; do
    rm -rf "$vm"
    serve "$source_disk"
    disk=$(target "disk$round" 64)
    start=(--firmware bios --disk "$disk" --memory 512
        --args "lander.source=$uri lander.convert=none")
    machine "${start[@]}"
    # Reading 64 MiB back gives the time to say that writing is slow.
    console "$boot_s" '^lander: stage full'
    slow_disk 0 10000000
    console $((boot_s + copy_s)) '^lander: stage verify'
    slow_disk 128 10000000
    console "$copy_s" '^lander: stage commit'
    # At a moment that nobody knows, with LONG=1 twice; at last inside the commit.
    if [ "$round" -le 2 ]; then
        pause=$((RANDOM % 60 + 60 * (round - 1)))
        sleep "$((pause / 10)).$((pause % 10))"
    else
        until_true 60 commit_noted "$disk"
    fi
    pull_plug
    state=$(record_of "$disk" lander_state)
    echo "# round $round: cut in state '$state'"
    case $state in
    '') ;; # complete: sector 0 is the source's
    commit)
        inside=$((inside + 1))
        # The source is not needed any more.
        kill_server "$server"
        unfinished "$disk"
        ;;
    *) unfinished "$disk" ;;
    esac
    machine "${start[@]}"
    console "$((boot_s + copy_s))" 'DISK-OK'
    pull_plug
    kill_server "$server"
    same_but_park "$source_disk" "$disk"
    rm -f "$disk"
done
echo "# $inside of the cuts were inside the commit"
[ "$inside" -ge 1 ] || fail "no cut came inside the commit"
