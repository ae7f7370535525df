#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# %pre, %final and %fail: when they run, what they are told, and that only %pre
# can stop anything.
. "$(dirname "$0")/../lib.sh"

lander=${LANDER:-$build/lander}
job=$work/web.ks
uuid=11111111-2222-3333-4444-555555555555
said=$work/said
head -c 4194304 /dev/urandom >"$work/source"

# What a script notes, by a name.
note()
{
    cat <<END
{
    echo "$1 \$LANDER_JOB \$LANDER_SOURCE [\$LANDER_DISKS] \$LANDER_STAGE"
    echo "$1 status [\$LANDER_STATUS] [\$LANDER_MESSAGE] \$LANDER_SCRIPT"
} >>$said
echo "the output of $1"
END
}

# run STATUS WORD…: the job on standard input, onto a new target
run()
{
    local want=$1 status=0

    shift
    cat >"$job"
    rm -f "$said" "$work/log" "$work/target"
    truncate -s 4M "$work/target"
    timeout 120 "$lander" --kickstart="$job" --log="$work/log" "source=$work/source" \
        "disks=$work/target" "job=$uuid" convert=none "$@" >"$work/out" 2>&1 ||
        status=$?
    [ "$status" = "$want" ] ||
        fail "status $status, not $want: $(cat "$work/out")"
}

has()
{
    grep -qF -- "$2" "$work/$1" || fail "$1 has no '$2': $(cat "$work/$1")"
}

has_not()
{
    ! grep -qsF -- "$2" "$work/$1" || fail "$1 has '$2': $(cat "$work/$1")"
}

untouched()
{
    cmp -n 4194304 "$work/target" /dev/zero || fail "the target was touched"
}

# All goes well; %post and %firstboot are what convert=none rules out, not these.
run 0 <<END
%pre
$(note pre)
%end
%fail
$(note fail)
%end
%final --interpreter=/bin/bash
[[ x == x ]] || exit 9
$(note final)
%end
END
cmp "$work/source" "$work/target"
[ "$(head -n 1 "$said")" = "pre $uuid $work/source [] probe" ] || fail "$(cat "$said")"
has said "pre status [] [] $job:1"
has said "final $uuid $work/source [$work/target] commit"
has said "final status [0] [done] $job:"
has_not said fail
has log 'script - INFO - the output of pre'
has log 'script - INFO - the output of final'
[ "$(grep -nF 'running %pre' "$work/log" | cut -d: -f1)" -lt \
    "$(grep -nF 'stage plan' "$work/log" | cut -d: -f1)" ] || fail "%pre came late"
[ "$(grep -nF 'running %final' "$work/log" | cut -d: -f1)" -gt \
    "$(grep -nF 'stage commit' "$work/log" | cut -d: -f1)" ] || fail "%final came early"

# A %pre that refuses: nothing is touched, %fail knows why, the second %pre does
# not run.
run 3 <<END
%pre
echo no network for this
exit 7
%end
%pre
$(note second)
%end
%fail
$(note fail)
exit 5
%end
%fail
$(note next)
%end
%final
$(note final)
%end
END
untouched
has out "%pre of $job:1: exited with 7: no network for this"
has out "warning: %fail of $job:"
has out 'the target disks were not touched'
has said "fail $uuid $work/source [] probe"
has said 'fail status [3] ['
has said next
has_not said second
has_not said final

# A %final that fails changes nothing.
run 0 <<END
%final
echo it went wrong
exit 4
%end
END
cmp "$work/source" "$work/target"
has out "%final of $job:1: exited with 4: it went wrong; this changes nothing"
has out 'done: '

# Not before the end of a job that only plans.
run 0 dryrun <<END
%pre
$(note pre)
%end
%final
$(note final)
%end
END
untouched
has said pre
has_not said final

# A failure of the job itself: a source that is not there.
cat >"$job" <<END
%fail
$(note fail)
%end
END
rm -f "$said"
truncate -s 8M "$work/device"
status=0
"$lander" --kickstart="$job" "source=$work/nothing" "disks=$work/device" \
    convert=none >"$work/out" 2>&1 || status=$?
[ "$status" != 0 ] || fail "a source that is not there"
has said "fail status [$status] ["
has said '] probe'

# Words that are wrong are no job whose scripts could run.
rm -f "$said"
status=0
"$lander" --kickstart="$job" "source=$work/source" "disks=$work/device" \
    convert=none job=nonsense >"$work/out" 2>&1 || status=$?
[ "$status" = 2 ] || fail "a wrong word: $status"
[ ! -e "$said" ] || fail "%fail ran: $(cat "$said")"

# What a script leaves running holds nobody.
run 0 <<END
%final
sleep 600 &
echo \$! >$work/left
%end
END
kill "$(cat "$work/left")" || fail "it was ended, too"

# An order to abort after the commit ends the scripts, and says that it does
# nothing else.
cat >"$job" <<END
%final
echo begun >$said
sleep 600
%end
END
rm -f "$said" "$work/target"
truncate -s 4M "$work/target"
"$lander" --kickstart="$job" "source=$work/source" "disks=$work/target" \
    convert=none --control="$work/control" >"$work/out" 2>&1 &
agent=$!
until_true 30 test -s "$said"
"$lander" pause "--control=$work/control" >"$work/answer" 2>&1 && fail "a pause after the commit"
"$lander" abort "--control=$work/control" >"$work/answer" 2>&1 || fail "abort: $(cat "$work/answer")"
has answer 'the job itself is over'
wait $agent || fail "aborted in %final: $(cat "$work/out")"
cmp "$work/source" "$work/target"

cat >"$job" <<END
%fail
$(note fail)
%end
END

# An abort ends a script that runs, and %fail still runs.
cat >"$job" <<END
%pre
echo begun >$said
sleep 600
%end
%fail
$(note fail)
%end
END
rm -f "$said"
"$lander" --kickstart="$job" "source=$work/source" "disks=$work/target" \
    convert=none --control="$work/control" >"$work/out" 2>&1 &
agent=$!
until_true 30 test -s "$said"
"$lander" abort "--control=$work/control" || fail "abort: $(cat "$work/out")"
status=0
wait $agent || status=$?
[ $status = 10 ] || fail "aborted in %pre: $status: $(cat "$work/out")"
has said 'fail status [10] ['

# A source machine has no migration that they could belong to.
status=0
"$lander" --kickstart="$job" serve serve.key=code >"$work/out" 2>&1 || status=$?
[ $status = 2 ] || fail "scripts of serve: $status: $(cat "$work/out")"
has out "$job:1: this script belongs to a migration"
