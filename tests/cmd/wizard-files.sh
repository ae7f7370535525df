#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A machine that runs, onto a disk that is too small for its own: the wizard leads
# to its files, shows the new layout and why, takes sizes line by line, says what
# is wrong with them at once, and makes the job that its words would have made.
# limit: 400
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-root.sh"
. "$(dirname "$0")/lib-screen.sh"
need tmux losetup partx sfdisk mkfs.ext4 mkfs.xfs mkswap
[ -n "${LANDER_IN_ROOT:-}" ] || skip "only inside the build root"
rows=25

small_machine
head -c 30000000 /dev/urandom >"$root/srv/noise"
sync
disk=${loop#/dev/}
truncate -s 1100M "$work/target"
small=$(losetup --show -f "$work/target") || skip "no loop device is to be had"
drop_small()
{
    if [ -n "${small:-}" ]; then unloop "$small"; fi
}
at_exit drop_small
serve_ssh "ChrootDirectory $root"

# to_disks WORD…: as far as the disks of that machine
to_disks()
{
    on_screen "$lander" wizard --log="$work/log" \
        --status="$work/status" --control="$work/control" "$@"
    shows '1 of 6: the network'
    keys Enter
    shows '2 of 6: the source'
    keys Tab Enter
    shows 'source, over SSH'
    typed '127.0.0.1'
    keys Tab Tab C-u
    typed "$port"
    keys Tab
    typed "$disk"
    keys Enter Enter Enter
    shows 'Is it the right machine?'
    keys Up Enter
    shows 'How does one get in?'
    keys Down Tab Enter
    shows 'The key'
    keys C-u
    typed "$identity"
    keys Enter Enter
    shows '3 of 6: the disks' 60
}
untouched()
{
    [ "$(du -k "$work/target" | cut -f 1)" = 0 ] || fail "$1: it was written to"
}

# --- block by block is asked for, and can't be -----------------------------------

to_disks "disks=$small" mode=block
shows 'not copied'
keys Tab Enter
shows 'No disk is chosen'
shows 'may have room for'
keys Enter
shows '* is too small for a copy block by'
shows "$disk"
has 'not copied' && fail "it does not lead to files: $(screen)"
keep files-disks
keys Tab Enter
shows 'what suits the disks here'
keep files-how
keys Tab Enter
shows '5 of 6: the plan' 60
shows "mode=file: $small is smaller than the disk that it is for"
shows "${disk}p4  400 MiB"
shows 'xfs /srv'
shows '<Sizes>'
keep files-plan

# --- sizes -------------------------------------------------------------------------

# change TEXT KEY…: in the list of sizes, from its first line to another one
to_sizes()
{
    keys Tab Enter
    shows '5 of 6: the sizes'
}
change()
{
    local text=$1

    shift
    keys "$@" Enter
    shows 'An empty line: the plan'
    keys C-u
    typed "$text"
    keys Enter Enter
}
to_sizes
shows '/home'
keep files-sizes
# Who goes back has wished nothing.
change '/home size=230M' Down Down Down
shows '* /home'
keys Escape
shows '5 of 6: the plan'
to_sizes
has '* /home' && fail "it is wished all the same: $(screen)"
change '/home size=9X' Down Down Down
shows "That is no size"
shows "part /home: size '9X' is none"
keys Enter
shows 'An empty line: the plan'
has '/home size=9X' || fail "what was typed is gone: $(screen)"
keys C-u
typed '/home size=240M'
keep files-size
keys Enter Enter
shows '* /home'
# Left so, nothing of it counts until the plan is made again.
keys Tab Enter
shows 'mode=file: as the job says' 60
shows '240 MiB  ext4 /home'

# More than there is: said, and the way back leads to the sizes.
to_sizes
shows '* /home'
change '/srv size=5G' Down
shows '* /srv'
keys Tab Enter
shows "This job can't be done so" 60
shows "is too small"
keep files-too-large
keys Enter
shows '5 of 6: the sizes'
shows '* /srv'
change '' Down
shows '5 of 6: the sizes'
has '* /srv' && fail "it is still a wish: $(screen)"
has '  swap' || fail "the other lines are gone: $(screen)"
# A place of its own, which the old machine has not.
change '/var size=90M fstype=ext4' Down Down Down Down Down
shows '* /var'
keep files-own
keys Tab Enter
shows '90.0 MiB  ext4 /var' 60
shows '240 MiB  ext4 /home'
keys End
keep files-words
untouched 'the plan'

# What was chosen is what is shown, and left again.
keys Escape
shows 'the files, into a new layout'
shows 'Encryption in the new layout'
keys Escape
shows '3 of 6: the disks'
keys Escape
shows 'What is to be copied'
keys Escape
shows '1 of 6: the network'
keys Escape
left 10
untouched 'left'
unloop "$small"
small=

# --- the job, onto a file that is too small ---------------------------------------

to_disks mode=file "disks=$work/target" cutover=auto
shows 'target'
keys Tab Enter
shows 'the files, into a new layout'
keys Tab Enter
shows 'mode=file: as the job says' 60
keys Tab Enter
shows '5 of 6: the sizes'
change '/var size=90M fstype=ext4' Down Down Down Down Down
shows '* /var'
keys Tab Enter
# A row too wide for the screen, for the path of the file, stays one row.
shows '7 90.0 MiB ext4 /var' 60
keep files-wide
keys Enter
shows 'type the word: copy'
untouched 'before the last word'
typed copy
keys Enter Enter
shows '6 of 6: the copy'
shows 'files '
keep files-copy
shows 'The job is finished.' 120
keep files-end
keys Enter
left 0
loop_of "$work/target"
[ "$(blkid -o value -s TYPE "${loop}p4")" = xfs ] || fail "no XFS: $(blkid)"
[ "$(blockdev --getsize64 "${loop}p7")" = $((90 << 20)) ] ||
    fail "/var: $(lsblk -b "$loop")"
mounted ro "${loop}p3" "$work/new"
mounted ro,nouuid "${loop}p4" "$work/new/srv"
mounted ro "${loop}p5" "$work/new/home"
mounted ro "${loop}p7" "$work/new/var"
cmp "$work/new/srv/noise" "$root/srv/noise" || fail "another file"
grep -q ' /var ext4 ' "$work/new/etc/fstab" || fail "$(cat "$work/new/etc/fstab")"
nothing_left
