#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How an unchanged ISO learns its job: a volume labelled LANDER (lander.args and
# lander.ks, which has a script), fw_cfg and words
# baked into the boot menu, all at once. Every value is shown with its origin;
# the command line beats fw_cfg, fw_cfg beats the volume. A wrong word stops the
# job with its origin before anything is touched. A file that lander.config names is
# waited for.
# limit: 700
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

guest tiny
serve "$source_disk"
disk=$(target disk 64)
volume=$work/volume.img
mkfs.vfat -C -n LANDER "$volume" 2048 >/dev/null
printf '%s\n' "lander.source=$uri" 'lander.after=poweroff lander.onfail=poweroff' \
    >"$work/lander.args"
mcopy -i "$volume" "$work/lander.args" ::lander.args
printf '%s\n' 'reconnect 7m' 'onfail wait' %post true %end >"$work/lander.ks"
mcopy -i "$volume" "$work/lander.ks" ::lander.ks
"$project/tools/in-root" iso/make-iso \
    --args 'lander.dryrun lander.explain lander.after=wait' -o "$work/baked.iso"
plain=("${medium[@]}")
medium=(--iso "$work/baked.iso" --boot iso)
machine --disk "$disk" --stick "$volume" --memory 512 \
    --args 'lander.onfail=reboot lander.after=kexec'
console "$boot_s" '^lander: stage plan'
console 30 '^lander: dry run: nothing was written'
console 5 "^lander: lander.source +$uri +.*LANDER"
console 5 '^lander: lander.onfail +reboot +.*fw_cfg'
console 5 '^lander: lander.after +wait +.*kernel'
console 5 '^lander: lander.dryrun +(yes +)?kernel'
console 5 '^lander: lander.reconnect +7m +LANDER volume, lander\.ks:1$'
console 5 '^lander: %post +1 line for /bin/sh +LANDER volume, lander\.ks:3$'
never '^lander: stage full'
no_prompt
pull_plug
rm -rf "$vm"

medium=("${plain[@]}")
machine --disk "$disk" --memory 512 --args "lander.sorce=$uri"
console "$boot_s" '^lander: .* failed: .*fw_cfg.*lander\.sorce'
console 5 '^lander: .*did you mean lander\.source'
never '^lander: stage full'
no_prompt
pull_plug
[ "$(tr -d '\0' <"$disk" | wc -c)" = 0 ] || fail "the target was written to"
rm -rf "$vm"

# A file per machine from one entry, by its card; until it is there, and whole,
# the machine waits.
# shellcheck disable=SC2016 # expanded by lander
word='lander.config=tftp://10.0.2.2/${mac}.ks'
mkdir "$work/tftp"
machine --disk "$disk" --memory 512 \
    --nic "user,tftp=$work/tftp;virtio-net-pci,mac=52:54:00:0a:0b:0c" \
    --args "$word lander.dryrun"
console "$boot_s" '^lander: no job yet, asking again: .*lander.config: 52-54-00-0a-0b-0c\.ks: tftp://10\.0\.2\.2/.*[Nn]ot [Ff]ound'
printf '%s\n' "source $uri" 'afther wait' >"$work/tftp/half.ks"
mv "$work/tftp/half.ks" "$work/tftp/52-54-00-0a-0b-0c.ks"
console 60 '^lander: no job yet, asking again: .*52-54-00-0a-0b-0c\.ks:2: lander\.afther: no such parameter'
never '^lander: stage full'
printf '%s\n' "source $uri" 'after wait' >"$work/tftp/good.ks"
mv "$work/tftp/good.ks" "$work/tftp/52-54-00-0a-0b-0c.ks"
console 60 '^lander: stage plan'
console 30 '^lander: dry run: nothing was written'
