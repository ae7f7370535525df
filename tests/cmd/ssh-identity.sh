#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The key comes from a URL for one use: once a start, only from a server that
# proves who it is, only over https.  Everything else has its own words; the
# path of the URL and the key are in no log, output or status file.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-web.sh"
need openssl nbdkit

token=planted-token-7f3a91
head -c 2M /dev/urandom >"$work/source"
size=2097152
truncate -s 4M "$target"
sum=$(sha256sum <"$target")

# signed NAME SUBJECT-ALT-NAME FROM TO: by the authority ca
signed()
{
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/request.pem" \
        2>/dev/null
    openssl x509 -req -not_before "$3" -not_after "$4" \
        -in "$work/request.pem" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
        -CAcreateserial -extfile <(echo "subjectAltName=$2") \
        -out "$work/$1.pem" 2>/dev/null
}

# with CERTIFICATE [OPTION…]: a server that says the files of $web as they are,
# status line and all
with()
{
    local name=$1

    shift
    start_web openssl s_server -accept "127.0.0.1:$web_port" -HTTP \
        -cert "$work/$name.pem" -key "$work/$name.key" "$@"
}

# page NAME STATUS [HEADER…], the body on stdin
page()
{
    local name=$1 status=$2

    shift 2
    {
        printf 'HTTP/1.1 %s\r\n' "$status"
        [ $# = 0 ] || printf '%s\r\n' "$@"
        printf 'Connection: close\r\n\r\n'
        cat
    } >"$web/$name"
}

# Nothing of the run shows the token or a line of the key.
no_secret()
{
    local line

    line=$(sed -n 2p "$work/id")
    ! grep -rqsF -e "$token" -e "$line" "$work/out" "$work/log" \
        "$work/status" || fail "a secret is in a log"
    ! grep -qsF "$token" /run/lander/* || fail "a secret is in /run/lander"
}

# fetch STATUS 'TEXT' ARG…: nothing is written unless STATUS is 0
fetch()
{
    local status=$1 text=$2 began

    shift 2
    began=$(date +%s)
    rm -f "$work/log" "$work/status"
    copy "$status" "hostkey=$pin" loglevel=debug explain=yes \
        --status="$work/status" "$@"
    [ -z "$text" ] || said "$text"
    no_secret
    [ $(($(date +%s) - began)) -lt 40 ] || fail "$text: told too late"
    [ "$status" = 0 ] || [ "$(sha256sum <"$target")" = "$sum" ] ||
        fail "$text: the target changed"
}

asked()
{
    grep -c "^FILE:" "$work/web.log" || true
}

url()
{
    echo "identity=https://localhost:$web_port/$1"
}

serve_ssh "RekeyLimit 1M"
from "$work/source"
web_port=$(free_port)
self_signed ca
self_signed other
signed good DNS:localhost 20200101000000Z 20400101000000Z
signed name DNS:elsewhere.example 20200101000000Z 20400101000000Z
signed old DNS:localhost 20200101000000Z 20210101000000Z
key_pin=sha256//$(openssl x509 -in "$work/good.pem" -noout -pubkey |
    openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary |
    openssl base64 -A)
ca=cacert=$work/ca.pem
page "$token" '200 OK' <"$work/id"
page "key?t=$token" '200 OK' <"$work/id"

# Who the server is.
with good
fetch 6 'does not prove who it is' "$(url "$token")"
said 'lander.cacert= names the authority or the key'
fetch 6 'does not prove who it is' "$(url "$token")" "cacert=$work/other.pem"
fetch 6 "the server's key is not the one" "$(url "$token")" \
    "cacert=sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
fetch 2 'is not sha256// and the 44 letters' "$(url "$token")" \
    "cacert=sha256//AAAA"
fetch 2 'is none of file:NAME' "$(url "$token")" cacert=ca.pem
fetch 2 'holds no certificate' "$(url "$token")" "cacert=$work/source"
with name
fetch 6 'does not prove who it is' "$(url "$token")" "$ca"
with old
fetch 6 'certificate has expired' "$(url "$token")" "$ca"
[ "$(asked)" = 0 ] || fail "a URL was told to somebody else"
with good -tls1_1 -cipher ALL:@SECLEVEL=0
fetch 6 "https://localhost:$web_port/…: " "$(url "$token")" "$ca"

# What it answers.
page gone '404 Not Found' <<<nothing
page bad '500 Broken' <<<nothing
page away '302 Found' "Location: http://localhost:$web_port/$token" <<<''
page file '302 Found' "Location: file://$work/id" <<<''
page round '302 Found' 'Location: /round' <<<''
page lost '302 Found' <<<''
page moved '307 Temporary' "Location: /$token" <<<''
page page '200 OK' <<<'<html>Log in</html>'
page none '200 OK' </dev/null
head -c 70000 /dev/zero | page large '200 OK'
page huge '200 OK' 'Content-Length: 99999999999' </dev/null
with good
fetch 2 'status 404: there is nothing (any more)' "$(url gone)" "$ca"
said 'if it is a URL for one use, that was it'
fetch 2 'redirects away from https' "$(url away)" "$ca"
fetch 2 'redirects away from https' "$(url file)" "$ca"
fetch 2 'redirects again and again' "$(url round)" "$ca"
fetch 2 'status 302 and nothing else' "$(url lost)" "$ca"
fetch 2 'is no private key' "$(url page)" "$ca"
fetch 2 'is no private key' "$(url none)" "$ca"
fetch 2 'more than 65535 bytes' "$(url large)" "$ca"
fetch 2 'more than 65535 bytes' "$(url huge)" "$ca"
: >"$work/web.log"
fetch 6 'status 500' "$(url bad)" "$ca"
[ "$(asked)" -gt 1 ] || fail "status 500 was not tried again"
fetch 2 'is not fetched over http' "identity=http://localhost:$web_port/$token"
fetch 2 'is not fetched over http' \
    "identity=http://me:$token@localhost:$web_port/"
fetch 2 'is no URL of https' "identity=file://$work/id" "$ca"
[ "$(asked)" -lt 9 ] || fail "something was asked over http"

# It is not there, or never done.
stop_web
fetch 6 "https://localhost:$web_port/…: " "$(url "$token")" "$ca"
fetch 6 'https://nowhere.invalid/…: ' "identity=https://nowhere.invalid/$token"
mkfifo "$web/never" "$web/endless"
with good
# Soon enough that it can not have been asked twice: it may be spent.
fetch 6 'timed out' "$(url never)" "$ca"
with good
{
    printf 'HTTP/1.1 200 OK\r\n\r\n'
    exec cat /dev/zero
} >"$web/endless" &
fetch 2 'more than 65535 bytes' "$(url endless)" "$ca"

# It is good: by authority, by the key alone, after a redirect.
fetch_good()
{
    rm -f "$target"
    truncate -s 4M "$target"
    : >"$work/web.log"
    fetch 0 '' "$@"
    same
    nothing_left
}

with good
fetch_good "$(url "$token")" "$ca"
[ "$(asked)" = 1 ] || fail "the key was fetched $(asked) times"
fetch_good "$(url "key?t=$token")" "$ca"
fetch_good "$(url moved)" "$ca"
[ "$(asked)" = 2 ] || fail "redirect and key make $(asked)"
fetch_good "identity=https://me:$token@localhost:$web_port/$token" "$ca"
fetch_good "$(url "$token")" "cacert=$key_pin"
with old
old_pin=sha256//$(openssl x509 -in "$work/old.pem" -noout -pubkey |
    openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary |
    openssl base64 -A)
fetch_good "$(url "$token")" "cacert=$key_pin;$old_pin"

# The connection is cut: it logs in again with the key that it has.
size=$((256 * 1048576))
head -c $size /dev/urandom >"$work/source"
with good
copied_some()
{
    [ "$(du -k "$target" | cut -f 1)" -gt 20000 ]
}
rm -f "$target"
truncate -s 1M "$target"
fetch 0 '' "$(url "$token")" "$ca" &
agent=$!
until_true 60 copied_some
stop_web
cut_ssh
wait $agent || fail "after a cut: $(tail -n 20 "$work/out")"
same
[ "$(counted reconnects)" -ge 1 ] || fail "no reconnect was counted"
[ "$(asked)" = 1 ] || fail "the key was fetched again: $(asked)"

# What is not entered over SSH costs no key.
serve file "$work/source"
source_uri="nbd+unix:///?socket=$work/sock"
with good
copy 0 "$(url "$token")" "$ca"
same
[ "$(asked)" = 0 ] || fail "a key was fetched for a server of NBD"
