#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Secure Boot on, with Microsoft's keys, and the network first for ever: the
# firmware's own PXE gets Debian's shim, its signed GRUB and our menu by TFTP,
# kernel and initramfs by HTTP, as kickstart/pxe.md has it, with its files. A disk
# with a record before a system starts lander (its kernel is asked for), an empty
# one too: it finds its job by its card. The finished one is started by its own
# signed loader.
# limit: 900
if [ -z "${LANDER_LAN:-}" ]; then
    LANDER_LAN=1 exec unshare -n bash "$0"
fi
# shellcheck source=tests/vm/lib-guard.sh
. "$(dirname "$0")/lib-guard.sh"
need ip mcopy
[ -c /dev/net/tun ] || skip "this host's kernel has no TUN"
# shellcheck source=tests/cmd/lib-lan.sh
. "$project/tests/cmd/lib-lan.sh"

start_s=400 # to the first line, over the network
guest tiny
root=$project/build/root
signed=$work/signed.img
cp --sparse=always "$source_disk" "$signed"
# Its loader as Debian installs it: shim, and GRUB with its menu in EFI/debian.
printf 'echo DISK-OK\nsleep 86400\n' >"$work/disk.cfg"
esp=$signed@@$((2 * 1048576)) # tools/guest/tiny.sh
export MTOOLS_SKIP_CHECK=1
mcopy -o -i "$esp" "$root/usr/lib/shim/shimx64.efi.signed" ::/EFI/BOOT/BOOTX64.EFI
mcopy -o -i "$esp" "$root/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" \
    ::/EFI/BOOT/grubx64.efi
mcopy -o -i "$esp" "$work/disk.cfg" ::/EFI/debian/grub.cfg
cp --sparse=always "$signed" "$work/unfinished.img"
put_record "$work/unfinished.img"

lan_files
cp -r "$pxe_dir"/{shimx64.efi,grubx64.efi,grub} "$lan/tftp/"
cp "$project/kickstart/pxe/args.cfg" "$lan/tftp/grub/"
cp "$pxe_dir"/{vmlinuz,initramfs.img} "$lan/lander/"
cat >"$lan/jobs/52-54-00-00-77-01.ks" <<'END'
source nbd://192.168.77.1/
convert none
after reboot
END
chmod -R a+rX "$lan"
ip tuntap add tap1 mode tap
ip link set tap1 master lan0 up
start_lan
nbdkit -f -i 192.168.77.1 -P "$work/nbdkit.pid" -r file "$signed" \
    >"$work/nbdkit.log" 2>&1 9>&- 8>&- &
at_exit kill_server "$!"
until_true 10 test -s "$work/nbdkit.pid"

medium=(--boot net)
# The card's option ROM would be an iPXE without a signature: none, so that the
# firmware's own PXE is used.
power_on()
{
    machine --firmware secure --memory 640 --disk "$1" \
        --nic 'tap,ifname=tap1,script=no,downscript=no;virtio-net-pci,mac=52:54:00:00:77:01,bootindex=1,romfile='
}

wants_kernel()
{
    grep -qF '"GET /lander/vmlinuz HTTP' "$lan/log/access.log"
}

power_on "$work/unfinished.img"
until_true "$start_s" wants_kernel
never 'DISK-OK|lander: booting'
pull_plug

disk=$(target disk 64)
power_on "$disk"
console "$start_s" \
    '^lander: this machine was started by UEFI with Secure Boot, kernel lockdown integrity'
console "$copy_s" '^lander: done: '
console "$start_s" 'lander: booting .*/EFI/BOOT/BOOTX64.EFI'
console "$start_s" '^DISK-OK'
lander_started 1
no_prompt
pull_plug
same_disk "$signed" "$disk"
grep -q 'sent .*/shimx64.efi to ' "$lan/log/dnsmasq" ||
    fail "nobody asked for shim: $(cat "$lan/log/dnsmasq")"
