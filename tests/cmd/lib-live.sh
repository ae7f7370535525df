# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A disk in use as the source: a file system on a loop device of this test's own,
# mounted, and a writer that writes numbered blocks and notes each one that
# fsync(2) has acknowledged.  Sourced after lib-ssh.sh.
#
#   live_disk FS       $loop, mounted at $mounted
#   begin_writing, end_writing
#   goes_on            fails unless the writer gets on within 15 s
#   begin ARG…         the agent in the background, onto an empty target; onto
#                      what is there with keep=1
#   ended STATUS WHAT  waits for it
#   is_said TEXT       whether it has said so until now
#   order STATUS ORDER TEXT   what is said to an order
#   freeze_agent       waits until the source stands still once more, and stops
#                      the agent there
#   order_later ORDER  gives an order that is taken when it goes on
#   note_still         what the disk holds and what was acknowledged now
#   thaw_agent
#   equals_still       fails unless the target is what was noted, bit for bit
#   holds_acknowledged   … and all that had been acknowledged is in it
#   not_committed      fails unless the target still holds its record
: "${work:?}" "${lander:?}" "${target:?}" "${identity:?}"

mounted=$work/mounted
loop=
agent=
writer=
seen=0

end_disk()
{
    end_writing
    fsfreeze -u "$mounted" 2>/dev/null || true
    umount "$mounted" 2>/dev/null || true
    unloop "$loop"
}

live_disk()
{
    need losetup "mkfs.$1" fsfreeze
    truncate -s "${size:?}" "$work/source"
    "mkfs.$1" -q "$work/source"
    loop=$(losetup --show -f "$work/source")
    mkdir -p "$mounted"
    at_exit end_disk
    mount -t "$1" "$loop" "$mounted"
    head -c 48M /dev/urandom >"$mounted/data"
    : >"$work/acked"
    sync
}

write_blocks()
{
    local n=0

    while [ -e "$work/writing" ]; do
        n=$((n + 1))
        printf '%4096s' "$n" |
            dd of="$mounted/blocks" bs=4096 seek=$n conv=notrunc,fsync \
                status=none || break
        echo $n >>"$work/acked"
    done
}

begin_writing()
{
    touch "$work/writing"
    write_blocks &
    writer=$!
}

end_writing()
{
    rm -f "$work/writing"
    [ -z "$writer" ] || wait "$writer" || true
    writer=
}

acked()
{
    wc -l <"$work/acked"
}

is_beyond()
{
    [ "$(acked)" -gt "$1" ]
}

goes_on()
{
    until_true 15 is_beyond "$(acked)"
}

is_said()
{
    grep -qF -- "$1" "$work/out"
}

end_agent()
{
    [ -z "$agent" ] || kill -CONT "$agent" 2>/dev/null || true
    [ -z "$agent" ] || kill -KILL "$agent" 2>/dev/null || true
}
at_exit end_agent

begin()
{
    if [ -z "${keep:-}" ]; then
        rm -f "$target"
        truncate -s 1M "$target"
    fi
    rm -f "$work/log"
    : >"$work/out"
    seen=0
    "$lander" "source=${source_uri:?}" "disks=$target" convert=none \
        "overwrite=$target" "identity=$identity" "hostkey=${pin:?}" \
        --log="$work/log" --status="$work/status" \
        --control="$work/control" "$@" >"$work/out" 2>&1 &
    agent=$!
}

ended()
{
    local status=0

    wait "$agent" || status=$?
    agent=
    [ "$status" = "$1" ] ||
        fail "$2: status $status, not $1: $(tail -n 30 "$work/out")"
}

order()
{
    local status=0

    "$lander" "$2" --control="$work/control" >"$work/answer" 2>&1 || status=$?
    [ "$status" = "$1" ] || fail "$2: status $status: $(cat "$work/answer")"
    grep -qF -- "$3" "$work/answer" || fail "$2: $(cat "$work/answer")"
}

stood_still()
{
    grep -cF 'the source is quiesced' "$work/out" || true
}

freeze_agent()
{
    local end=$(($(date +%s) + 120))

    # Shorter naps than until_true's: it does not stand still for long.
    until [ "$(stood_still)" -gt "$seen" ]; do
        kill -0 "$agent" 2>/dev/null ||
            fail "it ended: $(tail -n 30 "$work/out")"
        [ "$(date +%s)" -lt "$end" ] ||
            fail "it never stood still: $(tail -n 30 "$work/out")"
        sleep 0.02
    done
    kill -STOP "$agent"
    seen=$((seen + 1))
    if tail -n 1 "$work/out" | grep -q 'runs again\|from the quiesce'; then
        fail "it was too quick to be looked at"
    fi
}

thaw_agent()
{
    kill -CONT "$agent"
}

has_two_ends()
{
    [ "$(grep -cF "$work/control" /proc/net/unix)" -ge 2 ]
}

order_later()
{
    "$lander" "$1" --control="$work/control" >"$work/answer" 2>&1 &
    until_true 10 has_two_ends
}

note_still()
{
    local before

    before=$(acked)
    still=$(dd if="$loop" bs=1M iflag=direct status=none | sha256sum)
    cp "$work/acked" "$work/acked.still"
    [ "$(acked)" = "$before" ] || fail "somebody could write meanwhile"
}

equals_still()
{
    [ "$(head -c "$size" "$target" | sha256sum)" = "$still" ] ||
        fail "the target is not what the source was while it stood still"
}

holds_acknowledged()
{
    local copy n

    n=$(wc -l <"$work/acked.still")
    copy=$(losetup --show -rf "$target")
    mkdir -p "$work/copy"
    # What was frozen needs no journal.
    mount -o ro,noload "$copy" "$work/copy" 2>/dev/null ||
        mount -o ro,norecovery,nouuid "$copy" "$work/copy"
    { tail -c +4097 "$work/copy/blocks" && echo; } | tr -cs '0-9' '\n' |
        sed '/^$/d' |
        head -n "$n" >"$work/copied"
    umount "$work/copy"
    losetup -d "$copy"
    seq "$n" | cmp - "$work/copied" ||
        fail "an acknowledged block is missing, of $n"
}

not_committed()
{
    head -c 440 "$target" | grep -qa 'lander_job' ||
        fail "no record is on the target any more"
}
