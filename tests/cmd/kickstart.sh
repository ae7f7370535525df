#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A job as a file, with scripts: its words and where they came from, all that is
# wrong with it by line, and no script is ever passed over in silence.
. "$(dirname "$0")/../lib.sh"

lander=${LANDER:-$build/lander}
job=$work/web.ks
truncate -s 4M "$work/source" "$work/target"
sum=$(sha256sum "$work/target")

# refused STATUS 'TEXT IN THE MESSAGE' WORD…, for the job on standard input
refused()
{
    local want=$1 text=$2 status=0

    shift 2
    cat >"$job"
    timeout 60 "$lander" --kickstart="$job" "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] ||
        fail "$text: exit status $status, not $want: $(cat "$work/out")"
    grep -qF -- "$text" "$work/out" || fail "no '$text' in: $(cat "$work/out")"
    [ "$(sha256sum "$work/target")" = "$sum" ] || fail "$text: the target changed"
}

printf '%s\n' "source $work/source" 'after wait' '%post' 'echo secret' '%end' \
    >"$job"
"$lander" --explain --kickstart="$job" --cmdline='lander.after=kexec' \
    disks="$work/target" >"$work/out" || fail "explain: $(cat "$work/out")"
grep -Eq "lander\.source +$work/source +$job:1" "$work/out" || fail "$(cat "$work/out")"
grep -Eq 'lander\.after +kexec +kernel command line' "$work/out" || fail "$(cat "$work/out")"
grep -Eq "%post +1 line for /bin/sh +$job:3" "$work/out" || fail "$(cat "$work/out")"
grep -q secret "$work/out" && fail "a script's text was printed"

refused 2 'web.ks:1: lander.zzz' <<<$'zzz 1\n%prex\nx\n%end\n'
grep -qF 'web.ks:2: %prex: no such section' "$work/out" || fail "$(cat "$work/out")"
refused 2 'has zero bytes' < <(printf 'after \0wait\n')
refused 2 'web.ks' < <(head -c 300000 /dev/zero | tr '\0' '#')
refused 2 'this script cannot run with lander.convert=none (argument)' \
    "source=$work/source" "disks=$work/target" convert=none <<END
%post
x
%end
END
status=0
"$lander" --kickstart="$work/none.ks" >"$work/out" 2>&1 || status=$?
[ "$status" = 2 ] || fail "exit status $status for a file that is not there"
grep -q 'none.ks: no such file' "$work/out" || fail "$(cat "$work/out")"

# A copy without a system for the script is not finished.
cat >"$job" <<END
source $work/source
disks $work/target
%post
x
%end
END
status=0
"$lander" --kickstart="$job" >"$work/out" 2>&1 || status=$?
[ "$status" = 9 ] || fail "exit status $status, not 9: $(cat "$work/out")"
grep -q 'web.ks:3: no Linux system was found' "$work/out" || fail "$(cat "$work/out")"
