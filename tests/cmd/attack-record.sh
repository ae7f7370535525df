#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Records that are whole and lie: a watermark beyond the source or between two
# chunks, a copy called finished that is not.  Nothing of them is believed that
# was not read again, and the disk ends up equal to the source.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-record.sh"
need openssl

make_source
serve file "$work/source"
job=00000000-0000-8000-8000-00000000a77a
zero=00000000000000000000000000000000

# A real record of this job, for its name of the source disk.
run()
{
    local want=$1 status=0

    shift
    timeout 120 "$lander" "source=$source_uri" "disks=$target" convert=none \
        "job=$job" --log="$work/log" "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(tail -n 30 "$work/out")"
}
truncate -s $((size + 4194304)) "$target"
# Slow enough to be stopped in the middle.
has_record()
{
    [ -n "$(record_get "$target" disk)" ]
}
stop_server
serve_again --filter=rate file "$work/source" rate=4M
"$lander" "source=$source_uri" "disks=$target" convert=none "job=$job" \
    >"$work/out" 2>&1 &
agent=$!
until_true 20 has_record
kill -KILL $agent
wait $agent 2>/dev/null || true
stop_server
serve_again file "$work/source"
disk=$(record_get "$target" disk)
[ -n "$disk" ] || fail "no record to forge: $(cat "$work/out")"

# forged STATE WATERMARK DIGEST: over a disk that holds none of the source
forged()
{
    rm -f "$target"
    truncate -s $((size + 4194304)) "$target"
    dd if=/dev/urandom of="$target" bs=1M seek=3 count=2 conv=notrunc status=none
    record_write "$target" "lander_state=$1" "lander_job=$job" \
        "lander_disk=$disk" lander_boot=1 lander_epoch=00000000 \
        lander_seed=0000000000000001 lander_seq=0000000000000002 \
        "lander_wm=$(printf %016x "$2")" "lander_digest=$3"
    run 0
    same
    grep -qF 'is not what the record says' "$work/out" ||
        fail "state $1, watermark $2: believed: $(cat "$work/out")"
}

forged copy $((size + 2097152)) $zero
forged copy $((1 << 62)) $zero
forged copy $((65536 + 512)) $zero
forged copy 1000 $zero
forged stage $size $zero
forged stage 1048576 $zero
forged verify 0 $zero
forged verify 1048576 $zero
forged verify $((size + 512)) $zero
