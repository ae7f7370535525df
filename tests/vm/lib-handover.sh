# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the hand-over tests: disks that look as if a job had finished on them,
# without the minutes of a copy, and what a machine did since a mark.
#
#   finished_disk NAME JOB      the Debian source with the receipt of that job;
#                               prints its path
#   in_root DISK COMMAND…       debugfs(8) commands on its ext4 root, one each
#   in_esp DISK COMMAND…        an mtools command on its ESP, as in: mdel ::/x
#   type_line TEXT              types it on the serial console, with Enter
#   here                        marks this place of the console
#   since REGEX                 how many lines since the mark have it
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

root_offset=$((34 * 1048576)) # tools/make-guest
esp_offset=$((2 * 1048576))
need debugfs mcopy

in_root()
{
    local disk=$1 c

    shift
    for c in "$@"; do
        echo "$c"
    done >"$work/debugfs.in"
    debugfs -w -f "$work/debugfs.in" "$disk?offset=$root_offset" \
        >"$work/debugfs.out" 2>&1 || fail "debugfs: $(cat "$work/debugfs.out")"
}

in_esp()
{
    local disk=$1 tool=$2

    shift 2
    MTOOLS_SKIP_CHECK=1 "$tool" -i "$disk@@$esp_offset" "$@" ||
        fail "$tool $* in the ESP"
}

# A receipt as it is read at the next start; "write" keeps no owner.
finished_disk()
{
    local disk=$work/$1.img

    cp --sparse=always "$source_disk" "$disk"
    printf '{\n "job": "%s"\n}\n' "$2" >"$work/receipt.json"
    in_root "$disk" "mkdir /var/log/lander" \
        "write $work/receipt.json /var/log/lander/receipt.json"
    rm "$work/receipt.json"
    debugfs -R 'cat /var/log/lander/receipt.json' \
        "$disk?offset=$root_offset" 2>/dev/null | grep "$2" >/dev/null ||
        fail "no receipt could be put on $disk"
    echo "$disk"
}

type_line()
{
    "$run_vm" type "$vm" "$1\r"
}

mark=0
here()
{
    mark=0
    [ ! -e "$vm/serial.log" ] || mark=$(console_text | wc -l)
}

since()
{
    console_text | tail -n "+$((mark + 1))" | grep -acE -- "$1" || true
}

# As console, for lines since the mark.
console_since()
{
    local before

    before=$(console_text | head -n "$mark" | grep -acE -- "$2" || true)
    console "$1" "$2" "$((before + 1))"
}

digest_of_disk()
{
    sha256sum <"$1" | cut -d ' ' -f 1
}

# Starts the machine ($@) with the boot menu's forced entry: key l.
machine_forced()
{
    local began end

    began=$(console_text 2>/dev/null | grep -ac 'lander: lander ' || true)
    machine "$@"
    end=$(($(date +%s) + boot_s))
    until [ "$(console_text | grep -ac 'lander: lander ' || true)" -gt "$began" ]; do
        [ "$(date +%s)" -lt "$end" ] || fail "lander did not start"
        press l
        sleep 0.3
    done
}

# $1: disk, $2: offset of its ext4 root, $3: job.  Its receipt is readable JSON
# and says what was done; $4…: jq conditions on it.
receipt_of()
{
    local disk=$1 offset=$2 job=$3 c

    shift 3
    debugfs -R 'cat /var/log/lander/receipt.json' "$disk?offset=$offset" \
        >"$work/receipt" 2>/dev/null
    cat "$work/receipt"
    for c in ".job == \"$job\"" '.seconds > 0' '.time > 1700000000' \
        '.version | length > 0' "$@"; do
        "$project/tools/in-root" jq -e "$c" "$work/receipt" >/dev/null ||
            fail "the receipt does not say: $c"
    done
    debugfs -R 'cat /var/log/lander/lander.log' "$disk?offset=$offset" \
        2>/dev/null | grep 'stage convert' >/dev/null ||
        fail "no log in the copied system"
}
