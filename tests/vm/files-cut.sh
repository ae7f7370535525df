#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mode=file, and the plug is pulled in the middle of everything, one start after the
# other: while the layout is made, in the first pass, in rounds 2 and 3, in the
# last pass and in the comparison of a source that stands still, in the conversion,
# in the commit.  No firmware would start the disk in all that time; each start
# goes on and lets little come again; the source, which is written to all the
# time, is let go; the last start needs it no more; and what the machine then
# holds is what the source held when it was stopped.
# long: nine starts; cmd/file-mode-cut kills the agent alone
# limit: 2700
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/lib-files.sh
. "$(dirname "$0")/lib-files.sh"
need debugfs

guest debian-mbr

# Files that are replaced, made and removed by the number; whoever reads them
# knows which numbers are there, and whether a file is whole.
{
    layout_service
    cat <<'END'
mkdir -p srv/scratch srv/load
head -c 20000000 /dev/urandom >srv/scratch/large
cat >etc/systemd/system/load.service <<'UNIT'
[Unit]
After=layout.service
Before=migrated.service
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/load
UNIT
ln -s /etc/systemd/system/load.service etc/systemd/system/multi-user.target.wants/
cat >usr/local/sbin/load <<'SCRIPT'
#!/bin/sh
cd /srv/load
last=0 wrong=0
for f in [0-9]*; do
    n=$(head -n 1 "$f")
    yes "$n" | head -c 65536 | cmp -s - "$f" || wrong=$((wrong + 1))
    [ "$n" -le "$last" ] || last=$n
done
for i in $(seq $((last - 39)) "$last"); do
    [ "$(head -n 1 $((i % 40)))" = "$i" ] || wrong=$((wrong + 1))
done
printf '\nLOAD last=%s wrong=%s marks=%s large=%s\n' "$last" "$wrong" \
    "$(echo at-*)" "$(sha256sum <large | cut -c 1-16)" >/dev/ttyS0
SCRIPT
chmod 755 usr/local/sbin/load
END
} >"$work/prepare.sh"
running_source 1

# It ends with its line: nobody reads what it says.
"${into_source[@]}" 'cd /srv/load; n=0; while :; do
    n=$((n + 1))
    yes $n | head -c 65536 >new; mv new $((n % 40))
    : >at-$n; rm -f at-$((n - 5))
    echo $n || exit; sleep 0.5
done' >"$work/wrote" 2>"$work/writer.log" 9>&- &
writer=$!
at_exit kill_server "$writer"

wrote()
{
    local last

    last=$(tail -n 1 "$work/wrote")
    echo "${last:-0}"
}

wrote_more()
{
    [ "$(wrote)" -gt "$1" ]
}
until_true 60 wrote_more 0

# $1 MB that the next pass has to bring
enlarge()
{
    at_source "head -c ${1}000000 /dev/urandom >/srv/load/large"
}

disk=$(target disk 900)
number=0
watch_disk()
{
    while sleep 1; do
        [ "$(tail -c +441 "$disk" | head -c 72 | tr -d '\0' | wc -c)" = 0 ] ||
            date >>"$work/startable"
    done
}
watch_disk 9>&- &
watcher=$!
at_exit kill_server "$watcher"

start()
{
    number=$((number + 1))
    echo "# start $number, at $SECONDS s"
    direct --firmware uefi --disk "$disk" "${with_identity[@]}" \
        --args "$job_words lander.exclude=/srv/scratch/ lander.downtime=10m
            lander.cutover=manual lander.part=\"/var size=120M\"" \
        --append "lander.after=poweroff ${1:-}"
}

# This start has not come so far.
not_yet()
{
    local shown

    shown=$(tail -c "+$(($(cat "$vm/power-on") + 1))" "$vm/serial.log")
    [ -n "$shown" ] || fail "nothing on the console"
    ! grep -aE -- "$1" <<<"$shown" || fail "cut too late"
}

# The plug is pulled before the console has $2.
cut_before()
{
    pull_plug
    not_yet "$2"
    echo "# cut in $1, at $SECONDS s"
    unfinished "$disk"
    [ "$(record_of "$disk" lander_mode)" = file ] || fail "no record of files"
    until_true 30 wrote_more "$(wrote)"
}

# Of what an earlier start brought at most $1 MB come again.
goes_on()
{
    local came

    console_new "$boot_s" '^lander: the new layout is there since an earlier start'
    came=$(console_new "$copy_s" '^lander: [0-9]+ files and directories are there' |
        sed 's/.* there, \([0-9]*\)\..*/\1/')
    echo "# $came MB came"
    [ "$came" -le "$1" ] || fail "what was there came again"
}

until_compared()
{
    console_new "$copy_s" '^lander: round 1: files compared'
}

stop_source()
{
    ordered=$(wrote)
    "$run_vm" type "$vm" 'cutover\n'
    console_new 120 '^lander: stopping the source'
}

has_table()
{
    [ "$(tail -c +513 "$disk" | head -c 8 | tr -d '\0')" = 'EFI PART' ]
}

start
slow_disk 200000 0
console_new "$boot_s" '^lander: stage full'
until_true 120 has_table
cut_before "the making of the layout" 'copying files'
[ -z "$(record_of "$disk" lander_z)" ] || fail "the layout was made"

start lander.bwlimit=8M
line=$(console_new $((boot_s + copy_s)) '^lander: copying files: +[5-9][0-9] %')
cut_before "the first pass" 'files and directories are there|since an earlier'
[ -n "$(record_of "$disk" lander_z)" ] || fail "no layout is noted"
all=$(at_source 'du -xsm --exclude=/srv/scratch / 2>/dev/null' | cut -f 1)
had=$(grep -oE '[0-9]+ MB received' <<<"$line" | cut -d ' ' -f 1)
echo "# $had of $all MB had come"

# What it had only in its memory is lost.
start
goes_on $((all - had + 60))
until_compared
slow_disk 2000000 0
enlarge 40
console_new 120 '^lander: round 2: files: +[0-9]+ %'
cut_before "round 2" 'round 2: files compared'

start
goes_on 60
until_compared
console_new 120 '^lander: round 2: files compared'
slow_disk 2000000 0
enlarge 41
console_new 120 '^lander: round 3: files: +[0-9]+ %'
cut_before "round 3" 'round 3: files compared'

start
goes_on 60
until_compared
slow_disk 2000000 0
enlarge 42
stop_source
console_new 120 '^lander: final: files: +[0-9]+ %'
cut_before "the last pass" 'stage verify'

start
goes_on 60
until_compared
stop_source
console_new "$copy_s" '^lander: stage verify'
slow_disk 0 8000000
console_new 120 '^lander: verifying files: +[0-9]+ %'
cut_before "the comparison" 'are equal to the source'

start
goes_on 10
until_compared
stop_source
console_new "$copy_s" '^lander: stage convert'
slow_disk 300000 0
console_new 120 '^lander: /dev/vda: making Debian .* start on this machine'
sleep 1
cut_before "the conversion" 'stage commit'
root=$(od -An -tu8 -j $((1024 + 32)) -N 8 "$disk")
debugfs -R 'cat /etc/fstab' "$disk?offset=$((root * 512))" 2>/dev/null |
    grep /boot/efi || fail "the conversion had changed nothing"

# At its end the conversion stops for somebody who makes the disk slow: so slow
# that a sector takes four seconds.
shell_answers()
{
    "$run_vm" type "$vm" 'echo SHELL-$((40+2))\r'
    "$run_vm" wait "$vm" 3 '^SHELL-42'
}
commit_noted()
{
    [ "$(record_of "$disk" lander_state)" = commit ]
}
no_prompt
hash=$("$project/tools/in-root" openssl passwd -6 -salt abc 'open sesame')
start "lander.break=commit lander.password=$hash"
goes_on 60
until_compared
stop_source
console_new $((2 * copy_s)) 'Enter root password for system maintenance'
stopped=$(wrote)
"$run_vm" type "$vm" 'open sesame\r'
until_true 60 shell_answers
[ "$(wrote)" = "$stopped" ] || fail "the source does not stand still"
slow_disk 128 10000000
"$run_vm" type "$vm" 'exit\r'
until_true 60 commit_noted
cut_before "the commit" '/dev/vda: complete'
commit_noted || fail "cut too late"
[ ! -e "$work/startable" ] || fail "it could be started: $(cat "$work/startable")"
kill_server "$watcher"
large=$(at_source 'sha256sum </srv/load/large' | cut -c 1-16)
kill_server "$writer"
end_source

start
console_new "$boot_s" '^lander: done: '
not_yet 'stage full|stage convert|emergency|panic'
powered_off 60

medium=(--boot disk)
machine --firmware uefi --memory 512 --net none --disk "$disk" \
    --guest-after poweroff
migrated 1
console 5 '^MIGRATED .* firmware=uefi '
console 30 '^LAYOUT var=ext4 esp=vfat swap=1 scratch=0 table=gpt fstab=good'
load=$(console 30 "^LOAD .* wrong=0 .* large=$large")
echo "# ordered after $ordered, stopped after $stopped: $load"
last=$(grep -oE 'last=[0-9]+' <<<"$load" | cut -d = -f 2)
[ "$last" -ge "$ordered" ] && [ "$last" -ge "$stopped" ] &&
    [ "$last" -le $((stopped + 1)) ] || fail "not what the source held"
marks=${load#*marks=}
marks=${marks% large=*}
for i in $(seq $((stopped - 4)) "$stopped"); do
    case " $marks " in
    *" at-$i "*) ;;
    *) [ "$i" -le $((last - 5)) ] || fail "no mark of $i" ;;
    esac
done
[ "$(wc -w <<<"$marks")" -le 6 ] || fail "marks that were removed"
has_receipt
not_yet 'emergency|panic'
powered_off 60
