#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# nbds://: verified, or nothing is copied.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
need openssl nbdkit

make_source
port=$(free_port)

# authority NAME; certificate NAME HOST, signed by the authority "ca"
authority()
{
    mkdir "$work/$1"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -days 2 -subj "/CN=$1" -keyout "$work/$1/key.pem" \
        -out "$work/$1/ca-cert.pem" 2>/dev/null
}

certificate()
{
    mkdir "$work/$1"
    cp "$work/ca/ca-cert.pem" "$work/$1/"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -subj "/CN=$2" -keyout "$work/$1/server-key.pem" \
        -out "$work/request.pem" 2>/dev/null
    openssl x509 -req -days 2 -in "$work/request.pem" \
        -CA "$work/ca/ca-cert.pem" -CAkey "$work/ca/key.pem" -CAcreateserial \
        -extfile <(echo "subjectAltName=DNS:$2") \
        -out "$work/$1/server-cert.pem" 2>/dev/null
}

# with CERTIFICATE-OR-EMPTY: the server, from now on
with()
{
    local tls=(--tls=off)

    stop_server
    [ -z "$1" ] || tls=(--tls=require "--tls-certificates=$work/$1")
    rm -f "$work/pid" "$target"
    truncate -s 1M "$target"
    nbdkit -r -i 127.0.0.1 -p "$port" -P "$work/pid" "${tls[@]}" \
        file "$work/source"
    until_true 20 test -s "$work/pid"
    server=$(cat "$work/pid")
}

untouched()
{
    said "$1"
    [ "$(tr -d '\0' <"$target" | wc -c)" = 0 ] || fail "it wrote something"
}

authority ca
authority other
certificate good localhost
certificate wrong elsewhere.example
at_exit stop_server

source_uri="nbds://localhost:$port/?tls-certificates=$work/ca"
with good
copy 0
same

with wrong
copy 6 reconnect=1s
untouched 'TLS with localhost'

with ''
copy 6 reconnect=1s
untouched 'localhost'

with good
source_uri="nbds://localhost:$port/?tls-certificates=$work/other"
copy 6 reconnect=1s
untouched 'TLS with localhost'
source_uri="nbds://localhost:$port/"
copy 6 reconnect=1s
untouched 'TLS with localhost'
source_uri="nbds://localhost:$port/?tls-verify-peer=false"
copy 2
untouched 'without verification'
source_uri="nbd://localhost:$port/"
copy 4 reconnect=1s
untouched 'TLS'
