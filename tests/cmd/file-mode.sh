#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file by its example job, from the first look to the commit: a running
# machine on a disk of 1.6 GB becomes one of 1.1 GB, with everything that its files have, and a /var
# of its own.  No btrfs: one kernel knows its UUID only once.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
. "$(dirname "$0")/lib-root.sh"
need losetup partx sfdisk mkfs.ext4 mkfs.xfs mkswap jq
need_files

small_machine
at_exit release_flags "$root/srv/nasty"
mkdir -p "$root/srv/nasty" "$root/srv/scratch" "$root/var/lib/things"
echo thing >"$root/var/lib/things/one"
make_nasty "$root/srv/nasty"
head -c 30000000 /dev/urandom >"$root/srv/noise"
head -c 1000000 /dev/urandom >"$root/srv/scratch/left-out"
# Swap that nobody swaps to just now; what is in it is nobody's.
fallocate -l 4M "$root/srv/swap file"
chmod 600 "$root/srv/swap file"
mkswap -q -L extra "$root/srv/swap file"
printf x | dd of="$root/srv/swap file" bs=1 seek=9000 conv=notrunc status=none
{
    printf '%s\n' '/srv/swap\040file none swap sw 0 0'
    echo '/srv/scratch/left-out none swap sw 0 0'
} >>"$root/etc/fstab"
sync

truncate -s 1100M "$work/target"
serve_ssh "ChrootDirectory $root"
from ""
disk=${loop#/dev/}

# opened: the finished target's file systems at $work/new
opened()
{
    loop_of "$target"
    mounted ro "${loop}p3" "$work/new"
    mounted ro "${loop}p2" "$work/new/boot"
    mounted ro,nouuid "${loop}p4" "$work/new/srv"
    mounted ro "${loop}p5" "$work/new/home"
    mounted ro "${loop}p7" "$work/new/var"
}

# kickstart/file-smaller.ks, for this machine; nobody is switched off here.
sed "s|@10\.0\.2\.2/|@127.0.0.1:$port/|; s|SHA256:A*|$pin|
    s|file:id_ed25519|$identity|; s|sda:vda|$disk:$target|; s|size=8G|size=40M|
    s|/srv/backup,|/srv/scratch/,|; /^fence  *poweroff/d" \
    "$project/kickstart/file-smaller.ks" >"$work/job.ks"
! grep -v '^#' "$work/job.ks" | grep -q '10\.0\.2\.2\|^fence\|SHA256:AAAA' ||
    fail "another form of the example: $(cat "$work/job.ks")"
timeout 120 "$lander" --kickstart="$work/job.ks" --log="$work/log" \
    --status="$work/status" >"$work/out" 2>&1 || fail "$(cat "$work/out")"
jq -e '.stage == "commit"' "$work/status" >/dev/null ||
    fail "$(cat "$work/status")"
said "files and directories are equal to the source, which stands still"
said "convert"
opened
same_machine
same_tree "$root/srv/nasty" "$work/new/srv/nasty"
[ ! -e "$work/new/srv/scratch/left-out" ] || fail "exclude= was not obeyed"
[ -d "$work/new/srv/scratch" ] || fail "the directory itself is missing"
[ "$(cat "$work/new/var/lib/things/one")" = thing ] || fail "/var is empty"
grep -q "^UUID=$(blkid -o value -s UUID "${loop}p4") /srv xfs" \
    "$work/new/etc/fstab" || fail "/srv: $(cat "$work/new/etc/fstab")"
grep -q "^UUID=$(blkid -o value -s UUID "${loop}p7") /var ext4" \
    "$work/new/etc/fstab" || fail "/var: $(cat "$work/new/etc/fstab")"
file="$work/new/srv/swap file"
[ "$(blkid -p -o value -s LABEL "$file")" = extra ] || fail "no swap: $file"
[ "$(stat -c '%s %a' "$file")" = '4194304 600' ] || fail "$(stat "$file")"
[ $(($(stat -c %b "$file") * 512)) -ge 4194304 ] || fail "$file has holes"
[ "$(tail -c +4097 "$file" | tr -d '\0' | wc -c)" = 0 ] || fail "used: $file"
grep -q '^/srv/swap' "$work/new/etc/fstab" || fail "no swap in fstab"
grep -q '^# /srv/scratch/left-out none swap' "$work/new/etc/fstab" ||
    fail "swap that is not there: $(cat "$work/new/etc/fstab")"
said "/srv/scratch/left-out on none is a comment now: the swap file was not copied"
for n in 2 3 4 5 6; do
    [ "$(blkid -o value -s UUID "${loop}p$n")" = \
        "$(blkid -o value -s UUID "/dev/${disk}p$n")" ] ||
        fail "another UUID on $n"
done
cat "$work/out"
nothing_left
