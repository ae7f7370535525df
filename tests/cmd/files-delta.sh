#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Large files of which a little changed: pieces of them are sent, and what comes
# out is the source, also where they grew, shrank, got holes, are written to
# while they are read, or were cut off in the middle of a first copy.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
need_files
serve_ssh
url=ssh://root@127.0.0.1:$port
s=$work/source t=$work/target
make_fs ext4 source 1200
make_fs ext4 target 1200
kib=1024 mib=1048576

came()
{
    echo $(($(number bytes) / kib))
}

# What the next pass may receive at most, in KiB; the copy is the source then.
pass()
{
    "${@:3}"
    files 0 "$url" "$s:$t"
    echo "# $1: $(came) KiB: $(cat "$work/said")"
    [ "$(came)" -le "$2" ] || fail "$1: $(came) KiB came"
    same_tree "$s" "$t"
}

# Twenty bytes at offset $2 of file $1
scribble()
{
    head -c 20 /dev/urandom |
        dd of="$s/$1" bs=4096 seek="$2" oflag=seek_bytes conv=notrunc status=none
}

first()
{
    noise table $((40 * mib + 12345)) >"$s/table"
    noise log $((5 * mib)) >"$s/log"
    noise image $((300 * mib)) >"$s/image"
    noise small 900000 >"$s/small"
    noise hole $((30 * mib)) >"$s/hole"
    chown 26:26 "$s/table"
    setfattr -n user.kept -v yes "$s/table"
    # As deep as a path may be.
    deep=$(printf 'd%.0s' {1..254})
    (cd "$s" && for _ in {1..15}; do mkdir "$deep" && cd "$deep"; done &&
        noise seed $((3 * mib)) >deep)
}

edit_deep()
{
    (
        cd "$s"
        for _ in {1..15}; do cd "$deep"; done
        echo end >>deep
    )
}

places()
{
    local place

    for place in 0 $((mib - 10)) $((20 * mib + 5)) $((40 * mib + 12340)); do
        scribble table "$place"
    done
}

# The same size, and the time put back: only its inode tells.
quietly()
{
    touch -r "$s/table" "$work/stamp"
    scribble table 3000000
    touch -r "$work/stamp" "$s/table"
}

longer()
{
    noise more $((2 * mib)) >>"$s/log"
}

shorter()
{
    truncate -s $((3 * mib + 77)) "$s/log"
}

# Less than a piece of it, then nearly nothing.
much_shorter()
{
    truncate -s 5 "$s/log"
}

holes()
{
    fallocate -p -o $((4 * mib)) -l $((10 * mib)) "$s/hole"
}

ranges()
{
    local i

    for i in 1 99 100 180 299; do
        scribble image $((i * mib + 4321))
    done
    chmod 640 "$s/image"
}

other()
{
    noise other $((40 * mib + 12345)) >"$s/table"
}

pass first 400000 first
pass "four places" 150 places
pass "behind its time's back" 40 quietly
pass "it grew" 2200 longer
pass "it shrank" 60 shorter
pass "it is short" 60 much_shorter
pass "ten MiB are a hole" 10400 holes
pass "a large one" 90 ranges
pass "all of it" 41100 other
pass "deep down" 20 edit_deep
pass nothing 0 true

# By its contents alone, as the first round of a job asks.
quietly
files 0 --deep "$url" "$s:$t"
echo "# deep: $(cat "$work/said")"
[ "$(came)" -le 40 ] || fail "$(came) KiB came"
same_tree "$s" "$t"

# Somebody who never stops to write.
writer()
{
    while [ ! -e "$work/enough" ]; do
        scribble image $((RANDOM * 9000))
    done
}
writer &
busy=$!
at_exit kill "$busy"
files 0 "$url" "$s:$t"
echo "# while it is written to: $(cat "$work/said")"
[ "$(came)" -gt 0 ] && [ "$(came)" -lt $((100 * kib)) ] ||
    fail "$(came) KiB came"
grep -q "changed while" "$work/out" || fail "not told: $(cat "$work/out")"
touch "$work/enough"
wait "$busy"
files 0 "$url" "$s:$t"
same_tree "$s" "$t"

# Cut off in the middle of a first copy: what came is not sent again.
rm "$t/image"
"$lander" files "--identity=$identity" "--hostkey=$pin" "$url" "$s:$t" \
    >"$work/said" 2>"$work/out" &
process=$!
half()
{
    [ "$(stat -c %s "$t/image" 2>/dev/null || echo 0)" -gt $((60 * mib)) ]
}
while ! half && kill -0 "$process" 2>/dev/null; do :; done
kill -KILL "$process" || fail "it was faster than this test"
wait "$process" 2>/dev/null || true
there=$(($(stat -c %s "$t/image") / kib))
files 0 "$url" "$s:$t"
echo "# $there KiB were there: $(cat "$work/said")"
[ "$there" -lt $((300 * kib)) ] || fail "all of it was there"
[ "$(came)" -le $((300 * kib - there + 300)) ] ||
    fail "$(came) KiB came, $there were there"
same_tree "$s" "$t"
files 0 --verify "$url" "$s:$t"
nothing_left
