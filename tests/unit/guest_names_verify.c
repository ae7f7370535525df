/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A converted fstab in the eyes of findmnt(8), with real file systems: names
 * of the old machine are errors to it, the new ones are none. */
#include "guest/names.h"
#include "guest_golden.h"

#define ROOT "11111111-2222-3333-4444-5555555500aa"
#define SWAP "11111111-2222-3333-4444-5555555500bb"

/* No error, and nothing that has to be there is not: for findmnt a name such
 * as /dev/sdx1 that is missing is a warning. */
static bool is_verified(void)
{
	return guest_is("findmnt --verify --verbose --tab-file "
			"guest/etc/fstab >out 2>&1;"
			"grep -q '^0 parse errors, 0 errors' out &&"
			"! grep -q 'unreachable.*sdx' out &&"
			"test \"$(grep -c ' translated to ' out)\" = 2");
}

static void findmnt_finds_all(void **state)
{
	static const struct golden row[] = {
		{"/etc/fstab",
		 "/dev/sdx1 / ext4 errors=remount-ro 0 1\n"
		 "/dev/sdx2\tnone swap sw 0 0\n"
		 "/dev/sdy1 /tmp xfs defaults 0 2\n"
		 "/dev/sr9 /mnt iso9660 ro 0 0\n",
		 "UUID=" ROOT " / ext4 errors=remount-ro 0 1\n"
		 "UUID=" SWAP "\tnone swap sw 0 0\n"
		 "/dev/sdy1 /tmp xfs "
		 "defaults,nofail,x-systemd.device-timeout=10s 0 2\n"
		 "/dev/sr9 /mnt iso9660 "
		 "ro,nofail,x-systemd.device-timeout=10s 0 0\n"},
		{"/usr/lib/systemd/systemd", "x", "x"},
	};
	const char *ext4[] = {"mkfs.ext4", "-qU", ROOT, "a", NULL};
	const char *swap[] = {"mkswap", "-qU", SWAP, "b", NULL};
	char a[64] = "/dev/none1";
	char b[64] = "/dev/none2";
	struct volume volume[] = {
		golden_volume(a, "ext4", ROOT, "d-01", 1),
		golden_volume(b, "swap", SWAP, "d-02", 2),
	};
	const struct volumes volumes = {.volume = volume, .count = 2};
	struct convert convert = {.root = "guest",
				  .volumes = &volumes,
				  .root_volume = &volume[0]};
	bool before;
	bool after;

	(void)state;
	scratch_file("a", 16 << 20);
	scratch_file("b", 16 << 20);
	assert_true(scratch_run(NULL, ext4));
	assert_true(scratch_run(NULL, swap));
	if (!scratch_loop("a", 512, a, sizeof(a)))
		skip();
	if (!scratch_loop("b", 512, b, sizeof(b))) {
		scratch_unloop(a);
		skip();
	}
	golden_make(GOLDEN_ROWS(row));
	before = is_verified();
	assert_int_equal(golden_twice(names_convert, &convert), 0);
	after = is_verified();
	if (!after)
		(void)guest_is("cat out >&2");
	scratch_unloop(a);
	scratch_unloop(b);
	golden_check(GOLDEN_ROWS(row));
	assert_false(before);
	assert_true(after);
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findmnt_finds_all),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
