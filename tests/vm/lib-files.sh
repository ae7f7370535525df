# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the tests of mode=file with one machine, sourced after lib.sh: the source is
# a copy of $source_disk, whose root is mounted and has an sshd: running-inside.
#
#   running_source PARTITION [OPTIONS]   after guest: its root is that partition,
#                          mounted with OPTIONS; $work/prepare.sh is run in it first
#   $job_words             a job that takes its files to vda; "${with_identity[@]}"
#                          gives the machine the key for it
#   layout_service         for prepare.sh: what makes the machine say LAYOUT at its
#                          start, and where its file systems are
#   at_source COMMAND      a shell command of root's there; "${into_source[@]}" COMMAND
#                          in the background is one process
#   end_source             switches it off
need ssh ssh-keygen losetup

running_source()
{
    local pin

    cp --sparse=always "$source_disk" "$work/source.img"
    ssh-keygen -q -t ed25519 -N '' -C test -f "$work/id"
    ssh-keygen -q -t ed25519 -N '' -C test -f "$work/host_ed25519"
    cp "$work/id.pub" "$work/authorized"
    pin=$(ssh-keygen -lf "$work/host_ed25519.pub" | cut -d ' ' -f 2)
    port=$(free_port)
    "$project/tools/in-root" "$project/tests/vm/running-inside" \
        "$work/source.img" "$1" "$work" "$port" "${2:-rw}" \
        >"$work/running.log" 2>&1 9>&- &
    running=$!
    at_exit end_source
    until_true 60 test -e "$work/ready"
    into_source=(ssh -p "$port" -i "$work/id" -o IdentitiesOnly=yes
        -o BatchMode=yes -o UserKnownHostsFile=/dev/null
        -o StrictHostKeyChecking=no -o LogLevel=ERROR root@127.0.0.1)
    with_identity=(--fw-cfg "opt/lander/id=$work/id")
    job_words="lander.mode=file lander.source=ssh://root@10.0.2.2:$port/
        lander.hostkey=$pin lander.identity=fw_cfg:opt/lander/id
        lander.disks=$(cat "$work/disk"):vda"
}

layout_service()
{
    cat <<'END'
cat >etc/systemd/system/layout.service <<'UNIT'
[Unit]
After=local-fs.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo "LAYOUT var=$$(findmnt -n -o FSTYPE /var) esp=$$(findmnt -n -o FSTYPE /boot/efi) swap=$$(awk "END { print NR - 1 }" /proc/swaps) scratch=$$(ls -A /srv/scratch | wc -l) table=$$(lsblk -dno PTTYPE /dev/vda) fstab=$$(findmnt --verify >/dev/null 2>&1 && echo good || echo bad)" >/dev/ttyS0'
UNIT
ln -s /etc/systemd/system/layout.service etc/systemd/system/multi-user.target.wants/
END
}

at_source()
{
    "${into_source[@]}" "$@"
}

end_source()
{
    kill "$running" 2>/dev/null || true
    until_true 60 test -e "$work/gone"
}
