# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the tests that start machines; on top of ../lib.sh:
#
#   guest KIND             makes (once) the source disk and sets $source_disk
#                          and $digests, what the guest prints of its data
#   knows_only DRIVER      its initramfs has this one and no other
#   serve FILE [FILTER…]   an NBD server with it, read-only; sets $server (pid),
#                          $port and $uri (as a guest sees it)
#   target NAME MIB        an empty disk; prints its path
#   machine OPTION…        starts the one machine of this test with the ISO or,
#                          after use_pxe, with the boot files; run-vm's options
#   console SECONDS REGEX [N]   waits for the Nth such line, prints it
#   never REGEX            fails when the console ever showed it
#   migrated N [BOOT]      waits for the guest's Nth line and checks all of it
#   direct OPTION… --append WORDS   starts it with kernel words, without a medium
#   press_reset, pull_plug
#   press KEY              one key on the screen's keyboard
#   same_disk A B          fails unless the two files read the same
#   same_table DISK SECTOR the partition table on it is $source_disk's, and sound
#   finishes_with_little WHO OPTION…   starts it: the job of an earlier start ends
#                          well, and nothing comes from the source again
#
# Times are for emulation on two busy cores: limits, not what is expected.
# shellcheck source=tests/lib.sh
# shellcheck disable=SC2034 # variables for the tests
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

iso=${LANDER_ISO:-$build/lander.iso}
pxe_dir=${LANDER_PXE:-$build/pxe}
vm=$work/vm
log=$work/requests # for nbdkit's log filter
run_vm=$project/tools/run-vm
boot_s=150   # from power-on to lander's first line
copy_s=400   # a copy, verified
guest_s=240  # from reset to the guest's line

need qemu-system-x86_64 nbdkit socat flock

# shellcheck source=tests/vm/lib-slot.sh
. "$project/tests/vm/lib-slot.sh"
[ -n "${LANDER_SLOT_HELD:-}" ] || take_slot "$0"

at_exit "$run_vm" kill "$vm"

keep_console()
{
    [ -e "$vm/serial.log" ] || return 0
    mkdir -p "${LANDER_TEST_LOGS:-$build/test-logs}/vm"
    cp "$vm/serial.log" "${LANDER_TEST_LOGS:-$build/test-logs}/vm/$(basename "$0" .sh).serial"
}
at_exit keep_console

guest()
{
    source_disk=$build/guests/$1.img
    "$project/tools/make-guest" "$1" "$source_disk"
    digests=none
    [ ! -e "$source_disk.sha256" ] || digests=$(cat "$source_disk.sha256")
}

# The guest's initramfs has this driver for a disk's controller, and none that
# the test machines have beside it: as it is, it finds no root on those.
knows_only()
{
    grep -qx "$1" "$source_disk.drivers" || fail "its initramfs lacks $1"
    if grep -xE 'virtio_(blk|scsi|pci)|nvme|ata_piix|sym53c8xx|mptspi' \
        "$source_disk.drivers"; then
        fail "its initramfs knows more than $1"
    fi
}

# nbdkit's words in "$@" on port $port; sets $server
start_server()
{
    rm -f "$work/nbdkit.pid"
    nbdkit -f -i 127.0.0.1 -p "$port" -P "$work/nbdkit.pid" "$@" \
        >>"$work/nbdkit.log" 2>&1 9>&- &
    server=$!
    at_exit kill_server "$server"
    until_true 10 test -e "$work/nbdkit.pid"
}

kill_server()
{
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

serve()
{
    local file=$1 filters=() f

    shift
    for f in "$@"; do
        case $f in
        --filter=*) filters+=("$f") ;;
        esac
    done
    port=$(free_port)
    uri=nbd://10.0.2.2:$port/
    server_words=(-r ${filters[@]+"${filters[@]}"} file "$file")
    for f in "$@"; do
        case $f in
        --filter=*) ;;
        *) server_words+=("$f") ;;
        esac
    done
    start_server "${server_words[@]}"
}

target()
{
    truncate -s "${2}M" "$work/$1.img"
    echo "$work/$1.img"
}

medium=(--iso "$iso" --boot iso)
use_pxe()
{
    medium=(--pxe "$pxe_dir" --boot net)
}

machine()
{
    echo "# starting the machine: $*"
    mkdir -p "$vm"
    stat -c %s "$vm/serial.log" 2>/dev/null >"$vm/power-on" ||
        echo 0 >"$vm/power-on"
    "$run_vm" start "$vm" "${medium[@]}" "$@"
}

console()
{
    "$run_vm" wait "$vm" "$@" || fail "the console did not show what it must"
}

console_text()
{
    "$run_vm" text "$vm"
}

never()
{
    local shown

    shown=$(console_text) && [ -n "$shown" ] || fail "the console can't be read"
    if grep -aE -- "$1" <<<"$shown"; then
        fail "the console must never show: $1"
    fi
}

# OVMF in QEMU was once seen to stay dark after a reset, before it had written a
# byte, and so before anything of ours: then the button is pressed again.
press_reset()
{
    local before now end

    echo "# pressing reset"
    before=$(stat -c %s "$vm/serial.log")
    "$run_vm" reset "$vm"
    end=$(($(date +%s) + 90))
    while [ "$(date +%s)" -lt "$end" ]; do
        now=$(stat -c %s "$vm/serial.log")
        [ "$now" = "$before" ] || return 0
        sleep 0.5
    done
    echo "# the firmware stays dark: pressing reset again"
    "$run_vm" reset "$vm"
}

press()
{
    "$run_vm" qmp "$vm" "{\"execute\":\"send-key\",\"arguments\":{\"keys\":[{\"type\":\"qcode\",\"data\":\"$1\"}]}}" >/dev/null || :
}

pull_plug()
{
    echo "# pulling the plug"
    "$run_vm" kill "$vm"
}

# The guest says who it is: the source's identity, its data, and how often this
# disk was booted (the source never was).
migrated()
{
    local line data more

    line=$(console "$guest_s" '^MIGRATED hostname=.*receipt=' "$1")
    echo "$line"
    data=$(sed -n 1p <<<"$digests")
    more=$(sed -n 2p <<<"$digests")
    case $line in
    *" machine-id=5f1c0de05f1c0de05f1c0de05f1c0de0 "*) ;;
    *) fail "another machine-id" ;;
    esac
    case $line in
    *"hostname=web01 "*" sha256=$data more=${more:-none} boot=${2:-$1} "*) ;;
    *) fail "the migrated data or identity differs from the source's" ;;
    esac
}

same_disk()
{
    cmp "$1" "$2" || fail "$1 and $2 differ"
}

# GPT on disk $1 with sector size $2: the source's but for its end, and sound
same_table()
{
    [ "$(table_of "$@")" = "$(table_of "$source_disk" "$2")" ] ||
        fail "another table: $(table_of "$@")"
    "$project/tools/in-root" sfdisk --sector-size "$2" --verify "$1" |
        tee "$work/verify"
    grep -q 'No errors detected' "$work/verify" || fail "sfdisk finds errors"
}

table_of()
{
    "$project/tools/in-root" sfdisk --sector-size "$2" -d "$1" |
        sed -e "s|$1||" -e '/^device:/d' -e '/^last-lba:/d'
}

# A shell, a prompt or a crash: none of them may be on a lander console.
no_prompt()
{
    never 'emergency (mode|shell)|sh-[0-9.]+[#$]|(Give|Enter) root password|Kernel panic|Press Enter for (system )?maintenance|/bin/sh: can.t access tty|^lander login:'
}

# How often lander may have begun a job on this console
lander_started()
{
    local n

    n=$(console_text | grep -acE '^lander: stage probe' || true)
    [ "$n" = "$1" ] || fail "lander began $n times, not $1"
}

# The last line of the guest says that lander left its receipt.
has_receipt()
{
    local line

    line=$(console_text | grep -a '^MIGRATED ' | tail -n 1)
    case $line in
    *" receipt=0" | '') fail "no receipt in the migrated system" ;;
    esac
}

powered_off()
{
    until_true "$1" vm_is_off
    rm -f "$vm/pid"
}

# One that has ended and waits for its parent has no command line.
vm_is_off()
{
    [ -z "$(tr -d '\0' 2>/dev/null <"/proc/$(cat "$vm/pid")/cmdline")" ]
}

# As console, for lines after the last power-on: the log goes on across them.
console_new()
{
    local skip

    skip=$(head -c "$(cat "$vm/power-on")" "$vm/serial.log" >"$vm/before.log"
        mkdir -p "$vm/before" && mv "$vm/before.log" "$vm/before/serial.log"
        "$run_vm" text "$vm/before" | grep -acE -- "$2" || true)
    console "$1" "$2" "$((skip + 1))"
}

# Every file of directory $1 is an export with its name.
serve_exports()
{
    port=$(free_port)
    uri=nbd://10.0.2.2:$port/
    start_server -r file "dir=$1"
}

# A value of the job's record in sector 0 of disk $1; nothing when none is there
record_of()
{
    head -c 440 "$1" | tr -d '\0' | sed -n "s/^$2=//p"
}

# Disk $1 carries a record, and no firmware would boot it.
unfinished()
{
    head -c 24 "$1" | grep -q '^# GRUB Environment Block' ||
        fail "$1: no record in sector 0"
    [ "$(tail -c +441 "$1" | head -c 72 | tr -d '\0' | wc -c)" = 0 ] ||
        fail "$1: an unfinished disk with a partition table or a signature"
}

# The disk takes $1 bytes a second from now on and gives $2; 0 is no limit.
slow_disk()
{
    "$run_vm" qmp "$vm" '{"execute":"block_set_io_throttle","arguments":{
        "device":"disk0","bps":0,"bps_wr":'"$1"',"bps_rd":'"$2"',
        "iops":0,"iops_rd":0,"iops_wr":0}}' |
        grep -q '"return"' || fail "no throttle"
}

# As same_disk, but for what a power cut may leave of a commit: one sector that
# was zero, in no structure of the disk, and now holds a copy of sector 0.
same_but_park()
{
    local sectors

    sectors=$({ cmp -l "$1" "$2" || true; } |
        awk '{ print int(($1 - 1) / 512) }' | uniq)
    [ -n "$sectors" ] || return 0
    [ "$(wc -l <<<"$sectors")" = 1 ] ||
        fail "$1 and $2 differ in sectors" "$(head -n 9 <<<"$sectors" | tr '\n' ' ')"
    echo "# the parked copy of sector 0 is still in sector $sectors"
    cmp <(tail -c +$((sectors * 512 + 1)) "$1" | head -c 512) \
        <(head -c 512 /dev/zero) || fail "that sector was not free"
    cmp <(tail -c +$((sectors * 512 + 1)) "$2" | head -c 512) \
        <(head -c 512 "$1") || fail "something else is in that sector"
}

# Reads in nbdkit's logs $@: "offset count" in hexadecimal without 0x
reads_in()
{
    sed -n 's/.* Read .*offset=0x\([0-9a-f]*\) count=0x\([0-9a-f]*\) .*/\1 \2/p' "$@"
}

sent_bytes()
{
    local sum=0 offset count

    while read -r offset count; do
        : "$offset"
        sum=$((sum + 16#$count))
    done < <(reads_in "$@")
    echo "$sum"
}

# Bytes from offset $1 on that were asked for at least once
sent_distinct()
{
    local end=$1 sum=0 from to offset count

    shift
    while read -r from to; do
        [ "$from" -ge "$end" ] || from=$end
        if [ "$to" -gt "$from" ]; then
            sum=$((sum + to - from))
            end=$to
        fi
    done < <(reads_in "$@" | while read -r offset count; do
        echo "$((16#$offset)) $((16#$offset + 16#$count))"
    done | sort -n)
    echo "$sum"
}

# Since $2 bytes were sent, the source was asked for at most $3 (2 MiB) more;
# $1 says who asked.
asked_little()
{
    local again=$(($(sent_bytes "$log") - $2))

    echo "# $1 asked for $again bytes"
    [ "$again" -le "${3:-$((2 << 20))}" ] || fail "what was there was sent again"
}

# The next start ($1 says which) with these options of machine, for a disk that
# holds all of $uri, served with $log: it finishes the job, and the machine boots.
finishes_with_little()
{
    local who=$1 sent

    shift
    sent=$(sent_bytes "$log")
    machine "$@" --args "lander.source=$uri"
    console_new "$copy_s" '^lander: done: '
    asked_little "$who" "$sent"
    migrated 1
    has_receipt
    no_prompt
}

# Has $log seen reads of more than $1 MB?
copied_mb()
{
    [ "$(sent_bytes "$log")" -gt $(($1 * 1000000)) ]
}

# Starts the boot files by QEMU's own loader: the way to give kernel words.
# As machine; --append's words follow those of every boot medium. Against a
# processor's faults there is nothing to do in an emulated one, but it costs time.
direct()
{
    local words=()

    while [ $# -gt 0 ]; do
        if [ "$1" = --append ]; then
            words+=(--append "console=ttyS0,115200 panic=30 quiet mitigations=off $(
                tr -s ' \n' ' ' <<<"$2")")
        else
            words+=("$1" "$2")
        fi
        shift 2
    done
    local medium=(--kernel "$pxe_dir/vmlinuz" --initrd "$pxe_dir/initramfs.img")
    machine --memory 512 "${words[@]}"
}
