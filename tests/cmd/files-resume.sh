#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A copy of files that is killed here, there or in between goes on: what was
# finished is not sent again, also when nobody knows what of it reached the disk,
# and what did not reach it is found.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
need_files
serve_ssh
url=ssh://root@127.0.0.1:$port
s=$work/source t=$work/target
make_fs ext4 source 300
make_fs ext4 target 300
at_exit release_flags "$s"
at_exit release_flags "$t"
make_nasty "$s"
for ((d = 0; d < 60; d++)); do
    mkdir "$s/d$d"
    noise "$d" 1600000 | split -b 40000 -a 3 - "$s/d$d/"
done
find "$s" -type f -size +9k -exec touch -d '2020-01-01 UTC' {} +
total=$(find "$s" -type f | wc -l)

# Of the larger ones; their time is set last.
finished()
{
    find "$t" -xdev -type f -size +9k ! -newermt 2020-01-02 2>/dev/null | wc -l
}

has_finished()
{
    [ "$(finished)" -ge "$1" ]
}

background()
{
    "$lander" files "--identity=$identity" "--hostkey=$pin" "$url" "$s:$t" \
        >"$work/said" 2>"$work/out" &
    process=$!
}

# Looked at without a pause: all of it takes half a second.
begun()
{
    local i

    background
    for ((i = 0; i < 2000; i++)); do
        if has_finished "$1"; then break; fi
        kill -0 "$process" 2>/dev/null || break
    done
}

# Stopped dead, it is looked at, and then it is killed.
stop_at()
{
    begun "$1"
    kill -KILL "$process" 2>/dev/null || fail "it was faster than this test"
    wait "$process" 2>/dev/null || true
}

empty()
{
    release_flags "$t"
    find "$t" -mindepth 1 -delete
}

# This end, with some of what was written lost: of the right size and time.
stop_at 300
done_then=$(finished)
echo "# killed when $done_then of $total files were there"
[ "$done_then" -lt "$total" ] || fail "it was done"
# shellcheck disable=SC2046 # one name
set -- $(find "$t"/d* -type f ! -newermt 2020-01-02 | head -n 2)
touch -r "$1" "$work/stamp"
dd if=/dev/zero of="$1" bs=4096 count=3 conv=notrunc status=none
touch -r "$work/stamp" "$1"
files 0 "$url" "$s:$t"
echo "# $(cat "$work/said")"
[ "$(number files)" -le $((total - done_then + 1)) ] ||
    fail "$(number files) files came, $done_then were there"
[ "$(number compared)" -ge "$done_then" ] || fail "they were believed"
same_tree "$s" "$t"

# The connections: it makes them again by itself.
empty
begun 100
cut_ssh
wait "$process" || fail "status $?: $(tail "$work/out")"
grep -q 'connecting again' "$work/out" || fail "the cut was not seen"
same_tree "$s" "$t"

# The program on the source.
empty
begun 100
for p in $(helpers); do
    p=${p#/proc/}
    kill -KILL "${p%/exe}" 2>/dev/null || true
done
status=0
wait "$process" || status=$?
case $status in
0) ;;
4 | 6) files 0 "$url" "$s:$t" ;;
*) fail "status $status: $(tail "$work/out")" ;;
esac
same_tree "$s" "$t"

# An order to stop.
empty
begun 100
kill -TERM "$process"
status=0
wait "$process" || status=$?
[ $status = 10 ] || [ $status = 0 ] || fail "status $status: $(tail "$work/out")"
files 0 "$url" "$s:$t"
same_tree "$s" "$t"
files 0 --verify "$url" "$s:$t"
nothing_left
