/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "guest/platform.h"
#include "plan/check.h"
#include "plan/plan.h"
#include "source/source.h"

#define JOB   "00000000-0000-8000-8000-000000000001"
#define OTHER "00000000-0000-8000-8000-000000000002"

static struct source source;
static struct plan_disk disk;
static struct plan plan;

static int prepare(void **state)
{
	(void)state;
	source = (struct source){.size = 1 << 20, .name = (char *)"nbd://h"};
	disk = (struct plan_disk){.source = &source,
				  .export = (char *)"",
				  .source_id = 5,
				  .memory = 100,
				  .target = {.name = (char *)"vda",
					     .path = (char *)"/dev/vda",
					     .size = 1 << 20,
					     .logical_block = 512,
					     .is_block = true}};
	plan = (struct plan){.job = JOB, .disk = &disk, .count = 1};
	return 0;
}

static void refused(const char *why)
{
	struct error *error = NULL;

	assert_true(check_plan(&plan, 1ULL << 32, &error) < 0);
	assert_int_equal(error->kind, ERROR_REFUSED);
	if (!strstr(error->msg, why))
		fail_msg("'%s' is not in '%s'", why, error->msg);
	error_free(error);
}

static void accepted(void)
{
	struct error *error = NULL;

	if (check_plan(&plan, 1ULL << 32, &error) < 0)
		fail_msg("refused: %s", error->msg);
}

static void an_empty_disk_is_accepted(void **state)
{
	(void)state;
	accepted();
	disk.target.size *= 2;
	accepted();
}

static void each_reason_is_named(void **state)
{
	(void)state;
	disk.target.size = 512;
	refused("/dev/vda is too small");
	(void)prepare(state);
	disk.target.busy = (char *)"the live medium";
	refused("/dev/vda is the live medium");
	(void)prepare(state);
	disk.target.read_only = true;
	refused("read-only");
	(void)prepare(state);
	disk.target.logical_block = 4096;
	disk.table_sector = 512;
	refused("512-byte sectors");
	(void)prepare(state);
	disk.target.logical_block = 4096;
	source.size = (1 << 20) - 512;
	refused("no multiple of the 4096-byte sectors");
}

static void content_needs_permission(void **state)
{
	static const enum content_kind kinds[] = {CONTENT_SYSTEM, CONTENT_DATA,
						  CONTENT_DAMAGED};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		disk.content.kind = kinds[i];
		disk.overwrite = false;
		refused("lander.overwrite=vda");
		disk.overwrite = true;
		accepted();
	}
}

static void only_the_own_record_goes_on(void **state)
{
	(void)state;
	disk.content.kind = CONTENT_RECORD;
	disk.content.record = (struct record){.job = JOB, .source_id = 5};
	accepted();
	disk.content.record.source_id = 6;
	refused("another source disk");
	disk.content.record = (struct record){.job = OTHER, .source_id = 5};
	refused("lander.job=" OTHER);
	disk.content.kind = CONTENT_DAMAGED;
	refused("not empty");
	disk.content.record = (struct record){.job = JOB};
	accepted();
}

static void all_reasons_come_at_once(void **state)
{
	struct error *error = NULL;

	(void)state;
	disk.target.size = 512;
	disk.target.read_only = true;
	disk.content.kind = CONTENT_DATA;
	assert_true(check_plan(&plan, 1, &error) < 0);
	assert_non_null(strstr(error->msg, "too small"));
	assert_non_null(strstr(error->msg, "read-only"));
	assert_non_null(strstr(error->msg, "not empty"));
	assert_non_null(strstr(error->msg, "memory"));
	error_free(error);
}

static void firmware_must_match(void **state)
{
	(void)state;
	disk.platform = PLATFORM_BIOS;
	plan.platform = PLATFORM_UEFI;
	refused("the source starts by BIOS only");
	refused("this machine was started by UEFI");
	plan.any_platform = true;
	accepted();
	plan.any_platform = false;
	disk.platform = PLATFORM_UEFI;
	accepted();
	plan.platform = PLATFORM_BIOS;
	refused("the source starts by UEFI only");
	disk.platform = PLATFORM_BIOS | PLATFORM_UEFI;
	accepted();
	/* Outside the live system the firmware says nothing. */
	disk.platform = PLATFORM_UEFI;
	plan.platform = 0;
	accepted();
}

static void only_what_is_certain_is_refused(void **state)
{
	struct plan_disk disks[2] = {disk, disk};

	(void)state;
	plan.platform = PLATFORM_UEFI;
	disk.platform = 0;
	accepted();
	disk.platform = PLATFORM_UNSURE;
	accepted();
	disk.platform = PLATFORM_BIOS | PLATFORM_UNSURE;
	accepted();
	plan.disk = disks;
	plan.count = 2;
	disks[0].platform = PLATFORM_BIOS;
	refused("BIOS only");
	disks[1].platform = PLATFORM_UEFI;
	accepted();
	disks[1].platform = PLATFORM_UNSURE;
	accepted();
}

/* firmware=convert: what the copy could not be made to do is told before it. */
static void firmware_is_converted_where_it_can_be(void **state)
{
	const uint64_t mib = 1 << 20;
	struct layout_part part[4] = {{.number = 1, .start = mib},
				      {.number = 2, .start = 101 * mib},
				      {.number = 3, .start = 102 * mib},
				      {.number = 4, .start = 103 * mib}};

	(void)state;
	part[0].length = 100 * mib;
	part[1].length = part[2].length = part[3].length = mib;
	plan.new_platform = true;
	plan.platform = PLATFORM_UEFI;
	disk.platform = PLATFORM_BIOS;
	refused("firmware=convert: lander makes a system");
	disk.boot = true;
	refused("no partition table");
	disk.layout.kind = (char *)"dos";
	disk.layout.part = part;
	disk.layout.count = 3;
	disk.target.size = 105 * mib;
	refused("no 36.0 MiB in one piece outside the partitions");
	refused("make it 65.0 MiB larger than the source");
	disk.target.size = 200 * mib;
	accepted();
	disk.layout.count = 4;
	refused("all entries of the partition table of /dev/vda are in use");
	/* Doubt is doubt with it, too. */
	disk.platform |= PLATFORM_UNSURE;
	accepted();
	/* What starts both ways needs none. */
	disk.platform = PLATFORM_BIOS | PLATFORM_UEFI;
	accepted();
	disk.platform = PLATFORM_UEFI;
	plan.platform = PLATFORM_BIOS;
	refused("not the other way round");
	plan.any_platform = true;
	accepted();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_empty_disk_is_accepted, prepare),
		cmocka_unit_test_setup(each_reason_is_named, prepare),
		cmocka_unit_test_setup(content_needs_permission, prepare),
		cmocka_unit_test_setup(only_the_own_record_goes_on, prepare),
		cmocka_unit_test_setup(all_reasons_come_at_once, prepare),
		cmocka_unit_test_setup(firmware_must_match, prepare),
		cmocka_unit_test_setup(only_what_is_certain_is_refused,
				       prepare),
		cmocka_unit_test_setup(firmware_is_converted_where_it_can_be,
				       prepare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
