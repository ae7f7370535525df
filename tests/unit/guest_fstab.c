/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of fstab, and which volume they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "disk/volume.h"
#include "guest/fstab.h"

static void finds(const char *text, const char *place, const char *want)
{
	char *spec = NULL;

	assert_int_equal(fstab_find(text, place, &spec), want != NULL);
	if (want)
		assert_string_equal(spec, want);
	free(spec);
}

static void lines(void **state)
{
	static const char text[] =
		"# /boot was on /dev/sda1 during installation\n"
		"\n"
		"UUID=1234 /boot ext4 defaults 0 2\r\n"
		"  /dev/mapper/vg-var\t/var   xfs\tdefaults,x=bind 0 0\n"
		"/srv/log /var/log none bind 0 0\n"
		"UUID=9 /home ext4\n"
		"UUID=8 /opt\n"
		"UUID=7\n"
		"LABEL=x /a btrfs rw,subvol=@a 0 0\n"
		"LABEL=x /b btrfs rw,subvolid=256 0 0\n"
		"LABEL=x /c ext4 noauto 0 0\n"
		"LABEL=last /d ext4 ro";

	(void)state;
	finds(text, "/boot", "UUID=1234");
	finds(text, "/var", "/dev/mapper/vg-var");
	finds(text, "/var/log", NULL);
	finds(text, "/home", "UUID=9");
	finds(text, "/opt", NULL);
	finds(text, "/a", NULL);
	finds(text, "/b", NULL);
	finds(text, "/c", NULL);
	finds(text, "/d", "LABEL=last");
	finds(text, "/", NULL);
	finds("", "/boot", NULL);
	finds("\n\n \t \n#\n", "/boot", NULL);
}

static void names(void **state)
{
	static const struct {
		const char *spec;
		int want;
	} row[] = {
		{"UUID=ab-12", 1},
		{"UUID=\"ab-12\"", 1},
		{"UUID=ab-1", 0},
		{"UUID=ab-123", 0},
		{"UUID=", 0},
		{"UUID=\"", 0},
		{"LABEL=logs", 1},
		{"LABEL=LOGS", 0},
		{"/dev/disk/by-uuid/ab-12", 1},
		{"/dev/disk/by-label/logs", 1},
		{"/dev/mapper/my--vg-the--logs", 1},
		{"/dev/my-vg/the-logs", 1},
		{"/dev/my-vg/the-logs/x", 0},
		{"/dev/my/vg-the-logs", 0},
		{"/dev/sda1", 0},
		{"PARTUUID=AB-12", 0},
		{"PARTUUID=0A-01", 1},
		{"/dev/disk/by-partuuid/0a-01", 1},
		{"", 0},
	};
	const struct volume volume = {
		.device = (char *)(uintptr_t)"/dev/mapper/my--vg-the--logs",
		.uuid = (char *)(uintptr_t)"ab-12",
		.label = (char *)(uintptr_t)"logs",
		.partuuid = (char *)(uintptr_t)"0a-01"};
	const struct volume bare = {.device = (char *)(uintptr_t)"/dev/sda1"};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		if (fstab_names(row[i].spec, &volume) != row[i].want)
			fail_msg("%s", row[i].spec);
		assert_false(fstab_names(row[i].spec, &bare));
	}
}

static void fields(void **state)
{
	static const char text[] = "# x\n  a\\040b\t/m\\134  ext4 \\9\r\n"
				   "LABEL=c # rest\nlast";
	struct fstab_line line;
	size_t at = 0;
	char *field;

	(void)state;
	assert_true(fstab_next(text, &at, &line));
	assert_int_equal(line.fields, 4);
	field = fstab_field(text, &line, FSTAB_SPEC);
	assert_string_equal(field, "a b");
	free(field);
	field = fstab_field(text, &line, FSTAB_PLACE);
	assert_string_equal(field, "/m\\");
	free(field);
	field = fstab_field(text, &line, FSTAB_OPTIONS);
	assert_string_equal(field, "\\9");
	free(field);
	field = fstab_field(text, &line, FSTAB_PASS);
	assert_string_equal(field, "");
	free(field);
	assert_true(fstab_next(text, &at, &line));
	assert_int_equal(line.fields, 1);
	assert_true(fstab_next(text, &at, &line));
	assert_int_equal(line.fields, 1);
	assert_int_equal(line.length[FSTAB_SPEC], 4);
	assert_false(fstab_next(text, &at, &line));
	assert_true(fstab_has("rw,nofail", "nofail"));
	assert_false(fstab_has("rw,nofails", "nofail"));
	assert_true(fstab_has("subvol=@", "subvol"));
}

static int collect(void *owner, const struct fstab_entry *entry,
		   struct error **err)
{
	char *seen = owner;

	(void)err;
	strcat(strcat(strcat(seen, entry->spec), ":"), entry->place);
	strcat(strcat(seen, entry->options), " ");
	return strcmp(entry->place, "stop") ? 0 : -5;
}

static void entries(void **state)
{
	static const char text[] = "# x\na\\040b /m ext4 rw\nalone\n\n"
				   "LABEL=c\tstop\nlast /l\n";
	char seen[100] = "";

	(void)state;
	assert_int_equal(fstab_each("c /c\n#\nd", collect, seen, NULL), 0);
	assert_string_equal(seen, "c:/c ");
	*seen = '\0';
	assert_int_equal(fstab_each(text, collect, seen, NULL), -5);
	assert_string_equal(seen, "a b:/mrw LABEL=c:stop ");
}

static void a_name_that_is_too_long(void **state)
{
	const struct volume volume = {
		.device = (char *)(uintptr_t)"/dev/mapper/a-b"};
	char spec[5000] = "/dev/a/";

	(void)state;
	for (size_t i = 7; i < sizeof(spec) - 1; i++)
		spec[i] = '-';
	assert_false(fstab_names(spec, &volume));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(names),
		cmocka_unit_test(fields),
		cmocka_unit_test(entries),
		cmocka_unit_test(a_name_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
