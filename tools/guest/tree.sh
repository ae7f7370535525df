# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# What the trees of all guests get: who it is, and the service that tells it at
# each boot.

# What the guest runs at each boot.  $1: tree
add_service()
{
    cat >"$1/usr/local/sbin/migrated" <<'END'
#!/bin/sh
digest()
{
    [ -d "$1" ] || { echo none; return; }
    (cd "$1" && find . -type f | LC_ALL=C sort | xargs cat) | sha256sum |
        cut -d ' ' -f 1
}
n=$(($(cat /var/lib/migrated-boots 2>/dev/null || echo 0) + 1))
echo "$n" >/var/lib/migrated-boots
sync
# Some guests expect an address; none comes to a machine without a cable.
net=none
for i in $(seq "$(cat /etc/migrated-wait 2>/dev/null || echo 0)"); do
    net=$(ip -4 -br address show scope global | awk '{ print $1 "=" $3 }')
    [ -z "$net" ] || break
    sleep 1
done
receipt=$(find /var/log/lander -type f 2>/dev/null | wc -l)
line="MIGRATED hostname=$(hostname) machine-id=$(cat /etc/machine-id)"
line="$line root=$(findmnt -n -o SOURCE /) sha256=$(digest /srv/data)"
line="$line more=$(digest /srv/more/data) boot=$n"
[ -d /sys/firmware/efi ] && firmware=uefi || firmware=bios
line="$line net=$net fs=$(findmnt -n -o FSTYPE /) firmware=$firmware"
line="$line receipt=$receipt"
printf '\n%s\n' "$line" >/dev/ttyS0
modprobe qemu_fw_cfg 2>/dev/null
after=/sys/firmware/qemu_fw_cfg/by_name/opt/guest/after/raw
if [ "$(cat $after 2>/dev/null)" = poweroff ]; then
    systemctl --no-block poweroff
fi
END
    chmod 755 "$1/usr/local/sbin/migrated"
    cat >"$1/etc/systemd/system/migrated.service" <<'END'
[Unit]
Description=Tell who this machine is
RequiresMountsFor=/srv/data /srv/more
After=local-fs.target

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/migrated

[Install]
WantedBy=multi-user.target
END
    mkdir -p "$1/etc/systemd/system/multi-user.target.wants"
    ln -sf /etc/systemd/system/migrated.service \
        "$1/etc/systemd/system/multi-user.target.wants/"
}

# An initramfs for one kind of disk.  $1: tree, $2…: modules
make_initrd()
{
    local t=$1

    shift
    printf '%s\n' "$@" >"$t/usr/share/initramfs-tools/modules.d/guest"
    mount -t proc proc "$t/proc"
    chroot "$t" update-initramfs -u >"$tmp/initrd.log" 2>&1 ||
        { umount "$t/proc"; die "update-initramfs: $(cat "$tmp/initrd.log")"; }
    umount "$t/proc"
}

# The path of the guest's one kernel or initrd: $1 tree, $2 vmlinuz | initrd.img
kernel_of()
{
    local f

    f=$(cd "$1" && ls boot/"$2"-*)
    [ "$(wc -w <<<"$f")" = 1 ] || die "no single $2 in the tree"
    echo "/$f"
}


# The system's tar file as directory $1, with what all guests are.
unpack()
{
    mkdir "$1"
    tar -C "$1" --exclude './dev/*' -xf "$tar"
    echo "web01" >"$1/etc/hostname"
    echo "127.0.0.1 localhost web01" >"$1/etc/hosts"
    echo "$machine_id" >"$1/etc/machine-id"
    mkdir -p "$1/boot/efi" "$1/boot/grub" "$1/srv/data" "$1/srv/more"
    add_service "$1"
    # Nothing a machine without a network would wait for.
    rm -f "$1"/etc/systemd/system/timers.target.wants/*
}

# The service waits for an address, and these units start with the system.
# $1: tree, $2…: units
with_network()
{
    local t=$1 unit

    shift
    echo 60 >"$t/etc/migrated-wait"
    for unit in "$@"; do
        ln -sf "/lib/systemd/system/$unit" \
            "$t/etc/systemd/system/multi-user.target.wants/"
    done
}

# A boot menu.  Debian's own update-grub is not run: it wants the devices it
# writes for.  $1: file, $2: UUID of the file system with kernel $3 and
# initramfs $4, $5: the kernel's root= and others
write_grub_menu()
{
    cat >"$1" <<END
serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
set default=0
set timeout=0
menuentry 'Debian GNU/Linux' {
	search --no-floppy --fs-uuid --set=root $2
	linux $3 $5 ro console=tty0 console=ttyS0,115200 quiet
	initrd $4
}
END
}

# The drivers in initramfs $1, one a line.  The initramfs of an old machine
# without those of the new one is what makes it unable to start there.
drivers_of()
{
    mkdir "$tmp/initrd"
    (cd "$tmp/initrd" && { zcat "$1" 2>/dev/null || zstdcat "$1"; } |
        cpio -i --quiet -d '*.ko' '*.ko.xz')
    find "$tmp/initrd" -name '*.ko*' -printf '%f\n' | sed 's/\.ko.*//' | sort
    rm -r "$tmp/initrd"
}

server_address=10.7.0.1/24

# Root may come in over SSH, at $server_address, by a key of its own.  $1: tree,
# $2: the image, beside which the key and the fingerprint of the tree's are put
let_in()
{
    printf '%s\n' '[Match]' 'Type=ether' '[Network]' \
        "Address=$server_address" 'LinkLocalAddressing=no' \
        >"$1/etc/systemd/network/lan.network"
    ln -s /lib/systemd/system/systemd-networkd.service \
        "$1/etc/systemd/system/multi-user.target.wants/"
    # It would take the console from those who tell something there.
    ln -s /dev/null "$1/etc/systemd/system/serial-getty@ttyS0.service"
    rm -f "$2.id" "$2.id.pub"
    ssh-keygen -q -t ed25519 -N '' -C test -f "$2.id"
    install -D -m 600 "$2.id.pub" "$1/root/.ssh/authorized_keys"
    ssh-keygen -lf "$1/etc/ssh/ssh_host_ed25519_key.pub" | cut -d ' ' -f 2 \
        >"$2.hostkey"
}
