# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For every test script, sourced first:  . "$(dirname "$0")/../lib.sh"
#
#   $project   the checkout       $build   its build directory
#   $work      a directory of this test's own, new and empty; removed when the
#              test passes, kept under build/test-work when it does not
#   fail TEXT          ends the test
#   skip TEXT          ends it as not run, with the reason (status 77)
#   need PROGRAM…      skips when one is missing
#   at_exit CMD…       runs at the end, last registered first
#   until_true SECONDS CMD…   tries CMD until it succeeds, else fails
#   unloop DEVICE…     detaches loop devices that hold a file in $work, and no others:
#                      the number of one that is gone may be somebody else's by now
#   free_port          a TCP port of 127.0.0.1 that nobody listens on
set -Eeuo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$project/build
test_name=$(basename "$(dirname "$(realpath "$0")")")-$(basename "$0" .sh)
work=${LANDER_TEST_WORK:-$build/test-work}/$test_name
rm -rf "$work"
mkdir -p "$work"
exit_commands=()

fail()
{
    echo "FAIL: $*" >&2
    exit 1
}

skip()
{
    echo "skip: $*"
    exit 77
}

need()
{
    local p

    for p in "$@"; do
        command -v "$p" >/dev/null || skip "$p is not installed"
    done
}

at_exit()
{
    exit_commands+=("$(printf '%q ' "$@")")
}

at_end()
{
    local status=$? i

    trap - EXIT ERR
    set +e
    for ((i = ${#exit_commands[@]} - 1; i >= 0; i--)); do
        eval "${exit_commands[i]}"
    done
    case $status in
    0 | 77) rm -rf "$work" ;;
    esac
    exit "$status"
}
trap at_end EXIT
# A command that fails without a word says at least where.
trap 'echo "# ${BASH_SOURCE[0]##*/}:$LINENO: status $?: $BASH_COMMAND" >&2' ERR
trap 'exit 143' TERM
trap 'exit 130' INT

until_true()
{
    local end=$(($(date +%s) + $1))

    shift
    until "$@"; do
        [ "$(date +%s)" -lt "$end" ] || fail "waited in vain for: $*"
        sleep 0.2
    done
}

unloop()
{
    local device file

    for device in "$@"; do
        file=$(cat "/sys/block/${device#/dev/}/loop/backing_file" 2>/dev/null) || continue
        case $file in
        *"$work"/*) losetup -d "$device" ;;
        esac
    done
}

free_port()
{
    local port

    while :; do
        port=$((20000 + RANDOM % 12000))
        if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}
