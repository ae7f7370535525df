#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file of a running machine whose two disks are encrypted.  Without a key it is
# refused before anything is written.  With it both containers are made again, over
# a power cut: the old UUIDs and kinds, other volume keys, one slot that the job's
# key opens, and another one does not.  The copy starts from its own disks alone,
# asks for the passphrase, and tells what / and /srv/more lie on.
# long: two machines and a quarter of an hour; vm/convert-luks opens a copy's LUKS
# limit: 1800
# machines: 2
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-two.sh
. "$(dirname "$0")/lib-two.sh"

guest debian-luks-two
knows_only ahci
# shellcheck source=tests/vm/lib-luks.sh
. "$(dirname "$0")/lib-luks.sh"

# dump IMAGE NUMBER NAME: what is in front of that partition, 0 for all of the
# disk, as $work/NAME: its header in words, and its volume key as NAME.key
dump()
{
    local start=0

    [ "$2" = 0 ] || start=$("$project/tools/in-root" sfdisk -d "$1" |
        sed -n "s/^.*img$2 *: start= *\([0-9]*\),.*/\1/p")
    [ -n "$start" ] || fail "$1 has no partition $2"
    dd if="$1" of="$work/head" bs=512 skip="$start" count=$((24 * 2048)) \
        status=none
    rm -f "$work/$3.key"
    "$project/tools/in-root" cryptsetup luksDump "$work/head" >"$work/$3"
    "$project/tools/in-root" cryptsetup luksDump -q --dump-volume-key \
        --key-file "$work/key" --volume-key-file "$work/$3.key" \
        "$work/head" >/dev/null || fail "$3: the key does not open it"
}

# The line of $work/$1 that begins with $2
header_says()
{
    grep -m 1 "^[[:space:]]*$2" "$work/$1" || fail "$1 has no '$2'"
}

# made_again OLD NEW WORD…: another volume key, one slot, and the same of these
made_again()
{
    local old=$1 new=$2 word

    shift 2
    for word in "$@"; do
        [ "$(header_says "$old" "$word")" = "$(header_says "$new" "$word")" ] ||
            fail "$new: another '$word': $(cat "$work/$new")"
    done
    [ "$(wc -c <"$work/$new.key")" = 64 ] || fail "$new: no key of 512 bits"
    ! cmp -s "$work/$old.key" "$work/$new.key" ||
        fail "$new has the source's own volume key"
    [ "$(grep -cE '^(Key Slot [0-7]: ENABLED|  [0-9]+: luks2)' "$work/$new")" = 1 ] ||
        fail "$new: not one slot: $(cat "$work/$new")"
}

server_unlocked
system=$(target system 640)
more=$(target more 128)
job "$system" "$more" lander.fence=poweroff "$work/key"
console "$plan_s" 'the source has LUKS containers: lander\.luks= names the key of the new ones'
pull_plug
same_disk "$system" <(head -c 640M /dev/zero)
same_disk "$more" <(head -c 128M /dev/zero)

# A power cut, after which another key opens nothing.
encrypted="lander.fence=poweroff lander.luks=fw_cfg:opt/lander/key"
job "$system" "$more" "$encrypted" "$work/key"
console_new "$plan_s" '^lander: +web01_crypt .* -> web01_crypt .* opened LUKS'
console 5 '^lander: +more_crypt .* -> more_crypt +100 MiB +ext4 /srv/more'
console_new "$copy_s" '^lander: copying files: +[1-9][0-9] %'
pull_plug
unfinished "$system"
printf another >"$work/other"
job "$system" "$more" "$encrypted" "$work/other"
console_new "$plan_s" 'lander\.luks= is another key than the one that the new layout was made with'
pull_plug
job "$system" "$more" "$encrypted" "$work/key"
console_new "$plan_s" '^lander: the new layout is there since an earlier start'
copied
console 5 '^lander:   done    crypttab: .* web01_crypt: /dev/sda3 is UUID='
console 5 '^lander:   done    crypttab: .* more_crypt: /dev/sdb is UUID='
server_gone 60
at_server never "$key"

dump "$source_disk" 3 old-root
dump "$source_disk.2" 0 old-more
dump "$system" 3 new-root
dump "$more" 1 new-more
made_again old-root new-root Version: UUID: 'Cipher mode:'
made_again old-more new-more Version: UUID: PBKDF: 'cipher: aes-xts-plain64'

own "$system" "$more"
unlock
console "$guest_s" '^LAYOUT root=lvm,crypt,part,disk:640M more=crypt,part,disk:128M crypttab=good,web01_crypt:UUID,more_crypt:UUID fstab=good'
migrated 1 2
console 5 '^MIGRATED .* root=/dev/mapper/web01-root .* fs=ext4 firmware=uefi '
has_receipt
never "$key"
no_prompt
