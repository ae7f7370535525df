#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/run itself, with tests of a few lines: a source machine that can't be
# made, or hangs while it is, fails its tests and no others; a runner that is
# killed is told; whatever happens, the run ends, and what closes it is its sum.
. "$(dirname "$0")/../lib.sh"
need pgrep flock

p=$work/p
mkdir -p "$p/tests/cmd" "$p/tests/vm" "$p/tools" "$p/build/guests"
cp "$project/tests/run" "$p/tests/"
cp "$project/tests/vm/lib-slot.sh" "$p/tests/vm/"
printf '#!/bin/sh\nexec "$@"\n' >"$p/tools/in-root"
cat >"$p/tools/make-guest" <<'END'
#!/bin/sh
case $1 in
good) : >"$2" ;;
bad) echo 'the archive is away' >&2 && exit 1 ;;
hang) echo $$ >"$0.pid" && exec sleep 1007 ;;
esac
END
chmod +x "$p/tools/in-root" "$p/tools/make-guest"

# a_test NAME LINE…
a_test()
{
    local name=$1

    shift
    printf '%s\n' '#!/bin/bash' "$@" >"$p/tests/$name.sh"
}
a_test cmd/quick 'true'
a_test cmd/skipped 'echo "skip: no cow"; exit 77'
for kind in good bad hang; do
    a_test "vm/$kind" 'guest() { [ -e "build/guests/$1.img" ]; }' "guest $kind"
done
a_test vm/both '# machines: 2' 'guest() { [ -e "build/guests/$1.img" ]; }' 'guest good'

# ran STATUS SUM: what the run that has ended said
ran()
{
    [ "$status" = "$1" ] || fail "status $status: $(cat "$work/out")"
    [ "$(tail -n 1 "$work/out")" = "$2" ] || fail "no '$2': $(cat "$work/out")"
}
has()
{
    grep -Eq -- "$1" "$work/out" || fail "no '$1': $(cat "$work/out")"
}
# lives FILE: the process whose number is in there
lives()
{
    [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null
}
none_left()
{
    ! lives "$p/tools/make-guest.pid" && ! lives "$p/tests/cmd/quick.sh.pid"
}

export LANDER_GUEST_LIMIT=3
unset T LONG LANDER_ASAN LANDER_TEST_LOGS LANDER_VM_SLOTS LANDER_SLOT_HELD
status=0
timeout 60 "$p/tests/run" >"$work/out" 2>&1 || status=$?
ran 1 '3 passed, 2 failed, 1 skipped'
has '^ok +vm/good'
has '^ok +vm/both'
has '^FAIL +vm/bad'
has '^FAIL +vm/hang'
has 'the archive is away'
has "no source machine 'bad': status 1"
has "no source machine 'hang': status 124"
has 'it was ended after 3 s'
has '^skip +cmd/skipped .*no cow'
until_true 10 none_left

# A run that is told to end takes its tests along, and closes with no sum.
a_test cmd/quick 'echo $$ >"$0.pid"' 'exec sleep 1009'
LANDER_GUEST_LIMIT=60 "$p/tests/run" >"$work/out" 2>&1 &
run=$!
until_true 20 lives "$p/tests/cmd/quick.sh.pid"
until_true 20 lives "$p/tools/make-guest.pid"
kill -TERM $run
status=0
wait $run || status=$?
[ "$status" = 143 ] || fail "status $status: $(cat "$work/out")"
has 'ended by a signal'
! grep -q ' passed, ' "$work/out" || fail "it has a sum: $(cat "$work/out")"
until_true 10 none_left

# Its own half that runs the quick tests is gone: those are failed by name.
"$p/tests/run" 'cmd/*' >"$work/out" 2>&1 &
run=$!
until_true 20 lives "$p/tests/cmd/quick.sh.pid"
kill -KILL "$(pgrep -P $run -f tests/run)"
# Its test goes on to the end of its limit, and nobody waits for it.
status=0
wait $run || status=$?
ran 1 '0 passed, 2 failed, 0 skipped'
has '^FAIL +cmd/quick .*not run, or not to its end'
has '^FAIL +cmd/skipped .*not run, or not to its end'
kill "$(cat "$p/tests/cmd/quick.sh.pid")"
until_true 10 none_left
