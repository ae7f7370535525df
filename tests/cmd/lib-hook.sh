# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A real https server that takes reports, sourced after lib.sh.
#
#   certificate NAME   a self-signed one for 127.0.0.1: $work/NAME.pem, .key
#   hook DIR CERT [MODE]   listens on $hook_port; each body goes into DIR/N with
#                      its headers in DIR/N.head, in the order they came.  MODE:
#                      a status ("200 OK"), or "hang": takes it and says nothing
#   stop_hook PID      ends one
: "${work:?}"
unset https_proxy HTTPS_PROXY http_proxy all_proxy ALL_PROXY

certificate()
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -days 2 -subj "/CN=$1" -addext "subjectAltName=IP:127.0.0.1" \
        -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
}

hook_listens()
{
    grep -qi ":$(printf %04X "$hook_port") 00000000:0000 0A" /proc/net/tcp
}

stop_hook()
{
    kill -TERM "$1" 2>/dev/null || true
}

# Connections come one after the other: the sender has one thread.
hook()
{
    local directory=$1 name=$2 mode=${3:-200 OK}

    hook_port=$(free_port)
    mkdir "$directory"
    cat >"$directory.sh" <<END
#!/bin/bash
LC_ALL=C
n=\$(ls "$directory" | grep -c '\.head\$')
head=$directory/\$(printf %04d \$((n + 1)))
length=0
while IFS= read -r line && line=\${line%\$'\r'} && [ -n "\$line" ]; do
    echo "\$line"
    case \${line,,} in
    content-length:*) length=\${line#*: } ;;
    esac
done >"\$head.head"
length=\$(sed -n 's/^[Cc]ontent-[Ll]ength: //p' "\$head.head")
head -c "\$length" >"\$head"
mode=\$(cat "$directory.mode")
[ "\$mode" != hang ] || exec sleep 1000
printf 'HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' "\$mode"
END
    chmod 755 "$directory.sh"
    echo "$mode" >"$directory.mode"
    socat "OPENSSL-LISTEN:$hook_port,bind=127.0.0.1,reuseaddr,fork,verify=0,cert=$work/$name.pem,key=$work/$name.key" \
        "EXEC:$directory.sh" 2>"$directory.socat" &
    hook_pid=$!
    at_exit stop_hook "$hook_pid"
    until_true 20 hook_listens
}
