#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The stage device and all file systems inside the live system, with its kernel,
# its udev and its tools: five unit tests that most hosts' kernels can't run.
# limit: 900
# shellcheck source=tests/vm/lib-inside.sh
. "$(dirname "$0")/lib-inside.sh"

cp "$build"/unit/disk_build "$segment/unit/"
cp -L "$build"/root/usr/lib/*/libcmocka.so.0 "$segment/unit/"
cat >"$segment/unit/run" <<'END'
#!/bin/sh
export LD_LIBRARY_PATH=/unit
exec >/dev/ttyS0 2>&1 </dev/null
/unit/disk_build
echo "UNIT-STATUS $?"
END
inside
machine --memory 1536 --net none
console 580 "^UNIT-STATUS"
console_text | tail -n 80 >/work/conv/layout/build/vm-build.txt

