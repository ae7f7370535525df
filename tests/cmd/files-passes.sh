#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Further passes of one process, which ask only for what changed: after each the
# copy is the source, whatever was done there, and little was sent.  Then a new
# process, which knows nothing, on the same copy.
# limit: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-files.sh"
need_files
serve_ssh
url=ssh://root@127.0.0.1:$port
s=$work/source t=$work/target

make_fs ext4 source 400
make_fs xfs target 500
at_exit release_flags "$s"
at_exit release_flags "$t"
make_nasty "$s"
# Two directories whose files are equal in all but their content.
mkdir -p "$s/swap/a/x/deep" "$s/swap/b/x/deep"
for f in a/x/deep b/x/deep; do
    echo "${f:0:1}" >"$s/swap/$f/file"
    touch -d '2020-01-01 UTC' "$s/swap/$f/file"
done

steps_begin "$url" "$s:$t"

# A pass, and how many files it may fetch at most
pass()
{
    # What is older than two seconds is known for certain not to change.
    sleep 2.2
    "${@:3}"
    steps_next
    steps_said "$1"
    [ "$(number files)" -le "$2" ] || fail "$1: $(number files) files came"
    same_tree "$s" "$t"
}

nothing()
{
    :
}

contents()
{
    echo more >>"$s/plain/4096"
    printf X | dd of="$s/plain/300000" bs=1 seek=5 conv=notrunc status=none
    # The same size, and the time put back.
    touch -r "$s/plain/65536" "$work/stamp"
    printf X | dd of="$s/plain/65536" bs=1 seek=5 conv=notrunc status=none
    touch -r "$work/stamp" "$s/plain/65536"
    truncate -s 100 "$s/plain/3000001"
    chattr -i "$s/flags/immutable"
    echo moved >>"$s/flags/immutable"
    chattr +i "$s/flags/immutable"
}

metadata()
{
    chmod 600 "$s/plain/1"
    chown 1:2 "$s/plain/4095"
    setfattr -n user.new -v x "$s/plain/4097"
    setfattr -x user.text "$s/xattrs/file"
    touch -d 2019-01-01 "$s/plain/nothing"
    chmod 700 "$s/times/dir"
    setfacl -b "$s/xattrs/acl"
    chattr -a "$s/flags/append"
}

names()
{
    rm "$s/names/-rf"
    rm -r "$s/deep"
    mv "$s/plain/1" "$s/plain/one"
    mv "$s/huge" "$s/larger"
    rm "$s/special/fifo"
    mkdir "$s/special/fifo"
    echo in >"$s/special/fifo/in"
    rm "$s/names/up"
    echo file >"$s/names/up"
    rm -r "${s:?}/names/"$'\xff\xfe'
    ln -s /etc "$s/names/"$'\xff\xfe'
    chattr -i "$s/flags/fixed"
    rm "$s/flags/fixed/in"
    chattr +i "$s/flags/fixed"
}

links()
{
    rm "$s/links/b"
    ln "$s/links/a" "$s/links/sub/new"
    cp -p "$s/links/a" "$s/links/sub/copy"
    mv "$s/links/sub/copy" "$s/links/sub/c"
    ln "$s/plain/4096" "$s/links/plain"
}

# Nothing in them changed, but they are other directories now.
moves()
{
    mv "$s/swap/a/x" "$s/swap/x"
    mv "$s/swap/b/x" "$s/swap/a/x"
    mv "$s/swap/x" "$s/swap/b/x"
}

steps_said first
same_tree "$s" "$t"
pass nothing 0 nothing
[ "$(number made)" = 0 ] && [ "$(number mended)" = 0 ] &&
    [ "$(number removed)" = 0 ] || fail "something was done"
pass contents 5 contents
pass metadata 8 metadata
pass names 3010 names
pass links 5 links
pass moves 2 moves
pass nothing 0 nothing
steps_end
[ ! -e "$t/.lander-files" ] || fail "our note is left there"

# Another process: what it finds is compared, and nothing is sent.
contents
files 0 "$url" "$s:$t"
echo "# another process: $(cat "$work/said")"
[ "$(number files)" -le 8 ] || fail "$(number files) files came"
same_tree "$s" "$t"
files 0 --verify "$url" "$s:$t"
nothing_left
