# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For the tests that run programs of theirs in the live system, with its kernel,
# its udev and its tools, in the place of the agent.
#
#   $segment       lies over the live system's files; what is in it is there
#   inside         makes the machine start $segment/unit/run, by sh
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

segment=$work/segment
mkdir -p "$segment/unit" "$segment/etc/systemd/system"

inside()
{
    cat >"$segment/etc/systemd/system/lander.service" <<'END'
[Unit]
DefaultDependencies=no
Requires=sysinit.target
After=sysinit.target
[Service]
Type=exec
ExecStart=/bin/sh /unit/run
END
    # shellcheck disable=SC2016 # expanded by the inner shell
    "$project/tools/in-root" sh -c 'cd "$1" && find . -mindepth 1 |
        cpio --quiet -o -H newc -R 0:0 >"$2"' sh "$segment" "$work/segment.cpio"
    cat "$pxe_dir/initramfs.img" "$work/segment.cpio" >"$work/initramfs.img"
    medium=(--kernel "$pxe_dir/vmlinuz" --initrd "$work/initramfs.img"
        --append "console=ttyS0,115200 panic=30 quiet loglevel=1 mitigations=off")
}
