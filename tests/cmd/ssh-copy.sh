#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A file and a disk of a machine over SSH, equal to the bit; every kind of key on
# both sides; keys exchanged anew every few megabytes; a lander-source that was
# there before.  Nothing is left on the source.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
need openssl

make_source
truncate -s 1M "$target"
serve_ssh "RekeyLimit 2M"
from "$work/source"
copy_ssh 0
same
said 'read back and equal to the source'
[ "$(counted received)" -lt $((8 * 1048576)) ] ||
    fail "holes were sent: $(counted received) bytes"
nothing_left
cmp -n $size "$work/source" "$target" || fail "the source was changed"

# Keys of the other kinds, and hosts that are known by another of their keys.
for t in ecdsa rsa; do
    make_key "$work/id_$t" "$t"
    cat "$work/id_$t.pub" >>"$work/authorized"
    rm "$target"
    truncate -s 1M "$target"
    identity=$work/id_$t pin=$(pin_of $t) copy_ssh 0
    same
done
pin=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,$(pin_of rsa) copy_ssh 0

# A disk.
loop=$(losetup --show -rf "$work/source")
at_exit unloop "$loop"
rm "$target"
truncate -s 1M "$target"
from "${loop#/dev/}"
copy_ssh 0 loglevel=debug
same
# It knows no holes: zeroes are read there, and do not come over.
[ "$(counted received)" -lt $((8 * 1048576)) ] ||
    fail "zeroes count as received: $(counted received) bytes"
nothing_left

# The example of kickstart/, for this machine.
rm "$target"
truncate -s 1M "$target"
words=$(sed "s/#.*//; s|@10.0.2.2/sda|@127.0.0.1:$port/$loop|
    s|SHA256:A*|$pin|; s|file:id_ed25519|$identity|" \
    "$project/kickstart/ssh-one-disk.args" | tr '\n' ' ')
"$lander" --cmdline="$words" convert=none "disks=$target" \
    "overwrite=$target" >"$work/out" 2>&1 || fail "the example: $(cat "$work/out")"
same

# Nothing but one program may be run with this key.
cp "$build/lander-source" "$work/placed"
{
    printf 'restrict,command="%s serve %s" ' "$work/placed" "$loop"
    cat "$work/id.pub"
} >"$work/authorized"
rm "$target"
truncate -s 1M "$target"
copy_ssh 0
same
from "$work/source"
copy_ssh 4
said 'not among those that this lander-source was started for'
nothing_left

# A server that has no newer kind of key.
stop_ssh
cp "$work/id.pub" "$work/authorized"
rm "$work/host_ed25519" "$work/host_ecdsa"
serve_ssh_again
rm "$target"
truncate -s 1M "$target"
pin=$(pin_of rsa) copy_ssh 0
same

# Packed: text goes over the wire smaller, and noise as it is.
rm "$target" "$work/source"
truncate -s 1M "$target"
head -c 4194304 < <(seq 1000000 2>/dev/null || true) >"$work/source"
head -c 2097152 /dev/urandom >>"$work/source"
truncate -s "$size" "$work/source"
rm -f "$work/log"
pin=$(pin_of rsa) copy_ssh 0 compress=yes
same
packed=$(sed -n 's/.* \([0-9]*\) bytes came packed as \([0-9]*\)$/\1 \2/p' "$work/log")
[ -n "$packed" ] || fail "nothing came packed"
unpacked=0 came=0
while read -r one two; do
    unpacked=$((unpacked + one)) came=$((came + two))
done <<<"$packed"
echo "# $unpacked bytes came as $came"
[ "$unpacked" -ge 4000000 ] && [ "$unpacked" -le 4500000 ] ||
    fail "$unpacked bytes were packed, the text has 4194304"
[ $((came * 2)) -lt "$unpacked" ] || fail "they came as $came"
[ "$(counted received)" -lt $((came + 2097152 + 65536)) ] ||
    fail "$(counted received) received: packed data counts as it comes"
