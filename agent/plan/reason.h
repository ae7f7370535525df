/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_REASON_H
#define LANDER_PLAN_REASON_H

#include <stddef.h>

/** Everything that lander check has to say about a source.  The order is the
 *  one in which it is said; the names are for programs and stay. */
enum reason {
	REASON_ADDRESS_BAD,
	REASON_JUMP,
	REASON_UNREACHABLE,
	REASON_NO_ANSWER,
	REASON_NO_SSH,
	REASON_HOSTKEY_UNKNOWN,
	REASON_HOSTKEY_WRONG,
	REASON_HOSTKEY_KIND,
	REASON_IDENTITY_MISSING,
	REASON_IDENTITY_BAD,
	REASON_LOGIN_REFUSED,
	REASON_NOT_ROOT,
	REASON_NO_EXEC_PLACE,
	REASON_ARCH_UNSUPPORTED,
	REASON_PROGRAM_FAILED,
	REASON_CONNECTION_LOST,
	REASON_NOT_ASKED,
	REASON_FACTS_BAD,

	REASON_NO_DISK,
	REASON_DISK_MISSING,
	REASON_DISK_CLOSED,

	REASON_DISK_HELD,
	REASON_QUIESCE_BLOCKED,
	REASON_READ_ERRORS,
	REASON_SHARED_DISK,
	REASON_MULTIPATH,
	REASON_ZFS,
	REASON_DISKS_TOO_MANY,
	REASON_SAME_MACHINE,
	REASON_LATENCY_HIGH,
	REASON_THROUGHPUT_LOW,
	REASON_THROUGHPUT_UNKNOWN,
	REASON_DOWNTIME_LONG,
	REASON_NOT_CONVERGING,
	REASON_WRITES_UNKNOWN,
	REASON_CONTAINER,
	REASON_NO_TRACKING,
	REASON_KERNEL_OLD,
	REASON_FREEZE_UNKNOWN,
	REASON_SWAP_FULL,
	REASON_MEMORY_LOW,
	REASON_LOAD_HIGH,
	REASON_CLOCK_OFF,
	REASON_SAN_DISK,
	REASON_FIRMWARE_RAID,
	REASON_BCACHE,
	REASON_DRBD,
	REASON_LUKS,
	REASON_SECTOR_SIZE,
	REASON_FIRMWARE_SECURE_BOOT,
	REASON_FIRMWARE_UEFI,
	REASON_DISK_IN_USE,
	REASON_SUDO,
	REASON_LVM,
	REASON_MD,
	REASON_SWAP,
	REASON_RAID_VOLUME,
	REASON_READ_ONLY,
	REASON_REMOVABLE,
	REASON_FACTS_CUT,
	REASONS,
};

/** What a reason makes of a source; the worst of all counts. */
enum reason_weight {
	REASON_NOTE,   /* good to know: changes nothing */
	REASON_WARN,   /* can be migrated, but somebody should look */
	REASON_REFUSE, /* can't be migrated like this */
};

struct reason_row {
	const char *name; /* "HOSTKEY_UNKNOWN" */
	enum reason_weight weight;
	const char *meaning; /* a sentence without its full stop */
	const char *advice;  /* what to do, likewise */
};

/** reason_row(reason): its row of the one table. */
const struct reason_row *reason_row(enum reason reason);

/** reason_weight_name(weight): "note", "warn", "refuse". */
const char *reason_weight_name(enum reason_weight weight);

/** reason_page(): the table as a page in Markdown; free() it.  NULL: no
 *  memory. */
char *reason_page(void);

#endif
