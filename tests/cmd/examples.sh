#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every example job of kickstart/ is understood word by word, and moves its
# disks when host and disks are those of this test (SSH: ssh-copy.sh, ssh-live.sh, ssh-cutover.sh, serve.sh); the scripts of those with
# scripts run, in a machine of a few stubs.
. "$(dirname "$0")/../lib.sh"
need nbdkit

lander=${LANDER:-$build/lander}
mkdir "$work/exports"
for name in system data; do
    truncate -s 4M "$work/exports/$name"
    head -c 1M /dev/urandom |
        dd of="$work/exports/$name" conv=notrunc bs=1M seek=1 status=none
done

# words FILE: the example as one line of kernel words, for this test's server
words()
{
    sed "s/#.*//; s/10\.0\.2\.2:10809/127.0.0.1:$port/; s|\(:\)vd|\1$work/vd|g" \
        "$1" | tr '\n' ' '
}

# run EXAMPLE PLUGIN… -- WORD…
run()
{
    local example=$project/kickstart/$1 plugin=()

    shift
    while [ "$1" != -- ]; do
        plugin+=("$1")
        shift
    done
    shift
    port=$(free_port)
    nbdkit -i 127.0.0.1 -p "$port" -P "$work/pid" -r "${plugin[@]}"
    until_true 20 test -s "$work/pid"
    at_exit kill "$(cat "$work/pid")"
    "$lander" --cmdline="$(words "$example")" convert=none "$@" >"$work/out" 2>&1 ||
        fail "$example: $(cat "$work/out")"
    kill "$(cat "$work/pid")"
    rm "$work/pid"
}

truncate -s 4M "$work/target" "$work/vda" "$work/vdb"
run nbd-one-disk.args file "$work/exports/system" -- "disks=$work/target"
cmp "$work/exports/system" "$work/target" || fail "the copy differs"
run nbd-two-disks.args file dir="$work/exports" --
cmp "$work/exports/system" "$work/vda" || fail "the first copy differs"
cmp "$work/exports/data" "$work/vdb" || fail "the second copy differs"

# script EXAMPLE SECTION: its text
script()
{
    awk -v "s=%$2" '$1 == "%end" { on = 0 } on { print } $1 == s { on = 1 }' \
        "$project/kickstart/$1"
}

example=$project/kickstart/guest-agent.ks
"$lander" --explain --kickstart="$example" >"$work/out" 2>&1 ||
    fail "$example: $(cat "$work/out")"
for words in 'source +nbd://10\.0\.2\.2:10809/ +.*guest-agent\.ks:4' \
    '%post +[0-9]+ lines for /bin/sh +.*guest-agent\.ks:7' \
    '%firstboot +[0-9]+ lines for /bin/sh +.*guest-agent\.ks:14'; do
    grep -Eq "$words" "$work/out" || fail "no '$words' in: $(cat "$work/out")"
done
# A machine with apt-get and systemd, where the second try finds the network.
mkdir "$work/bin"
for stub in apt-get systemctl sleep; do
    printf '#!/bin/sh\necho "%s $*" >>"%s"\n' "$stub" "$work/called" \
        >"$work/bin/$stub"
done
echo "case \$3 in install) [ -e \"$work/reached\" ] || { touch \"$work/reached\"; exit 100; };; esac" \
    >>"$work/bin/apt-get"
chmod +x "$work"/bin/*
ln -s "$(command -v touch)" "$work/bin/touch"
script guest-agent.ks firstboot >"$work/firstboot"
PATH=$work/bin /bin/sh "$work/firstboot" >"$work/out" 2>&1 ||
    fail "$example: $(cat "$work/out")"
diff - "$work/called" <<END || fail "$example did something else"
apt-get -q update
apt-get -q -y install qemu-guest-agent
sleep 30
apt-get -q -y install qemu-guest-agent
systemctl enable qemu-guest-agent
systemctl start qemu-guest-agent
END
# Where there is one, nothing is done.
rm "$work/called"
: >"$work/bin/qemu-ga"
chmod +x "$work/bin/qemu-ga"
PATH=$work/bin /bin/sh "$work/firstboot" >"$work/out" 2>&1 ||
    fail "$example: $(cat "$work/out")"
[ ! -e "$work/called" ] || fail "$example installed it again"

for example in "$project"/kickstart/*.args "$project"/kickstart/*.ks "$project"/kickstart/pxe/*; do
    grep -q "${example##*/}" "$0" "$project"/tests/cmd/{ssh-copy,ssh-live,ssh-cutover,file-mode,serve,windows,pxe,lib-lan}.sh ||
        fail "${example##*/} is not run here"
done
