#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that is mounted and written to all the time: copied while it is, held
# still for the last comparison, and let go.  Whatever is cut, stopped or killed
# meanwhile, the source goes on and no copy is committed that never was.
# limit: 600
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib-copy.sh"
. "$(dirname "$0")/lib-ssh.sh"
. "$(dirname "$0")/lib-live.sh"
need openssl

size=$((192 * 1048576))
live_disk ext4
serve_ssh
from "${loop#/dev/}"

# Refused, planned: nothing is stopped, nothing written.
begin_writing
copy_live 3 quiesce=none
said "$mounted"
said 'does not stop who writes there'
copy_live 0 dryrun
said 'the source is in use:'
said 'as soon as it can stand still for no more than 60s'
goes_on
[ "$(stat -c %s "$target")" = 1048576 ] || fail "the dry run wrote"

# By itself, when the downtime can be kept.
begin 0
frozen_now
still_now
goes_on_agent
ended 0 'auto'
equals_still
said 'round 1: hashes compared'
said 'from the quiesce to the commit, predicted'
said 'two machines with one identity'
grep -q '"downtime_s": [0-9]' "$work/status" || fail "no downtime in the status"
goes_on
holds_acknowledged

# By order; an order that makes no sense yet is answered so.
begin 0 cutover=manual
until_true 60 is_said 'waiting for the order'
order 0 status 'awaiting-cutover'
order 0 cutover 'is ordered'
frozen_now
order_later abort_never status
still_now
goes_on_agent
ended 0 'manual'
equals_still
goes_on
holds_acknowledged

# Aborted while it stands still.
begin 10
frozen_now
order_later 0 abort
goes_on_agent
ended 10 'abort'
said 'aborted by order\|stopped by order'
said 'and runs again'
goes_on
not_committed

# Killed while it stands still: it goes on by itself.
begin any
frozen_now
kill -KILL "$agent"
wait "$agent" 2>/dev/null || true
ended_by_kill=$(date +%s)
goes_on
[ $(($(date +%s) - ended_by_kill)) -le 12 ] || fail "frozen for longer than 12 s"
not_committed
# The next start goes on.
begin 0
frozen_now
still_now
goes_on_agent
ended 0 'after a kill'
equals_still
holds_acknowledged
few_bytes

# All connections are cut while it stands still: not committed, done again.
begin 0
frozen_now
cut_ssh
goes_on_agent
frozen_again
still_now
goes_on_agent
ended 0 'cut'
said 'going back to the rounds'
equals_still
holds_acknowledged

# A promise that can't be kept.
begin 7 downtime=1s
ended 7 'downtime'
said 'lander.downtime allows 1s'
said 'the source was only read'
not_committed
goes_on

end_writing
nothing_left
