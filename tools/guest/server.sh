# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # make-guest's variables
# debian-server: Debian 12 at work, on GPT: an ESP that is mounted, ext4 as root,
# swap that is used, and LVM with XFS.  PostgreSQL commits numbered rows without
# a pause, and tools/guest/blocks.c writes numbered blocks; both tell each number
# on the serial console once it is on the disk.  sshd lets root in by key.

swap_uuid=1a2b3c4d-0000-4000-8000-00000000050a

# What a server needs of a kernel and its other packages, and nothing else: the
# whole disk is copied under emulation.
server_drivers=(arch/x86/crypto crypto lib drivers/virtio
    'drivers/block/virtio_blk*' 'drivers/net/*failover*'
    'drivers/net/virtio_net*' 'drivers/scsi/s[cdr]*'
    'drivers/scsi/virtio_scsi*' 'drivers/ata/*ahci*' 'drivers/ata/libata*'
    'drivers/ata/ata_piix*' drivers/nvme drivers/cdrom drivers/dax
    'drivers/md/dm-[mbls]*' 'drivers/firmware/qemu*' net/core net/packet
    block fs/ext4 fs/jbd2 'fs/mbcache*' fs/xfs fs/fat fs/nls fs/fuse fs/autofs)
server_unused=('/lib/modules/*/kernel/lib/test*' '/usr/share/i18n/*'
    '/usr/lib/*/libLLVM*' '/usr/lib/*/libz3*' '/usr/lib/*/gconv/*'
    '/usr/lib/postgresql/*/bitcode/*' '/lib/udev/hwdb.d/*'
    '/usr/lib/udev/hwdb.d/*' '/usr/lib/*/perl/*/CORE/*'
    '/usr/lib/*/perl/*/auto/Encode/[CJKT]*' '/usr/lib/*/perl/*/auto/Unicode/*'
    '/usr/share/perl/*/Unicode/Collate/*')

system_server()
{
    release=bookworm
    packages=(initramfs-tools zstd lvm2 e2fsprogs dosfstools
        openssh-server postgresql-15)
    with_initramfs_tools virtio_pci virtio_blk virtio_scsi nvme ahci ata_piix \
        sd_mod ext4 crc32c
    with_drivers "${server_drivers[@]}"
    without "${server_unused[@]}"
    # Pages that a lost write left behind are then told by the reader.
    # shellcheck disable=SC2016 # $1 is for mmdebstrap's hooks
    hooks+=(--customize-hook='chroot "$1" runuser -u postgres -- \
        /usr/lib/postgresql/15/bin/pg_checksums --enable \
        -D /var/lib/postgresql/15/main'
        --customize-hook='rm -f "$1/var/lib/apt/lists/"*_* "$1"/var/cache/apt/*.bin')
}

# The database: every commit waits for its log, pages are written all the time.
# A row and the sum of the counters belong together.  $1: tree
add_rows()
{
    printf '%s\n' 'shared_buffers = 16MB' 'min_wal_size = 32MB' \
        'max_wal_size = 48MB' 'checkpoint_timeout = 30s' \
        'max_connections = 10' 'jit = off' "listen_addresses = ''" \
        >"$1/etc/postgresql/15/main/conf.d/load.conf"
    cat >"$1/usr/local/sbin/load-rows" <<'END_OF_FILE'
#!/bin/sh
# A row is told when its commit has returned.
sql() { runuser -u postgres -- psql -qAtX -v ON_ERROR_STOP=1 "$@" postgres; }
sql -c "create table if not exists rows (n bigint primary key, pad text)" \
    -c "create table if not exists counters (id int primary key, v bigint)" \
    -c "insert into counters select i, 0 from generate_series(0, 999) i
        on conflict do nothing" \
    -c "create extension if not exists amcheck" || exit
sql >/dev/ttyS0 <<'SQL'
with r as (insert into rows
        select coalesce(max(n), 0) + 1, repeat(md5(random()::text), 8) from rows
        returning n),
    c as (update counters set v = v + 1 from r where id = (r.n * 7919) % 1000)
select 'T ' || n from r \watch 0.1
SQL
END_OF_FILE
    cat >"$1/usr/local/sbin/load-found" <<'END_OF_FILE'
#!/bin/sh
# What a start finds of the numbers that were told before it.
rows=$(runuser -u postgres -- psql -qAtX -v ON_ERROR_STOP=1 postgres -c "
    select 'rows=' || count(*) || ' row=' || coalesce(max(n), 0) ||
        ' length=' || coalesce(sum(length(pad)), 0) ||
        ' counters=' || (select sum(v) from counters) from rows" -c "
    select 'index=good' || bt_index_check('rows_pkey', true) ||
        bt_index_check('counters_pkey', true)" 2>&1 | tr '\n' ' ')
printf '\nLOAD %s%s\n' "$rows" "$(blocks check /srv/load/blocks)" >/dev/ttyS0
END_OF_FILE
}

# $1: tree
add_load()
{
    local u

    gcc -std=gnu17 -D_GNU_SOURCE -O2 -static -o "$1/usr/local/sbin/blocks" \
        "$project/tools/guest/blocks.c"
    add_rows "$1"
    chmod 755 "$1/usr/local/sbin/load-"*
    printf '%s\n' '[Unit]' 'After=postgresql.service ssh.service' \
        'RequiresMountsFor=/srv/load' 'ConditionPathExists=/srv/load/blocks' \
        '[Service]' 'Type=oneshot' 'ExecStart=/usr/local/sbin/load-found' \
        >"$1/etc/systemd/system/load-found.service"
    printf '%s\n' '[Unit]' 'After=load-found.service' '[Service]' \
        'ExecStart=/usr/local/sbin/load-rows' 'Restart=always' 'RestartSec=1' \
        >"$1/etc/systemd/system/load-rows.service"
    printf '%s\n' '[Unit]' 'After=load-found.service' \
        'RequiresMountsFor=/srv/load' '[Service]' \
        "ExecStart=sh -c 'exec blocks write /srv/load/blocks >/dev/ttyS0'" \
        >"$1/etc/systemd/system/load-blocks.service"
    for u in found rows blocks; do
        ln -s "/etc/systemd/system/load-$u.service" \
            "$1/etc/systemd/system/multi-user.target.wants/"
    done
}

# $1: tree, $2: the image, beside which the key and the server's own are put
configure_server()
{
    printf '%s\n' "UUID=$root_uuid / ext4 errors=remount-ro 0 1" \
        "UUID=${esp_id:0:4}-${esp_id:4} /boot/efi vfat umask=0077 0 1" \
        "/dev/mapper/load-blocks /srv/load xfs defaults 0 0" \
        "UUID=$swap_uuid none swap sw 0 0" >"$1/etc/fstab"
    let_in "$1" "$2"
    mkdir -p "$1/srv/load"
    add_load "$1"
}

# The physical volume as file $1, of $2 MiB, with an empty XFS
make_volume()
{
    mkdir "$tmp/empty"
    truncate -s "$2M" "$1"
    lvm_volume "$1" load blocks $(($2 - 8))
    root_uuid=$more_uuid make_xfs "$tmp/empty" "$1" "$mib" $((($2 - 8) * mib))
}

image_server()
{
    local img=$1 tree=$tmp/tree pv_mib=320 swap_mib=64 root_mib at=34

    root_mib=$((size - at - swap_mib - pv_mib - 1))
    unpack "$tree"
    configure_server "$tree" "$img"
    fill "$tree/srv/data" "$data" 100
    fill "$tree/srv/deleted" 4 200
    digest_of "$tree/srv/data" >"$img.sha256"
    write_grub_menu "$tree/boot/grub/grub.cfg" "$root_uuid" \
        "$(kernel_of "$tree" vmlinuz)" "$(kernel_of "$tree" initrd.img)" \
        "root=UUID=$root_uuid"
    make_ext4 "$tree" "$tmp/root.img" $((root_mib * mib)) "$root_uuid"
    make_volume "$tmp/pv.img" "$pv_mib"
    truncate -s "${swap_mib}M" "$tmp/swap.img"
    mkswap -q -U "$swap_uuid" "$tmp/swap.img"

    truncate -s "${size}M" "$img"
    sfdisk -q "$img" <<END
label: gpt
label-id: $disk_uuid
start=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649, uuid=${disk_uuid%?}1
start=4096, size=$((32 * 2048)), type=uefi, uuid=${disk_uuid%?}2
start=$((at * 2048)), size=$((root_mib * 2048)), type=linux, uuid=${disk_uuid%?}3
start=$(((at + root_mib) * 2048)), size=$((swap_mib * 2048)), type=swap, uuid=${disk_uuid%?}4
start=$(((at + root_mib + swap_mib) * 2048)), size=$((pv_mib * 2048)), type=lvm, uuid=${disk_uuid%?}5
END
    early_cfg "$root_uuid" /boot/grub
    grub_efi 512
    put "$img" "$tmp/esp.img" $((2 * mib))
    put "$img" "$tmp/root.img" $((at * mib))
    put "$img" "$tmp/swap.img" $(((at + root_mib) * mib))
    put "$img" "$tmp/pv.img" $(((at + root_mib + swap_mib) * mib))
    put_bios_grub "$img" 2048 "$tmp/early.cfg" part_gpt "${grub_modules[@]}"
}
