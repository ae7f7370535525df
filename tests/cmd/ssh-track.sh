#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The agent follows a running machine's writes over SSH: what it is told to read
# again makes its copy the same as the frozen disk, and nothing is left on the
# machine however the session ends.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-quiesce.sh"

no_sysrq
serve_ssh

# cut_into COPY: reads what the cut of disk 0 names into it; $read bytes
cut_into()
{
    local offset length

    read=0
    order_ok "" cut 0
    while read -r offset length; do
        case $offset in
        '=') break ;;
        lost:*) fail "lost: $said" ;;
        esac
        dd if="$loop" of="$1" iflag=direct,skip_bytes,count_bytes bs=4M \
            oflag=seek_bytes skip="$offset" count="$length" \
            seek="$offset" conv=notrunc status=none
        read=$((read + length))
    done <<<"$said"
}

volume track ext4 256
drive "$loop"
order track 0
case $result in
"= track ok") ;;
*"can't be tracked"*) skip "$result" ;;
*) fail "$result" ;;
esac
write_to track
dd if="$loop" of="$work/copy" iflag=direct bs=4M status=none
for i in 1 2 3; do
    head -c 3000000 /dev/urandom >"$work/track/file.$i"
    [ $i = 1 ] || rm "$work/track/file.$((i - 1))"
    order_ok "" sync
    cut_into "$work/copy"
    [ "$read" -gt 3000000 ] || fail "round $i: only $read bytes"
    [ "$read" -lt 40000000 ] || fail "round $i: $read bytes"
done
fstrim "$work/track"
order_ok "is frozen" quiesce freeze
blocked track
cut_into "$work/copy"
order_ok "" still
dd if="$loop" iflag=direct bs=4M status=none | cmp - "$work/copy" ||
    fail "something was missed"
cut_into "$work/copy"
[ "$read" = 0 ] || fail "$read bytes of a frozen disk changed"
order_ok "can be written to again" thaw
end_drive
none_of_ours
stop_writer "$writer"

# A disk that is not tracked, one that is none, and a session that is gone.
drive "$loop" "$work/track.img"
order_failed "not tracked" cut 0
order_failed "no disk" track 1
order_failed "disk 7" track 7
order_ok "" track 0
end_sessions
order_failed "" cut 0
end_drive
none_of_ours
