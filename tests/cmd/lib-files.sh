# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Trees of files for the tests of file mode, sourced after lib.sh, lib-copy.sh
# and lib-ssh.sh.
#
#   need_files         skips where the tools for it are missing
#   make_fs KIND NAME MB  a file system on a loop device, mounted at $work/NAME
#   make_nasty DIR     a tree with everything that a file can have
#   manifest DIR       what is in it, one line a fact, by other tools than ours
#   same_tree A B      fails unless both are the same, down to the nanosecond
#   files STATUS ARG…  lander files with $identity, $pin; what it said in
#                      $work/said, its last line of numbers: number NAME
#   steps_begin ARG…   lander files, whose passes come one by one
#   steps_said [NAME]  waits for what a pass has to say, in $work/said
#   steps_next         lets the next one begin
#   steps_end          no more of them; fails unless that was a good end
: "${work:?}" "${build:?}"

lander=${LANDER:-$build/lander}

need_files()
{
    need getfattr setfattr setfacl setcap chattr lsattr losetup mkfs.ext4
}

make_fs()
{
    local kind=$1 name=$2 loop

    truncate -s "$3M" "$work/$name.img"
    case $kind in
    ext4) mkfs.ext4 -q -F "$work/$name.img" ;;
    xfs) mkfs.xfs -q -f "$work/$name.img" ;;
    btrfs) mkfs.btrfs -q -f "$work/$name.img" ;;
    vfat) mkfs.vfat "$work/$name.img" >/dev/null ;;
    esac
    loop=$(losetup --show -f "$work/$name.img") || skip "no loop device is to be had"
    at_exit losetup -d "$loop"
    mkdir -p "$work/$name"
    mount "$loop" "$work/$name" || skip "no $kind in this kernel"
    at_exit umount -R "$work/$name"
}

# A name of all bytes but / and the zero byte, in two parts.
odd_name()
{
    local i out=

    for ((i = $1; i <= $2; i++)); do
        if [ "$i" != 47 ]; then out+=$(printf '\\x%02x' "$i"); fi
    done
    printf '%b_' "$out"
}

noise()
{
    openssl enc -aes-128-ctr -pass "pass:$1" -nosalt -pbkdf2 </dev/zero \
        2>/dev/null | head -c "$2" || true
}

make_nasty()
{
    local d=$1 i

    (
        cd "$d"
        umask 022
        mkdir plain deep links flags xattrs owners times names empty huge special
        for i in 1 4095 4096 4097 65536 300000 3000001; do
            noise "$i" "$i" >"plain/$i"
        done
        : >plain/nothing

        # Holes: before, between, behind; a file that is one hole.
        truncate -s 50M plain/hole
        noise a 5000 | dd of=plain/sparse bs=4096 seek=3000 status=none
        noise b 5000 | dd of=plain/sparse bs=4096 seek=9 conv=notrunc status=none
        truncate -s 40000001 plain/sparse
        fallocate -l 1M plain/reserved

        # Names.
        : >"names/$(odd_name 1 100)"
        : >"names/$(odd_name 101 255)"
        : >names/$'new\nline'
        : >"names/ "
        : >names/-rf
        : >"names/$(printf 'x%.0s' {1..255})"
        ln -s "$(printf 'y%.0s' {1..1000})" names/longlink
        ln -s ../../../../etc/passwd names/up
        ln -s /dev/null names/absolute
        mkdir names/$'\xff\xfe'
        echo in >names/$'\xff\xfe/in'

        # Several names, over directories.
        echo one >links/a
        ln links/a links/b
        mkdir links/sub
        ln links/a links/sub/c
        ln -s target links/symlink
        ln -P links/symlink links/symlink2
        mkfifo links/fifo
        ln links/fifo links/fifo2

        # What is not a file.
        mkfifo special/fifo
        mknod special/char c 1 3
        mknod special/block b 259 262143
        eval "$(ssh-agent -a "$d/special/socket" 2>/dev/null)" >/dev/null
        kill -KILL "$SSH_AGENT_PID"

        # Owners, modes.
        for i in 1 65535 65536 4294967294; do
            echo "$i" >"owners/$i"
            chown "$i:$i" "owners/$i"
        done
        for i in 0000 0400 1777 2755 4755 6711; do
            echo "$i" >"owners/mode$i"
            chmod "$i" "owners/mode$i"
        done
        mkdir -m 1777 owners/sticky
        mkdir -m 2750 owners/setgid
        chown 4242:4242 owners/setgid
        echo >owners/both
        chown 1000:1000 owners/both
        chmod 6755 owners/both

        # Attributes, ACLs, capabilities, labels.
        echo x >xattrs/file
        setfattr -n user.text -v 'some text' xattrs/file
        setfattr -n user.binary -v 0x000102ff00 xattrs/file
        setfattr -n user.empty xattrs/file
        setfattr -n trusted.thing -v hidden xattrs/file
        setfattr -n security.selinux -v system_u:object_r:etc_t:s0 xattrs/file
        setfattr -n security.selinux -v system_u:object_r:lib_t:s0 xattrs
        ln -s nowhere xattrs/link
        setfattr -h -n security.selinux -v link_t xattrs/link
        setfattr -h -n trusted.onlink -v 1 xattrs/link
        mkfifo xattrs/fifo
        setfattr -n trusted.onfifo -v 1 xattrs/fifo
        mkdir xattrs/acl
        setfacl -m u:1234:rwx,g:70000:r-x,m::rwx xattrs/acl
        setfacl -d -m u:1234:rw-,o::--- xattrs/acl
        echo >xattrs/acl/inherits
        setfacl -b xattrs/acl/inherits
        echo >xattrs/acl/own
        setfacl -m u:77:--x xattrs/acl/own
        cp "$(type -P true)" xattrs/capable
        setcap cap_net_raw,cap_net_bind_service+ep xattrs/capable
        chown 5:5 xattrs/acl/own

        # Times before and after everything, to the nanosecond.
        touch -d '1970-01-01 00:00:00.000000001 UTC' times/first
        touch -d '2033-05-18 03:33:20.123456789 UTC' times/later
        touch -d '1999-12-31 23:59:59.999999999 UTC' times/before
        ln -s x times/link
        touch -h -d '2001-02-03 04:05:06.789012345 UTC' times/link
        mkdir times/dir
        : >times/dir/file
        touch -d '1985-10-26 01:21:00.5 UTC' times/dir

        # A directory of many names, and one deep down.
        for i in {1..3000}; do : >"huge/$i"; done
        i=deep
        while [ ${#i} -lt 1800 ]; do i=$i/$(printf 'd%.0s' {1..60}); done
        mkdir -p "$i"
        echo bottom >"$i/bottom"

        # Flags come last.
        echo still >flags/immutable
        echo more >flags/append
        echo >flags/nodump
        ln flags/immutable flags/immutable2
        mkdir flags/fixed
        echo in >flags/fixed/in
        chattr +d flags/nodump
        chattr +i flags/immutable
        chattr +a flags/append
        chattr +i flags/fixed
    )
}

release_flags()
{
    chattr -R -i -a "$1/flags" 2>/dev/null || true
}

# Times of the root are ours for a moment; its name is not the same.
manifest()
{
    (
        cd "$1"
        find . -xdev \( -path ./lost+found -o -path ./.lander-files \) -prune -o -printf \
            '%y %m %U %G %n %l %T@ %p\0' |
            sed -z 's/^\(d [0-9]* [0-9]* [0-9]*\) [0-9]* /\1 - /' |
            LC_ALL=C sort -z | tr '\0\n' '\n@'
        find . -xdev \( -path ./lost+found -o -path ./.lander-files \) -prune -o \( -type b -o -type c \) \
            -print0 | LC_ALL=C sort -z | xargs -0r stat -c '%t:%T %n'
        find . -xdev \( -path ./lost+found -o -path ./.lander-files \) -prune -o -type f -print0 |
            LC_ALL=C sort -z | xargs -0r stat -c '%s %N'
        find . -xdev \( -path ./lost+found -o -path ./.lander-files \) -prune -o -type f -print0 |
            LC_ALL=C sort -z | xargs -0r sha256sum
        find . -xdev \( -path ./lost+found -o -path ./.lander-files \) -prune -o -print0 | LC_ALL=C sort -z |
            xargs -0r getfattr -h -d -m - -e hex -- 2>/dev/null |
            grep -av "^$\|SGI_ACL"
        lsattr -R . 2>/dev/null | grep -av "lost+found\|lander-files" | awk 'NF {
            gsub(/[^ia]/, "", $1); print }' | LC_ALL=C sort
        # Which names are one file.
        find . -xdev \( -path ./lost+found -o -path ./.lander-files \) -prune -o ! -type d -links +1 \
            -printf '%i %p\n' | LC_ALL=C sort -k 2 | awk '{
                if (!($1 in first)) first[$1] = $2
                print "same as", first[$1], $2 }'
    )
}

same_tree()
{
    manifest "$1" >"$work/manifest.a"
    manifest "$2" >"$work/manifest.b"
    [ "$(wc -l <"$work/manifest.a")" -gt 20 ] || fail "an empty manifest"
    cmp -s "$work/manifest.a" "$work/manifest.b" ||
        fail "$2 is not $1: $(diff "$work/manifest.a" "$work/manifest.b" |
            head -n 20 | cut -c 1-300)"
}

files()
{
    local want=$1 status=0

    shift
    timeout "${copy_s:-120}" "$lander" files "--identity=$identity" \
        "--hostkey=$pin" "$@" >"$work/said" 2>"$work/out" || status=$?
    cat "$work/out" >>"$work/all-out"
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(tail -n 30 "$work/out")"
}

number()
{
    tail -n 1 "$work/said" | tr ',' '\n' | sed -n "s/^ *$1 \([0-9]*\).*/\1/p"
}

steps_begin()
{
    mkfifo "$work/in" "$work/steps"
    "$lander" files "--identity=$identity" "--hostkey=$pin" --step "$@" \
        <"$work/in" >"$work/steps" 2>"$work/out" &
    process=$!
    at_exit end_process
    exec {in}>"$work/in" {steps}<"$work/steps"
}

end_process()
{
    kill "$process" 2>/dev/null || true
}

steps_said()
{
    local line

    read -r -t 60 line <&"$steps" || fail "no pass: $(tail "$work/out")"
    echo "$line" >"$work/said"
    echo "# ${1:-pass}: $line"
}

steps_next()
{
    echo >&"$in"
}

steps_end()
{
    exec {in}>&-
    wait "$process" || fail "status $?: $(tail "$work/out")"
}
