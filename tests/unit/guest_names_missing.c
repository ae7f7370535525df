/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of disks that can't be found, and files that are traps. */
#include "guest/names.h"
#include "guest_golden.h"

/* A root that nobody finds is a refusal; /boot is told; a linked fstab is
 * changed where it is. */
static void what_is_missing(void **state)
{
	static const struct {
		const char *fstab;
		int want;
		const char *failed;
	} row[] = {
		{"/dev/sdq1 / ext4 defaults 0 1\n", -ENODEV, NULL},
		{"UUID=no / ext4 defaults 0 1\n", -ENODEV, NULL},
		{"/dev/sdq1 /usr ext4 defaults 0 1\n", -ENODEV, NULL},
		{"UUID=aaaa / ext4\n/dev/sdq1 /boot ext4\n", 0, "/boot"},
		{"UUID=aaaa / ext4\nLABEL=q /var ext4\n", 0, "/var"},
	};
	struct volume volume[] = {
		golden_volume("/dev/vda1", "ext4", "aaaa", "d-01", 1)};
	const struct volumes volumes = {.volume = volume, .count = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		const struct golden tree[] = {
			{"/usr/etc/fstab", row[i].fstab, row[i].fstab}};
		struct convert convert = {.root = "guest", .volumes = &volumes};

		golden_make(GOLDEN_ROWS(tree));
		assert_true(guest_is("mkdir guest/etc && "
				     "ln -s ../usr/etc/fstab guest/etc/"));
		assert_int_equal(golden_twice(names_convert, &convert),
				 row[i].want);
		golden_check(GOLDEN_ROWS(tree));
		if (row[i].failed)
			assert_true(golden_told(&convert, STEP_FAILED,
						row[i].failed));
		steps_free(&convert.steps);
	}
}

static void a_linked_fstab(void **state)
{
	static const struct golden tree[] = {
		{"/usr/etc/fstab", "/dev/sda1 / ext4\n", "UUID=aaaa / ext4\n"},
		{"/usr/etc/fstab.lander-bak", NULL, "/dev/sda1 / ext4\n"}};
	struct volume volume[] = {
		golden_volume("/dev/vda1", "ext4", "aaaa", "d-01", 1)};
	const struct volumes volumes = {.volume = volume, .count = 1};
	struct convert convert = {.root = "guest", .volumes = &volumes};

	(void)state;
	golden_make(GOLDEN_ROWS(tree));
	assert_true(guest_is("mkdir guest/etc && chmod 640 guest/usr/etc/fstab"
			     "&& ln -s /usr/etc/fstab guest/etc/"));
	assert_int_equal(golden_twice(names_convert, &convert), 0);
	golden_check(GOLDEN_ROWS(tree));
	assert_true(guest_is("test -L guest/etc/fstab"));
	assert_true(guest_is("test \"$(stat -c %a guest/usr/etc/fstab)\" = "
			     "640"));
	steps_free(&convert.steps);
}

static void hostile(void **state)
{
	struct volume volume[] = {
		golden_volume("/dev/vda1", "ext4", "aaaa", "d-01", 1)};
	const struct volumes volumes = {.volume = volume, .count = 1};
	struct convert convert = {.root = "guest", .volumes = &volumes};

	(void)state;
	guest_make(
		"mkdir -p etc/default boot/grub boot/grub2 boot/loader/entries "
		"etc/kernel etc/lvm/devices etc/multipath boot/syslinux;"
		"printf '/dev/sda1 / ext4\\n\\0/dev/sda1 /x ext4\\n' "
		">etc/fstab;"
		"mkfifo etc/crypttab;"
		"ln -s ../../../../outside/secret etc/default/grub;"
		"truncate -s 100M boot/grub/grub.cfg;"
		"ln -s grub.cfg boot/grub2/grub.cfg;"
		"mkdir boot/loader/entries/a.conf;"
		"ln -s /etc/default boot/loader/entries/b.conf;"
		"head -c 3000000 /dev/zero | tr '\\0' ' ' >etc/kernel/cmdline;"
		"printf 'root=' >>etc/kernel/cmdline;"
		"mkdir etc/lvm/devices/system.devices;"
		"yes 'filter=[\"a|/dev/sda' | head -c 4000000 "
		">etc/lvm/lvm.conf;"
		"yes 'linux root=root=root=' | head -c 4000000 "
		">boot/grub/grub.conf; yes 'cryptdevice=::::::::' | "
		"tr -d '\\n' | head -c 4000000 >etc/dracut.conf;"
		"printf 'linux root=/dev/sda1' >boot/grub/menu.lst;"
		"printf 'append root=\"/dev/sda1' >boot/syslinux/syslinux.cfg;"
		"printf '\\377\\376 root=' >boot/grub/grubenv");
	assert_int_equal(names_convert(&convert, NULL), 0);
	guest_stayed_inside();
	assert_true(golden_told(&convert, STEP_FAILED, "/etc/fstab"));
	assert_true(golden_told(&convert, STEP_FAILED, "/etc/crypttab"));
	assert_true(golden_told(&convert, STEP_FAILED, "/boot/grub/grub.cfg"));
	assert_true(guest_is("test \"$(wc -c <guest/etc/fstab)\" = 36"));
	assert_true(guest_is("test \"$(cat guest/boot/grub/menu.lst)\" = "
			     "'linux root=PARTUUID=d-01'"));
	steps_free(&convert.steps);
}

static void nothing_there(void **state)
{
	const struct volumes volumes = {0};
	struct convert convert = {.root = "guest", .volumes = &volumes};

	(void)state;
	guest_make("true");
	assert_int_equal(golden_twice(names_convert, &convert), 0);
	assert_true(guest_is("test -z \"$(ls -A guest)\""));
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing),
		cmocka_unit_test(a_linked_fstab),
		cmocka_unit_test(hostile),
		cmocka_unit_test(nothing_there),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
