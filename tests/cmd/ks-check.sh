#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A kickstart file before its machine starts: all that is wrong with it at once,
# by line, and nothing else is looked at.
. "$(dirname "$0")/../lib.sh"

lander=${LANDER:-$build/lander}
job=$work/web.ks

# check STATUS [WORD…]: the file on standard input
check()
{
    local want=$1 status=0

    shift
    cat >"$job"
    timeout 20 "$lander" ks-check "$job" "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] || fail "status $status, not $want: $(cat "$work/out")"
}

has()
{
    grep -qF -- "$1" "$work/out" || fail "no '$1': $(cat "$work/out")"
}

check 0 <<END
source /nonexistent/source
disks /nonexistent/target
bwlimit 20M
%pre
touch $work/ran
%end
END
has "$job: nothing is wrong with it: 3 parameters, 1 script"
[ ! -e "$work/ran" ] || fail "a script ran"
grep -q 'names no source' "$work/out" && fail "$(cat "$work/out")"

check 0 <<<'after wait'
has 'it names no source'

check 2 <<END
source nbd://h/x
after fly
bwlimit fast
zzz 1
convert none
rehearse
onfail shell
job me
fence poweroff
jump.hostkey SHA256:x
serve.port 2222
report http://h/planted-secret
syslog h:514
%post
echo planted-secret
%end
%prex
planted-secret
%end
%final --x
planted-secret
%end
%fail
END
for line in 2 3 4 5 7 8 9 10 11 12 13 14 17 20 23; do
    case $line in
    5) has "this script cannot run with lander.convert=none ($job:5)" ;;
    *) has "$job:$line: " ;;
    esac
done
[ "$(grep -c "^$job:" "$work/out")" -ge 12 ] || fail "not a line each: $(cat "$work/out")"
! grep -vq "^$job:" "$work/out" || fail "a line of its own: $(cat "$work/out")"
grep -q planted-secret "$work/out" && fail "the text of a script was told"

check 2 <<<$'source nbd://h/x\nreport.key file:key'
has ':2: lander.report.key means nothing without lander.report'
check 2 <<<$'serve\nserve.key code\nreport.key file:key'
has ':3: lander.report.key means nothing without lander.report'
check 2 <<<$'serve\nsource nbd://h/x'
has 'one of them must go'
check 0 <<<$'serve\nserve.key code'
check 2 < <(printf 'after \0wait\n')
has 'has zero bytes'
check 2 extra <<<''
has 'usage: lander ks-check FILE'
status=0
"$lander" ks-check "$work/none.ks" >"$work/out" 2>&1 || status=$?
[ $status = 2 ] || fail "a file that is not there: $status"
has 'none.ks: no such file'
for file in "$project"/kickstart/*.ks; do
    "$lander" ks-check "$file" >"$work/out" 2>&1 || fail "$(cat "$work/out")"
done
