# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A machine with disks of its own, for the tests of mode=file; sourced after
# lib.sh, lib-copy.sh and lib-ssh.sh.
#
#   mounted OPTIONS DEVICE PLACE   mounted there, until the test ends
#   loop_of FILE       a loop device over it, with its partitions; $loop
#   lodge ROOT         what it takes to log in there: the programs and devices
#                      of this machine
#   small_machine      a disk of 1.6 GB with /boot, /, an XFS at /srv, /home and
#                      swap, mounted at $root, and the way in
#   listed TREE        every path of a copy or of the machine, and what it is
#   same_machine       fails unless what is mounted at $work/new is it, but for
#                      the files that a new layout changes
#   move STATUS ARG…   mode=file of $disk there to $target; fails unless it ends
#                      with STATUS; all it said is in $work/out
: "${work:?}" "${build:?}"

loop=
disk=

mounted()
{
    mkdir -p "$3"
    mount -o "$1" "$2" "$3"
    at_exit umount "$3"
}

loop_of()
{
    loop=$(losetup --show -Pf "$1") || skip "no loop device is to be had"
    at_exit losetup -d "$loop"
    [ -b "${loop}p1" ] || partx -a "$loop"
    at_exit partx -d "$loop"
}

lodge()
{
    local d

    mkdir -p "$1/etc" "$1/root"
    chmod 755 "$1"
    cp -a /etc/passwd /etc/group "$1/etc/"
    for d in usr dev proc sys; do
        mkdir -p "$1/$d"
        mount --rbind "/$d" "$1/$d"
        at_exit umount -l "$1/$d"
    done
    mkdir -p "$1/tmp" "$1/run"
    chmod 1777 "$1/tmp" "$1/run"
    for d in bin sbin lib lib64; do
        ln -s "usr/$d" "$1/$d"
    done
}

move()
{
    local want=$1 status=0

    shift
    timeout "${move_s:-120}" "$lander" mode=file "source=$source_uri" \
        "identity=$identity" "hostkey=$pin" "disks=$disk:$target" \
        --log="$work/log" "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(tail -n 40 "$work/out")"
}

small_machine()
{
    truncate -s 1600M "$work/disk"
    sfdisk -q "$work/disk" <<'END'
label: gpt
label-id: 11111111-2222-4333-8444-555555555555
size=1M, type=21686148-6449-6E6F-744E-656564454649, name=bios
size=100M, type=L, name="the boot partition"
size=500M, type=L, uuid=AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE
size=400M, type=L
size=300M, type=L
size=64M, type=S
END
    loop_of "$work/disk"
    mkfs.ext4 -q -L boot "${loop}p2"
    mkfs.ext4 -q -L root "${loop}p3"
    mkfs.xfs -q -L srv "${loop}p4"
    mkfs.ext4 -q -L home "${loop}p5"
    mkswap -q -L swap "${loop}p6"
    root=/mnt # sshd wants no directory above it that others may write to
    mounted noatime "${loop}p3" "$root"
    mounted rw "${loop}p2" "$root/boot"
    mounted rw "${loop}p4" "$root/srv"
    mounted rw "${loop}p5" "$root/home"
    echo deep >"$root/home/file"
    lodge "$root"
    {
        echo "UUID=$(blkid -o value -s UUID "${loop}p3") / ext4 noatime 0 1"
        echo "/dev/${loop#/dev/}p4 /srv xfs defaults 0 0"
        echo "LABEL=home /home ext4 defaults 0 2"
    } >"$root/etc/fstab"
}

listed()
{
    (cd "$1" && find . \( -path ./usr -o -path ./dev -o -path ./proc \
        -o -path ./sys -o -path ./srv/scratch/left-out -o -path ./run \
        -o -name '.lander-*' -o -name lost+found -o -path ./tmp \
        -o -name 'fstab*' \) -prune -o -not -path . -not -path ./etc \
        -printf '%p %y %m %U %G %T@ %l\n' | LC_ALL=C sort)
}

same_machine()
{
    listed "$root" >"$work/before"
    listed "$work/new" | diff "$work/before" - >"$work/diff" ||
        fail "the copy differs: $(head -n 20 "$work/diff")"
}
