#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The live system as one dracut module.  systemd is init, there is no real root
# to switch to, and nothing in here ever gives a shell without being asked.
# shellcheck disable=SC2154 # dracut's variables: initdir moddir kernel …

check() {
    return 255 # only when asked for by name
}

depends() {
    echo systemd-initrd systemd-udevd systemd-journald systemd-tmpfiles \
        systemd-modules-load systemd-sysctl udev-rules
}

installkernel() {
    # shellcheck disable=SC2034 # instmods looks at it
    local hostonly='' drivers
    drivers=$(sed 's/#.*//' "$moddir/drivers")
    # shellcheck disable=SC2086 # words
    instmods $drivers
}

# The libraries of a program that comes later, in a segment of its own, or of a
# plugin: dracut itself looks at executable files only.
install_libraries() {
    local libraries
    libraries=$(ldd "$1" | awk '$3 ~ /^\// { print $3 }')
    # shellcheck disable=SC2086 # words
    inst_multiple $libraries
}

install_plugin() {
    inst "$1"
    install_libraries "$1"
}

# The programs that lander runs, and what a person at the console needs.
install_tools() {
    inst_multiple \
        ip udevadm mount umount modprobe modinfo depmod losetup \
        blkid blockdev lsblk unshare env chroot systemd-detect-virt \
        sfdisk partx wipefs dmsetup dd sync \
        lvm vgchange pvs vgs lvs mdadm cryptsetup \
        mke2fs mkfs.ext4 e2fsck fsck.ext4 resize2fs tune2fs dumpe2fs e2image \
        mkfs.xfs xfs_repair xfs_growfs xfs_admin xfs_db \
        mkfs.btrfs btrfs btrfstune mkfs.vfat fsck.vfat fatlabel \
        ntfs-3g ntfsfix ntfsresize mkntfs mkswap swaplabel \
        rsync tar zstd xz gzip kexec efibootmgr curl \
        nbdkit qemu-nbd qemu-img nbdinfo \
        journalctl systemctl networkctl sulogin
    # A loader for firmware=convert, guest/efigrub.c
    inst_simple /usr/lib/shim/shimx64.efi.signed
    inst_simple /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed
    local d=/usr/lib/x86_64-linux-gnu/nbdkit f
    for f in file nbd curl ssh; do
        install_plugin "$d/plugins/nbdkit-$f-plugin.so"
    done
    for f in cow gzip limit offset partition rate readahead retry \
        retry-request tar truncate xz; do
        install_plugin "$d/filters/nbdkit-$f-filter.so"
    done
    inst_simple /etc/ssl/certs/ca-certificates.crt
    inst_simple /etc/mke2fs.conf
    # For the wizard: a screen, serial lines, and what people come from.
    local t
    for t in l/linux v/vt100 v/vt220 x/xterm x/xterm-256color s/screen \
        s/screen-256color t/tmux t/tmux-256color; do
        inst_simple "/usr/share/terminfo/$t"
    done
    inst_multiple -o /etc/protocols /etc/services
}

# Volumes of the disks in front of us are never activated by themselves: the
# rules that do so are masked, whoever installs them, and LVM is told not to.
install_volumes() {
    local r
    inst_rules 55-dm.rules 56-lvm.rules 60-persistent-storage-dm.rules \
        63-md-raid-arrays.rules 95-dm-notify.rules
    mkdir -p "$initdir/etc/udev/rules.d" "$initdir/etc/lvm" "$initdir/etc/mdadm"
    cp "$moddir/loop.rules" "$initdir/etc/udev/rules.d/61-lander-loop.rules"
    for r in 64-btrfs 64-btrfs-dm 64-btrfs-zoned 64-md-raid-assembly 69-lvm \
        69-dm-lvm 69-md-clustered-confirm-device; do
        ln -sfn /dev/null "$initdir/etc/udev/rules.d/$r.rules"
    done
    cp "$moddir/lvm.conf" "$initdir/etc/lvm/lvm.conf"
    cp "$moddir/mdadm.conf" "$initdir/etc/mdadm/mdadm.conf"
}

install_network() {
    local s=/usr/lib/systemd
    inst_multiple $s/systemd-networkd $s/network/99-default.link \
        $s/system/systemd-networkd.service $s/system/systemd-networkd.socket \
        /usr/lib/tmpfiles.d/systemd-network.conf \
        /usr/lib/modprobe.d/systemd.conf # or a bond0 of no use is there already
    mkdir -p "$initdir/etc/systemd/network"
    printf 'hosts: files dns\n' >"$initdir/etc/nsswitch.conf"
    printf '127.0.0.1 localhost lander\n::1 localhost lander\n' \
        >"$initdir/etc/hosts"
    printf 'lander\n' >"$initdir/etc/hostname"
}

# For lander.serve: root logs in with a key, has no password that fits, and is
# not "locked", which OpenSSH would refuse.  sshd's first half runs as nobody.
install_ssh() {
    inst_multiple /usr/sbin/sshd /usr/lib/openssh/sshd-session \
        /usr/lib/openssh/sshd-auth
    printf 'sshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n' \
        >>"$initdir/etc/passwd"
    sed -i 's|^\(root:.*:\)[^:]*$|\1/bin/sh|' "$initdir/etc/passwd"
    sed -i 's|^root:[^:]*:|root:*:|' "$initdir/etc/shadow"
    grep -q '^root:x:0:0:.*:/bin/sh$' "$initdir/etc/passwd" &&
        grep -q '^root:\*:' "$initdir/etc/shadow" ||
        dfatal "ERROR: root can't be logged in to"
}

# Without initrd-release systemd takes itself for a normal system, so it keeps
# to default.target and never looks for a root to switch to.
install_units() {
    local u=$initdir/usr/lib/systemd/system e=$initdir/etc/systemd/system i
    # Ours comes in a segment of its own (make-initramfs).
    rm -f "$initdir/init"
    rm -f "$initdir/etc/initrd-release" "$initdir/usr/lib/initrd-release" \
        "$u"/initrd*.target "$u"/initrd*.service "$u"/emergency.* \
        "$u"/rescue.* "$u"/debug-shell.service
    rm -rf "$initdir/usr/lib/systemd/system-generators"
    mkdir -p "$e/sysinit.target.wants" "$initdir/usr/lib/lander" \
        "$initdir/etc/modules-load.d"
    cp "$moddir"/lander*.target "$moddir"/lander*.service "$u/"
    cp "$moddir/stopped" "$initdir/usr/lib/lander/stopped"
    cp "$moddir/system.conf" "$initdir/etc/systemd/system.conf"
    mkdir -p "$initdir/etc/systemd/journald.conf.d"
    cp "$moddir/journald.conf" "$initdir/etc/systemd/journald.conf.d/"
    cp "$moddir/modules.conf" "$initdir/etc/modules-load.d/lander.conf"
    cp "$moddir/os-release" "$initdir/etc/os-release"
    ln -sfn lander.target "$u/default.target"
    for i in {emergency,rescue}.{service,target} debug-shell.service; do
        ln -sfn /dev/null "$e/$i"
    done
    # Only for sealed journals, and half of its libraries are not here.
    rm -f "$initdir"/usr/lib/x86_64-linux-gnu/libgcrypt.so*
    : >"$initdir/etc/machine-id"
}

# busybox last, and only where nothing real is there.  Never its init: when
# memory is short, the kernel would fall back to it and give a root prompt.
install_busybox() {
    local applet
    inst busybox
    for applet in $(busybox --list); do
        case $applet in
        init | linuxrc | getty | login | su | sulogin | passwd | httpd | telnetd \
            | ftpd | tcpsvd | udpsvd | dnsd | udhcpd | adduser | deluser) continue ;;
        esac
        if ! find_in_image "$applet"; then
            ln -s busybox "$initdir/usr/bin/$applet"
        fi
    done
}

find_in_image() {
    local d
    for d in usr/bin usr/sbin bin sbin; do
        if [[ -e $initdir/$d/$1 || -L $initdir/$d/$1 ]]; then
            return 0
        fi
    done
    return 1
}

install() {
    install_libraries /usr/sbin/lander
    install_tools
    install_volumes
    install_ssh
    install_network
    install_units
    install_busybox
}
