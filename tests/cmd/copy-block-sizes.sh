#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Servers that insist on their request sizes; the odd one is said so.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
need openssl

make_source
size=$((size / 65536 * 65536))
truncate -s $size "$work/source"

strict()
{
    stop_server
    serve_again --filter=blocksize-policy file "$work/source" \
        blocksize-error-policy=error "$@"
    rm -f "$target"
    truncate -s 1M "$target"
}

at_exit stop_server
strict blocksize-minimum=4096 blocksize-preferred=4096 blocksize-maximum=32M
copy 0
same
strict blocksize-minimum=512 blocksize-preferred=4096 blocksize-maximum=16K
copy 0
same
strict blocksize-minimum=65536 blocksize-preferred=64K blocksize-maximum=64K
copy 0
same

# 512 bytes too many for 4096-byte requests: refused, nothing half done.
truncate -s $((size + 512)) "$work/source"
strict blocksize-minimum=4096 blocksize-preferred=4096 blocksize-maximum=32M
copy 4
said 'not a multiple of 4096'
