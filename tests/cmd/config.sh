#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The rest of a job comes from where config= says: whole or not at all, with its
# origin, below the command line; only with the SHA-256 that was asked for, and
# only from a server that proves who it is, to a machine that proves it, too.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-web.sh"
need openssl busybox

head -c 2M /dev/urandom >"$work/source"
size=2097152
truncate -s 4M "$target"

serve_web()
{
    start_web busybox httpd -f -p "127.0.0.1:$web_port" -h .
}

# explain STATUS WORD…
explain()
{
    local want=$1 status=0

    shift
    timeout 60 "$lander" --explain "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(cat "$work/out")"
}

is()
{
    grep -Eq -- "$1" "$work/out" || fail "no '$1' in: $(cat "$work/out")"
}

web_port=$(free_port)
url=http://127.0.0.1:$web_port
serve_web
printf '%s\n' "source $work/source" 'convert none' "overwrite $target" \
    'after wait' >"$web/web01.ks"
sum=$(sha256sum <"$web/web01.ks" | cut -d ' ' -f 1)

explain 0 "config=$url/web01.ks" after=kexec
is "^lander: lander\.source +$work/source +web01\.ks:1$"
is '^lander: lander\.after +kexec +argument$'
is "^lander: lander\.config +http://127.0.0.1:$web_port/… +argument$"
explain 0 "config=$url/web01.ks" "config.sha256=$sum"
explain 0 "config=$url/web01.ks" "config.sha256=${sum^^}"
explain 0 "config=$web/web01.ks" "config.sha256=$sum"
is "^lander: lander\.source +$work/source +$web/web01\.ks:1$"

# A copy from nothing but that.
timeout 60 "$lander" "config=$url/web01.ks" "disks=$target" "config.sha256=$sum" \
    >"$work/out" 2>&1 || fail "$(cat "$work/out")"
same

# Whole, or not at all.
sum_before=$(sha256sum <"$target")
explain 2 "config=$url/web01.ks" "config.sha256=${sum/[0-9]/f}0"
is 'is not 64 hexadecimal digits'
explain 2 "config=$url/web01.ks" "config.sha256=$(sha256sum </dev/null | cut -c 1-64)"
is 'web01.ks: its SHA-256 is not the one of lander.config.sha256'
explain 2 "config.sha256=$sum"
is 'means nothing without lander.config'
explain 2 "config=$url/nobody.ks" reconnect=3s
is 'status 404: there is nothing'
printf '%s\n' "source $work/source" 'sorce x' 'rounds many' >"$web/bad.ks"
explain 2 "config=$url/bad.ks"
is 'bad\.ks:2: lander\.sorce: no such parameter; did you mean lander\.source'
is 'bad\.ks:3: lander\.rounds'
echo "config $url/web01.ks" >"$web/again.ks"
explain 2 "config=$url/again.ks"
is "again\.ks:1: lander\.config can't stand in the file"
printf 'after \0wait\n' >"$web/zero.ks"
explain 2 "config=$url/zero.ks"
is 'zero bytes'
head -c 300000 /dev/zero | tr '\0' '#' >"$web/long.ks"
explain 2 "config=$url/long.ks"
is 'more than 262144 bytes'

# Scripts of other places count, too, before one word of the file does.
for n in 1 2; do
    for i in $(seq 17); do
        printf '%%final\necho %s\n%%end\n' "$i"
    done >"$web/scripts$n.ks"
done
explain 2 "config=$url/scripts1.ks" "--kickstart=$web/scripts2.ks" "source=$work/source"
is 'scripts1\.ks: with those of other places these are more than 32 scripts'
explain 2 "config=$url/\${colour}.ks"
is "'\\$\{colour\}' is none of"
explain 2 config=ftp://127.0.0.1/x
is 'is no URL'
explain 2 config=web01.ks
is 'is none of file:NAME'
explain 2 config=cred:lander.ks
is 'cred:lander.ks'
[ "$(sha256sum <"$target")" = "$sum_before" ] || fail "the target changed"

# A server that comes late is waited for, and one that never comes is not.
waits()
{
    grep -q '^lander: no job yet, asking again: .*127\.0\.0\.1' "$work/out"
}

stop_web
timeout 100 "$lander" --explain "config=$url/web01.ks" reconnect=60s \
    >"$work/out" 2>&1 &
late=$!
until_true 20 waits
serve_web
wait "$late" || fail "it did not wait: $(cat "$work/out")"
is '^lander: lander\.source .* web01\.ks:1$'
stop_web
explain 6 "config=$url/web01.ks" reconnect=2s
is 'failed'

# What the server is told of this machine.
mkdir "$web/cgi-bin"
cat >"$web/cgi-bin/job" <<END
#!/bin/sh
env >"$work/asked"
printf 'Content-Type: text/plain\r\n\r\nafter wait\n'
END
chmod 755 "$web/cgi-bin/job"
serve_web
explain 0 "config=$url/cgi-bin/job"
is "^lander: lander\.after +wait +http://127.0.0.1:$web_port/…:1$"
grep -q '^HTTP_USER_AGENT=lander/' "$work/asked" || fail "$(cat "$work/asked")"
serial=$(cat /sys/class/dmi/id/product_serial 2>/dev/null || true)
case $serial in
'' | 'Not Specified') ;;
*) grep -qxF "HTTP_X_SYSTEM_SERIAL_NUMBER=$serial" "$work/asked" || fail "$(cat "$work/asked")" ;;
esac
stop_web

# Over https, both prove who they are.
certificate server
certificate machine
cat "$work/machine.pem" "$work/machine.key" >"$work/machine-both.pem"
start_web openssl s_server -accept "127.0.0.1:$web_port" -WWW \
    -cert "$work/server.pem" -key "$work/server.key" -Verify 1 \
    -verify_return_error -CAfile "$work/machine.pem"
url=https://127.0.0.1:$web_port
explain 6 "config=$url/web01.ks" reconnect=1s
is 'does not prove who it is: .*; lander\.cacert= names the authority'
explain 6 "config=$url/web01.ks" reconnect=1s "cacert=$work/server.pem"
explain 0 "config=$url/web01.ks" reconnect=9s "cacert=$work/server.pem" \
    "clientcert=$work/machine-both.pem"
is "^lander: lander\.source +$work/source +web01\.ks:1$"
explain 2 "config=$url/web01.ks" "cacert=$work/server.pem" \
    "clientcert=$work/server.pem"
is 'no certificate with its key'
