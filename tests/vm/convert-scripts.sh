#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The job's scripts, and the guest's own tool for its initramfs, in a machine of
# 512 MB. A %post that fails stops the job before the commit, with its last
# words. The next start, by UEFI now, copies nothing again, has the initramfs
# made anew, runs the mended %post with the guest's own programs, and the machine
# boots; its %firstboot runs once, fails, and has removed itself all the same.
# limit: 2400
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest debian-old
serve "$source_disk" --filter=log logfile="$log"
disk=$(target disk 1024)

cat >"$work/bad.ks" <<'END'
onfail poweroff
%post
test "$LANDER_FIRMWARE" = bios && test ! -e /sys/firmware/efi || exit 9
echo some words
echo the last words of a failing script
exit 3
%end
END
cat >"$work/good.ks" <<'END'
# What the machine is to become, and two scripts
initramfs rebuild
after     poweroff
%post
set -e
test "$LANDER_ROOT" = /
test "$LANDER_FIRMWARE" = uefi
ls /sys/firmware/efi/efivars | grep BootOrder
grep nameserver /etc/resolv.conf
/usr/sbin/policy-rc.d && exit 1
systemctl is-enabled systemd-networkd
dpkg -s systemd | grep '^Status: install ok installed'
echo "job=$LANDER_JOB disks=$LANDER_DISKS" >/var/lib/post-was-here
%end
%firstboot --interpreter=/bin/bash
words="FIRSTBOOT $(cat /var/lib/post-was-here) as=$LANDER_SCRIPT"
words+=" left=$(ls -A /var/tmp | grep -v systemd-private; ls /usr/sbin/policy-rc.d 2>/dev/null)"
printf '\n%s\n' "$words." >/dev/ttyS0
systemd-run -q sh -c 'while [ -e /var/lib/lander ]; do sleep 1; done; sync; (echo; echo FIRSTBOOT-OVER) >/dev/ttyS0'
exit 7
%end
END

# Root file system of the disk: one debugfs command
look()
{
    "$project/tools/in-root" debugfs -R "$1" \
        "$disk?offset=$((34 * 1048576))" 2>/dev/null
}

machine --memory 512 --disk "$disk" --args "lander.source=$uri" \
    --ks "$work/bad.ks"
console $((boot_s + copy_s)) '^lander: stage convert'
console 200 '^lander: convert failed: .*opt/lander/ks:2 exited with 3: .*the last words of a failing script'
powered_off 60
unfinished "$disk"
sent=$(sent_bytes "$log")

machine --firmware uefi --memory 512 --disk "$disk" \
    --args "lander.source=$uri" --ks "$work/good.ks"
console_new $((boot_s + copy_s)) '^lander: stage convert'
console 1200 '^lander:   done    initramfs: .* made anew by update-initramfs in '
console 30 '^lander:   done    script: %post of .*opt/lander/ks:4 ended well'
console 60 '^lander: done: '
powered_off 60
asked_little "the second start" "$sent" $((sent / 10))

medium=(--boot disk)
machine --firmware uefi --memory 512 --disk "$disk"
console "$guest_s" '^FIRSTBOOT job=[0-9a-f-]{36} disks=/dev/vda as=fw_cfg opt/lander/ks:15 left=\.'
console 60 '^FIRSTBOOT-OVER'
migrated 1
no_prompt
has_receipt
pull_plug

machine --firmware uefi --memory 512 --disk "$disk" --guest-after poweroff
migrated 2
powered_off 60
[ "$(console_text | grep -ac '^FIRSTBOOT job')" = 1 ] || fail "it ran again"
look 'cat /var/log/lander/firstboot.log' | grep ' ended with 7' ||
    fail "the script's end is not in its log"
look 'cat /var/log/lander/lander.log' | grep 'ks:4: Status: install ok' ||
    fail "what %post said is not in lander's log"
look 'ls /etc/systemd/system' | grep firstboot && fail "the unit is left"
look 'ls /var/lib/lander' | grep . && fail "the scripts are left"
look 'ls /var/tmp' | grep -F .lander && fail "something is left in /var/tmp"
look 'cat /etc/resolv.conf' | grep lander && fail "a resolv.conf is left"
true
