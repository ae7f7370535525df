#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Following writes on another kernel than this host's, and on a disk that takes
# many ranges in one discard: the live system, an NVMe disk, the unit tests.
# long: unit/lander_source_track* run on the host's kernel
# limit: 900
# shellcheck source=tests/vm/lib-inside.sh
. "$(dirname "$0")/lib-inside.sh"

mkdir -p "$segment"/unit/{bin,lib}
cp "$build"/unit/lander_source_track{,live,lost} "$build/lander-source" \
    "$segment/unit/"
# What the tests run that the live system does not need, with its libraries.
# shellcheck disable=SC2016 # expanded by the inner shell
"$project/tools/in-root" sh -c 'cd "$1" && shift && for p; do
    p=$(command -v "$p") && cp -L "$p" bin/ && ldd "$p"
done | sed -n "s/.*=> \(\/[^ ]*\).*/\1/p" | sort -u | xargs cp -Lt lib &&
    cp -L /usr/lib/*/libcmocka.so.0 lib/' sh "$segment/unit" \
    mkfs.ext4 mkfs.xfs mkfs.vfat sfdisk partx losetup fstrim truncate realpath \
    awk timeout touch dd sync wc
rm -f "$segment"/unit/lib/libc.so* "$segment"/unit/lib/ld-*
cat >"$segment/unit/run" <<'END'
#!/bin/sh
export LD_LIBRARY_PATH=/unit/lib PATH=$PATH:/unit/bin
exec >/dev/ttyS0 2>&1 </dev/null
uname -r
mkdir -p /build/build
mount -t tmpfs none /build/build && cp /unit/lander-source /build/build/
cd /build
/unit/lander_source_track
first=$?
/unit/lander_source_tracklost
second=$?
cat /sys/block/nvme0n1/queue/max_discard_segments
LANDER_TRACK_DISK=/dev/nvme0n1 /unit/lander_source_tracklive
echo "UNIT-STATUS $first $second $? mounts=$(grep -c trac /proc/mounts)"
END
inside
truncate -s 440M "$work/disk"
machine --memory 1536 --net none --disk "$work/disk,bus=nvme"
console 780 '^UNIT-STATUS( [0-9]+){3}'
text=$(console_text)
grep -aE '^\[ *(RUN|OK|SKIPPED|FAILED|PASSED|ERROR|LINE) *\]|blocks changed' \
    <<<"$text" || :
grep -qaE '^UNIT-STATUS 0 0 0 ' <<<"$text" || fail "a test failed"
! grep -qaE '^\[ +SKIPPED' <<<"$text" || fail "something was skipped"
