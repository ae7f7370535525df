# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Job records made by hand, for the tests that forge them.
#
#   record_write FILE LINE…   a record of these "lander_KEY=VALUE" lines into the
#                             first sector of FILE, with the right checksum
#   record_get FILE KEY       the value of one line of FILE's record

# CRC-32C (Castagnoli) of the standard input, eight hexadecimal digits.
crc32c()
{
    local crc=$((0xffffffff)) byte bit

    while read -r byte; do
        crc=$((crc ^ byte))
        for ((bit = 0; bit < 8; bit++)); do
            crc=$((crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1))
        done
    done < <(od -An -v -tu1 -w1)
    printf '%08x' $((crc ^ 0xffffffff))
}

record_write()
{
    local file=$1 text line rest

    shift
    text=$'# GRUB Environment Block\nlander_version=1\n'
    for line in "$@"; do
        text+=$line$'\n'
    done
    text+="lander_crc=$(printf '%s' "$text" | crc32c)"$'\n'
    printf -v rest '%*s' $((440 - ${#text})) ''
    {
        printf '%s%s' "$text" "${rest// /#}"
        head -c 72 /dev/zero
    } | dd of="$file" bs=512 count=1 iflag=fullblock conv=notrunc status=none
}

record_get()
{
    head -c 440 "$1" | tr -d '\0' | sed -n "s/^lander_$2=//p"
}
