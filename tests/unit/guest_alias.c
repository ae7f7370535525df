/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A system on two disks: an array, LUKS on it, LVM in that; what it calls them,
 * what becomes of its files, and which of two systems root= means.
 */
#include "disk/lvm.h"
#include "guest/alias.h"
#include "guest/fstab.h"
#include "guest/names.h"
#include "guest/root_find.h"
#include "guest_golden.h"

#define ARRAY  "11112222-3333-4444-5555-666677778888"
#define SECOND "aaaa2222-3333-4444-5555-666677778888"
#define LUKS   "99990000-3333-4444-5555-666677778888"

enum { SDA2, SDB2, MD0, MD1, CRYPT, ROOT, BOOT, MORE, SLICE, COUNT };

static struct volume volume[COUNT];
static struct volumes volumes = {.volume = volume, .count = COUNT};

static int set_up(void **state)
{
	(void)state;
	volume[SDA2] = golden_volume("/dev/loop1p2", "linux_raid_member", ARRAY,
				     "d1-02", 2);
	volume[SDA2].label = TEXT("web01:0");
	volume[SDA2].opened = true;
	volume[SDB2] = golden_volume("/dev/loop2p2", "linux_raid_member",
				     SECOND, "d2-02", 2);
	volume[SDB2].disk = 1;
	volume[SDB2].opened = true;
	volume[MD0] = golden_volume("/dev/md127", "crypto_LUKS", LUKS, NULL, 0);
	volume[MD0].kind = VOLUME_ARRAY;
	volume[MD0].opened = true;
	volume[MD1] = golden_volume("/dev/md126", NULL, NULL, NULL, 0);
	volume[MD1].kind = VOLUME_ARRAY;
	volume[MD1].holder = SDB2;
	volume[CRYPT] = golden_volume("/dev/mapper/lander-luks-2",
				      "LVM2_member", "pv", NULL, 0);
	volume[CRYPT].kind = VOLUME_LUKS;
	volume[CRYPT].holder = MD0;
	volume[CRYPT].opened = true;
	volume[ROOT] = golden_volume("/dev/mapper/web01-root", "ext4", "r00t",
				     NULL, 0);
	volume[ROOT].kind = VOLUME_LOGICAL;
	volume[BOOT] =
		golden_volume("/dev/loop1p1", "ext4", "b007", "d1-01", 1);
	volume[MORE] =
		golden_volume("/dev/loop2p3", "ext4", "30e3", "d2-03", 3);
	volume[MORE].disk = 1;
	volume[SLICE] =
		golden_volume("/dev/md126p1", "ext4", "511ce", "e-01", 1);
	volume[SLICE].kind = VOLUME_SLICE;
	volume[SLICE].holder = MD1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		lvm_free_list(volume[i].alias);
		volume[i].alias = NULL;
	}
	return 0;
}

static const char fstab[] = "/dev/mapper/web01-root / ext4 defaults 0 1\n"
			    "/dev/sda1 /boot ext4 defaults 0 2\n"
			    "/dev/md/old1 /old ext4 defaults 0 2\n"
			    "/dev/sdb3 /srv ext4 defaults 0 2\n";
static const char fstab_after[] = "/dev/mapper/web01-root / ext4 defaults 0 1\n"
				  "UUID=b007 /boot ext4 defaults 0 2\n"
				  "/dev/md/old1 /old ext4 defaults 0 2\n"
				  "UUID=30e3 /srv ext4 defaults 0 2\n";
static const char mdadm_conf[] =
	"DEVICE /dev/sda2 /dev/sdb2\n"
	"  /dev/sdb4\n"
	"DEVICE partitions\n"
	"ARRAY /dev/md/old level=raid1 num-devices=2 metadata=1.2 "
	"UUID=aaaa2222:33334444:55556666:77778888\n"
	"ARRAY <ignore> UUID=00000000:00000000:00000000:00000001\n"
	"ARRAY /dev/md9 devices=/dev/sdc1,/dev/sdd1\n";
static const char mdadm_after[] =
	"# DEVICE /dev/sda2 /dev/sdb2\n"
	"#   /dev/sdb4\n"
	"DEVICE partitions\n"
	"ARRAY /dev/md/old level=raid1 num-devices=2 metadata=1.2 "
	"UUID=aaaa2222:33334444:55556666:77778888\n"
	"ARRAY <ignore> UUID=00000000:00000000:00000000:00000001\n"
	"ARRAY /dev/md9 devices=/dev/sdc1,/dev/sdd1\n";
static const char crypttab[] = "web01_crypt /dev/md0 none luks\n"
			       "../../x /dev/md0 none luks\n";
static const struct golden tree[] = {
	{"/etc/fstab", fstab, fstab_after},
	{"/etc/crypttab", crypttab, crypttab},
	{"/etc/mdadm/mdadm.conf", mdadm_conf, mdadm_after},
};

static void names_of_their_own_are_known(void **state)
{
	static const struct {
		const char *name;
		int which;
	} row[] = {
		{"/dev/md0", MD0},
		{"/dev/md/0", MD0},
		{"/dev/disk/by-id/md-name-web01:0", MD0},
		{"/dev/disk/by-id/md-uuid-11112222:33334444:55556666:77778888",
		 MD0},
		{"/dev/md/old", MD1},
		{"/dev/md/old1", SLICE},
		{"/dev/disk/by-id/"
		 "md-uuid-aaaa2222:33334444:55556666:77778888-part1",
		 SLICE},
		{"/dev/mapper/web01_crypt", CRYPT},
		{"/dev/disk/by-id/dm-name-web01_crypt", CRYPT},
		{"/dev/mapper/luks-" LUKS, CRYPT},
		{"/dev/mapper/web01-root", ROOT},
		{"/dev/web01/root", ROOT},
		/* What this machine calls them is no name of theirs. */
		{"/dev/mapper/lander-luks-2", COUNT},
		{"/dev/md127", COUNT},
		{"/dev/md9", COUNT},
		{"/dev/mapper/../../x", COUNT},
	};

	(void)state;
	golden_make(GOLDEN_ROWS(tree));
	assert_int_equal(alias_read("guest", &volumes, NULL), 0);
	/* Twice makes none twice. */
	assert_int_equal(alias_read("guest", &volumes, NULL), 0);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		for (int v = 0; v < COUNT; v++)
			if (fstab_names(row[i].name, &volume[v]) !=
			    (v == row[i].which))
				fail_msg("%s and volume %d", row[i].name, v);
}

static void only_old_names_are_changed(void **state)
{
	struct convert convert = {.root = "guest",
				  .volumes = &volumes,
				  .root_volume = &volume[ROOT],
				  .disks = 2};

	(void)state;
	golden_make(GOLDEN_ROWS(tree));
	assert_int_equal(alias_read("guest", &volumes, NULL), 0);
	assert_int_equal(golden_twice(names_convert, &convert), 0);
	golden_check(GOLDEN_ROWS(tree));
	assert_true(golden_told(&convert, STEP_DONE, "DEVICE"));
	assert_true(golden_told(&convert, STEP_FAILED, "ARRAY line"));
	assert_int_equal(golden_count(&convert, STEP_FAILED), 1);
	steps_free(&convert.steps);
}

static void hostile_files_end(void **state)
{
	static const struct golden odd[] = {
		{"/etc/crypttab", "\n#\nx\n x y\n\t\n", NULL},
		{"/etc/mdadm/mdadm.conf",
		 "ARRAY\nARRAY  \nARRAY /dev/md0\nARRAY x UUID=\n"
		 "ARRAY / UUID=aaaa2222:33334444:55556666:7777888\nARRAY y "
		 "name=",
		 NULL},
	};
	static const char *const more[] = {
		"mkdir -p guest/etc; mkfifo guest/etc/crypttab",
		"mkdir -p guest/etc; ln -s /dev/zero guest/etc/mdadm.conf",
		"mkdir -p guest/etc/mdadm/mdadm.conf",
	};

	(void)state;
	golden_make(GOLDEN_ROWS(odd));
	assert_int_equal(alias_read("guest", &volumes, NULL), 0);
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		guest_make(more[i]);
		assert_int_equal(alias_read("guest", &volumes, NULL), 0);
	}
	assert_false(fstab_names("/dev/md/y", &volume[MD0]));
	volume[SDA2].label = TEXT("web01:a\033[2Jb");
	assert_int_equal(alias_read("guest", &volumes, NULL), 0);
	for (size_t i = 0; volume[MD0].alias[i]; i++)
		assert_null(strchr(volume[MD0].alias[i], 27));
}

static void root_is_named(void **state)
{
	static char one[] = "One 1";
	static char two[] = "Two 2";
	const struct root_find found[] = {
		{ROOT, one}, {MORE, two}, {BOOT, one}};
	static const struct {
		const char *name;
		size_t which;
	} row[] = {
		{"UUID=r00t", 0},      {"/dev/web01/root", 0}, {"UUID=30e3", 1},
		{"PARTUUID=D2-03", 1}, {"/dev/sdb3", 1},       {"/dev/vdb3", 1},
		{"/dev/sda1", 2},      {"/dev/sda3", 3},       {"/dev/sdc3", 3},
		{"UUID=none", 3},      {"/dev/sda", 3},	       {"nonsense", 3},
	};
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		if (root_find_named(&volumes, found, 3, row[i].name) !=
		    row[i].which)
			fail_msg("%s", row[i].name);
	text = root_find_tell(&volumes, found, 2);
	assert_string_equal(text, "UUID=r00t (logical volume web01-root): "
				  "One 1; UUID=30e3 (partition 3 of disk 2): "
				  "Two 2");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_of_their_own_are_known,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_old_names_are_changed,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(hostile_files_end, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(root_is_named, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
