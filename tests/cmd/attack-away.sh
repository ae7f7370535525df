#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A server that lets lander in every time and never delivers is away, too: it
# is waited for as long as reconnect= says, then that is an error of the network.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"

head -c 8388608 /dev/urandom >"$work/source"
truncate -s 8388608 "$target"
# Good for the partition table, then it hangs up at each read (status 6), or
# says that it is shutting down.
cat >"$work/pread" <<'END'
if [ "$4" -ge 1048576 ]; then
    [ "$how" = hangup ] && exit 6
    echo "ESHUTDOWN going down" >&2
    exit 1
fi
dd if="$image" iflag=skip_bytes,count_bytes skip="$4" count="$3" bs=1M status=none
END
export image=$work/source how
for how in hangup shutdown; do
    stop_server
    serve eval get_size='echo 8388608' pread="$(cat "$work/pread")" \
        can_multi_conn='exit 0'
    began=$(date +%s)
    want=6
    [ $how = hangup ] || want=4
    copy $want reconnect=3s
    [ $(($(date +%s) - began)) -lt 30 ] || fail "$how: it waited too long"
    said 'full failed'
    [ $how = shutdown ] || said "closed the connection"
done
