#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The judge of the two-machine tests: what the writer was killed in is whole; one
# block that is older, gone or torn is told.
. "$(dirname "$0")/../lib.sh"
need gcc

blocks=$work/blocks
file=$work/file
gcc -std=gnu17 -D_GNU_SOURCE -O2 -o "$blocks" "$project/tools/guest/blocks.c"

wrote()
{
    [ "$(grep -c '^B [0-9]*$' "$work/told" || true)" -ge "$1" ]
}

# Until $1 blocks were told of, in a file that may be there, then killed
write_some()
{
    local writer

    "$blocks" write "$file" >"$work/told" &
    writer=$!
    until_true 60 wrote "$1"
    kill -KILL "$writer"
    wait "$writer" 2>/dev/null || true
}

# What the judge says of $file is $1, with status $2
judged()
{
    local status=0 said

    said=$("$blocks" check "$file") || status=$?
    [ "$said" = "$1" ] && [ "$status" = "$2" ] ||
        fail "it says '$said' with status $status, not '$1' with $2"
}

# The slot of block $1
slot()
{
    echo $(($1 * 1259 % 2048))
}

# Block $1 becomes what standard input has
replace()
{
    dd of="$file" bs=4096 seek="$(slot "$1")" conv=notrunc status=none
}

write_some 40
cp "$file" "$work/old"
write_some 40
last=$(sed -n 's/^B //p' "$work/told" | tail -n 1)
found=$("$blocks" check "$file" | sed 's/last=\([0-9]*\) .*/\1/')
[ "$found" = "$last" ] || [ "$found" = $((last + 1)) ] ||
    fail "the last one told is $last, the last one there $found"
judged "last=$found missing=0 torn=0" 0

cp "$file" "$work/good"
dd if="$work/old" bs=4096 skip="$(slot $((found - 5)))" count=1 status=none |
    replace $((found - 5))
judged "last=$found missing=1 torn=0" 1
cp "$work/good" "$file"
head -c 100 /dev/urandom | replace $((found - 7))
judged "last=$found missing=0 torn=1" 1
cp "$work/good" "$file"
head -c 4096 /dev/zero | replace "$found"
judged "last=$((found - 1)) missing=0 torn=0" 0
# The one that was under way may be anything.
head -c 100 /dev/urandom | replace "$found"
judged "last=$((found - 1)) missing=0 torn=0" 0
