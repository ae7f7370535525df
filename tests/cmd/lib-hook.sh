# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A real https server that takes reports, sourced after lib.sh.
#
#   certificate NAME   of lib-web.sh
#   hook DIR CERT [MODE]   listens on $hook_port; each body goes into DIR/N with
#                      its headers in DIR/N.head, in the order they came.  MODE:
#                      a status ("200 OK"), or "hang": takes it and says nothing
#   stop_hook PID      ends one
: "${work:?}"
# shellcheck source=tests/cmd/lib-web.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib-web.sh"

hook_listens()
{
    listens "$hook_port"
}

stop_hook()
{
    kill -TERM "$1" 2>/dev/null || true
}

# Connections come one after the other, as the sender has one thread: what
# openssl prints is one request behind the other.
answer_hook()
{
    local directory=$1 line length body n=0 LC_ALL=C

    while IFS= read -r line; do
        n=$((n + 1))
        printf -v body '%s/%04d' "$directory" "$n"
        length=0
        while line=${line%$'\r'} && [ -n "$line" ]; do
            echo "$line"
            case ${line,,} in
            content-length:*) length=${line#*: } ;;
            esac
            IFS= read -r line
        done >"$body.part"
        IFS= read -r -N "${length:-0}" line
        printf %s "$line" >"$body"
        mv "$body.part" "$body.head"
        line=$(cat "$directory.mode")
        [ "$line" = hang ] ||
            printf 'HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' "$line"
    done
}

hook()
{
    local directory=$1 name=$2 mode=${3:-200 OK}

    hook_port=$(free_port)
    mkdir "$directory"
    mkfifo "$directory.in" "$directory.out.fifo"
    echo "$mode" >"$directory.mode"
    openssl s_server -quiet -accept "127.0.0.1:$hook_port" -cert "$work/$name.pem" \
        -key "$work/$name.key" <"$directory.in" >"$directory.out.fifo" 2>"$directory.server" &
    hook_pid=$!
    at_exit stop_hook "$hook_pid"
    answer_hook "$directory" >"$directory.in" <"$directory.out.fifo" &
    until_true 20 hook_listens
}
