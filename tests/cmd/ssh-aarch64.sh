#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A source of another kind: it gets the program made for it, and one that none
# is made for is refused by name.  The machine is this one; emulated are what
# uname says and, by qemu-aarch64, the processor that runs what was sent.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
need qemu-aarch64 openssl jq

mkdir "$work/bin"
machine=aarch64
pretend()
{
    machine=$1
    cat >"$work/bin/uname" <<END
#!/bin/sh
case \$* in
-m) echo $machine ;;
*) exec /usr/bin/uname "\$@" ;;
esac
END
    /usr/bin/chmod 755 "$work/bin/uname"
}

# In the place of the kernel of such a machine: a program that is made to be
# run, and is one of it, is run by the emulator.
cat >"$work/bin/chmod" <<END
#!/bin/sh
/usr/bin/chmod "\$@" || exit
case \$2 in
*/lander-source)
    mv "\$2" "$work/arrived"
    printf '%s\n' '#!/bin/sh' \
        'exec qemu-aarch64 -0 "\$0" "$work/arrived" "\$@"' >"\$2"
    /usr/bin/chmod "\$@"
    ;;
esac
END
chmod 755 "$work/bin/chmod"
pretend aarch64

size=$((192 * 1048576 + 3 * 512))
# At odd places: data, zeroes that are written, a hole.
make_source()
{
    rm -f "$work/source"
    truncate -s $size "$work/source"
    head -c 160M /dev/urandom | dd of="$work/source" bs=1M conv=notrunc status=none
    dd if=/dev/zero of="$work/source" bs=1M seek=3 count=2 conv=notrunc status=none
    printf 'the end' | dd of="$work/source" bs=1 seek=$((size - 7)) \
        conv=notrunc status=none
}

make_source
# shellcheck disable=SC2016 # expanded by the login's shell
serve_ssh "RekeyLimit 1M" "ForceCommand PATH=$work/bin:\$PATH; eval \"\$SSH_ORIGINAL_COMMAND\""
from "$work/source"

fresh()
{
    rm -f "$target" "$work/log"
    truncate -s 1M "$target"
}

none_emulated()
{
    [ -z "$(pgrep -f "qemu-aarch64 .*$work/arrived" || true)" ]
}

fresh
copy_ssh 0
same
nothing_left
until_true 20 none_emulated
cmp "$work/arrived" "$build/lander-source-aarch64" ||
    fail "another program arrived"

# The hashes of both are the same: what is on the target is not sent again, though
# all of it is compared, as the source is another since.
copied_some()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 20000 ]
}
fresh
copy_ssh 137 &
agent=$!
until_true 60 copied_some
pkill -KILL -f "^$lander .*disks=$target" || fail "it was too quick"
wait $agent || fail "$(tail -n 5 "$work/out")"
nothing_left
touch "$work/source"
copy_ssh 0
same
grep -q 'comparing all of it' "$work/log" || fail "it was not compared"
[ "$(counted received)" -lt $((150 * 1048576)) ] ||
    fail "$(counted received) bytes were sent again"

# It tells of its machine what the native one tells, but for its kind and what
# changes from one look to the next.
facts()
{
    "$@" facts | jq -S 'del(.arch) | walk(if type == "object" then
        del(.uptime, .load, .time, .used, .free, .files, .memory_free,
            .swap_free, .was_read, .was_written) else . end)'
}
[ "$(qemu-aarch64 "$build/lander-source-aarch64" facts | jq -r .arch)" = aarch64 ] ||
    fail "it does not know what it is"
facts "$build/lander-source" >"$work/native"
facts qemu-aarch64 "$build/lander-source-aarch64" >"$work/emulated"
diff "$work/native" "$work/emulated" || fail "the facts differ"

pretend riscv64
fresh
copy_ssh 4
said 'no lander-source is made for this kind of machine: riscv64'
nothing_left
