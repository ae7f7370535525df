/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the root on real file systems behind loop devices: looking changes
 * no byte, writing reaches the file systems the guest has on /var, and what the
 * guest says of itself is made fit for a console. */
#include "base/error.h"
#include "guest/receipt.h"
#include "guest/root.h"
#include "guest/root_find.h"
#include "guest/tree.h"
#include "guest_tree.h"

#define JOB	"0f9619ff-8b86-4d11-b42d-00c04fc964ff"
#define RECEIPT "{\"job\": \"" JOB "\"}\n"
#define SYSTEM                                \
	"mkdir -p usr/lib etc var/log boot; " \
	"echo 'PRETTY_NAME=\"Test 1\"' >usr/lib/os-release; "

static char device[64];

/* The script makes "disk"; false when this kernel can't do what it does. */
static bool disk_make(const char *script)
{
	const char *argv[] = {"sh", "-ec",
			      "rm -f disk; mkdir -p m; eval \"$0\"; "
			      "losetup -Pf --show disk >name",
			      script, NULL};
	const char *read[] = {"cat", "name", NULL};
	const struct process process = {.argv = read};
	char *text = NULL;

	if (!scratch_run(NULL, argv))
		return false;
	assert_int_equal(process_run(&process, &text, NULL), 0);
	(void)snprintf(device, sizeof(device), "%.*s", (int)strcspn(text, "\n"),
		       text);
	free(text);
	return true;
}

static void disk_drop(void)
{
	scratch_unloop(device);
}

static void disk_hash(char *buf, size_t room)
{
	const char *argv[] = {"sh", "-ec", "sync -f disk; sha256sum <disk",
			      NULL};
	const struct process process = {.argv = argv};
	char *output = NULL;

	assert_int_equal(process_run(&process, &output, NULL), 0);
	(void)snprintf(buf, room, "%.64s", output);
	free(output);
}

/* Looked at as the probe does, or opened as a conversion of nothing but the
 * receipt does. */
static int open_root(bool read_only, struct root *root, struct error **err)
{
	const char *const disk[] = {device, NULL};
	const struct volume_order order = {.disk = disk};
	struct root_find *found = NULL;
	struct volumes volumes = {0};
	size_t count = 0;
	int r;

	if (read_only)
		return root_look(&order, root, err);
	r = volume_open(&order, &volumes, err);
	if (r == 0)
		r = root_find_all(&volumes, &found, &count, err);
	if (r == 0)
		r = count ? root_open(&volumes, found[0].volume, ROOT_RECEIPT,
				      root, err)
			  : 1;
	root_find_free(found, count);
	if (r == 0)
		root->own = volumes;
	else
		(void)volume_close(&volumes, NULL);
	return r;
}

static void open_good(struct root *root, bool read_only)
{
	struct error *error = NULL;
	int r = open_root(read_only, root, &error);

	if (r != 0)
		fail_msg("%d: %s", r, error ? error->msg : "no root");
}

static void close_good(struct root *root)
{
	struct error *error = NULL;

	if (root_close(root, &error) < 0)
		fail_msg("%s", error->msg);
}

static void leave_receipt(void)
{
	struct error *error = NULL;
	struct root root = {0};

	open_good(&root, false);
	if (receipt_write(root.directory, RECEIPT, "log\n", &error) < 0)
		fail_msg("%s", error->msg);
	close_good(&root);
}

/* Looking twice changes nothing; a run of the system changes the mark. */
static void check_looking(const char *name)
{
	struct root first = {0};
	struct root again = {0};
	char before[65];
	char after[65];

	disk_hash(before, sizeof(before));
	open_good(&first, true);
	assert_string_equal(first.name, name);
	assert_false(receipt_names(first.directory, JOB));
	close_good(&first);
	open_good(&again, true);
	close_good(&again);
	disk_hash(after, sizeof(after));
	assert_string_equal(before, after);
}

static void marks(uint8_t ret_mark[16])
{
	struct root root = {0};

	open_good(&root, true);
	memcpy(ret_mark, root.mark, sizeof(root.mark));
	close_good(&root);
}

static void check_receipt(const char *name)
{
	struct root root = {0};
	uint8_t before[16];
	uint8_t same[16];
	uint8_t after[16];

	check_looking(name);
	marks(before);
	marks(same);
	assert_memory_equal(before, same, 16);
	leave_receipt();
	marks(after);
	assert_memory_not_equal(before, after, 16);
	open_good(&root, true);
	assert_true(receipt_names(root.directory, JOB));
	close_good(&root);
	disk_drop();
}

/* $1 is made by mkfs and filled through a mount. */
#define FILLED(mkfs, size, fill)                                     \
	"truncate -s " size " disk; " mkfs " disk >/dev/null 2>&1; " \
	"mount -o loop disk m; (cd m; " fill "); umount m"

static void ext4(void **state)
{
	(void)state;
	if (!disk_make(FILLED("mkfs.ext4 -q", "32M", SYSTEM)))
		skip();
	check_receipt("Test 1");
}

static void xfs(void **state)
{
	(void)state;
	if (!disk_make(FILLED("mkfs.xfs -q", "300M", SYSTEM)))
		skip();
	check_receipt("Test 1");
}

static void btrfs_in_a_subvolume(void **state)
{
	(void)state;
	if (!disk_make(FILLED("mkfs.btrfs -q", "128M",
			      "btrfs -q subvolume create @; cd @; " SYSTEM)))
		skip();
	check_receipt("Test 1");
}

/* The root's own fstab says which of several it is; /var and /boot are other
 * subvolumes of the same file system; @old is a snapshot of long ago. */
static void btrfs_with_all_in_subvolumes(void **state)
{
	struct root root = {0};

	(void)state;
	if (!disk_make(FILLED(
		    "mkfs.btrfs -q -L all", "160M",
		    "for s in @ @var @boot @new; do "
		    "btrfs -q subvolume create $s; done; "
		    "touch @boot/kernel; for s in @ @new; do cd $s; " SYSTEM
		    "echo LABEL=all / btrfs subvol=@new 0 0 >etc/fstab; "
		    "echo LABEL=all /boot btrfs subvol=/@boot 0 0 >>etc/fstab; "
		    "i=$(btrfs subvolume show ../@var | "
		    "sed -n 's/.*Subvolume ID:[^0-9]*//p'); "
		    "echo LABEL=all /var btrfs rw,subvolid=$i 0 0 "
		    ">>etc/fstab; touch $s.here; cd ..; done")))
		skip();
	check_looking("Test 1");
	leave_receipt();
	open_good(&root, true);
	assert_int_equal(root.parts, 2);
	assert_true(tree_has(root.directory, "/@new.here"));
	assert_true(tree_has(root.directory, "/boot/kernel"));
	assert_true(receipt_names(root.directory, JOB));
	close_good(&root);
	assert_true(guest_is("mount -o ro,subvol=@var $(cat name) m; "
			     "test -f m/log/lander/receipt.json; umount m"));
	disk_drop();
}

/* No subvolume is called as installers do it, but one is the default. */
static void btrfs_with_a_default_subvolume(void **state)
{
	(void)state;
	if (!disk_make(FILLED("mkfs.btrfs -q", "128M",
			      "btrfs -q subvolume create mine; cd mine; " SYSTEM
			      "cd ..; btrfs subvolume set-default mine")))
		skip();
	check_receipt("Test 1");
}

/* Copied while it was mounted: its last files are in the journal only. */
static void ext4_with_a_dirty_journal(void **state)
{
	(void)state;
	if (!disk_make("truncate -s 64M live; mkfs.ext4 -q live; "
		       "mount -o loop,commit=600 live m; (cd m; " SYSTEM
		       "sync; echo new >var/new; sync var/new); "
		       "cp live disk; umount m; "
		       "dumpe2fs -h disk 2>/dev/null | grep -q "
		       "needs_recovery"))
		skip();
	check_receipt("Test 1");
	assert_true(guest_is("e2fsck -fn disk >/dev/null 2>&1"));
	assert_true(guest_is("debugfs -R 'cat /var/new' disk 2>/dev/null | "
			     "grep -q new"));
}

static void boot_and_log_of_their_own(void **state)
{
	struct root root = {0};

	(void)state;
	if (!disk_make("truncate -s 128M disk; "
		       "printf 'label: gpt\\nsize=40M\\nsize=40M\\nsize=40M\\n'"
		       " | sfdisk -q disk; l=$(losetup -Pf --show disk); "
		       "trap 'losetup -d $l' EXIT; "
		       "mkfs.ext4 -q -L files ${l}p1; "
		       "mkfs.ext4 -q -U 11111111-2222-3333-4444-555555555555 "
		       "${l}p2; mkfs.ext4 -q -L logs ${l}p3; "
		       "mount ${l}p2 m; (cd m; " SYSTEM
		       "{ echo 'LABEL=files /boot ext4 defaults 0 0'; "
		       "echo 'LABEL=logs /var/log ext4 defaults 0 0'; "
		       "echo 'LABEL=gone /var ext4 defaults 0 0'; } "
		       ">etc/fstab); umount m; "
		       "mount ${l}p1 m; echo here >m/kernel; umount m"))
		skip();
	check_looking("Test 1");
	leave_receipt();
	open_good(&root, true);
	assert_int_equal(root.parts, 2);
	assert_true(tree_has(root.directory, "/boot/kernel"));
	assert_true(receipt_names(root.directory, JOB));
	close_good(&root);
	/* It is on the file system of the logs, not below its mount point. */
	assert_true(guest_is("l=$(cat name); mount -o ro ${l}p3 m; "
			     "test -f m/lander/receipt.json; umount m; "
			     "mount -o ro ${l}p2 m; "
			     "test ! -e m/var/log/lander; umount m"));
	disk_drop();
}

static void no_root_here(void **state)
{
	static const char *const script[] = {
		"truncate -s 32M disk",
		"truncate -s 32M disk; mkfs.vfat disk >/dev/null",
		FILLED("mkfs.ext4 -q", "32M", "mkdir usr var"),
		FILLED("mkfs.ext4 -q", "32M", "mkdir usr etc; :>etc/fstab"),
		"head -c 32M /dev/urandom >disk",
		/* Its superblock is good, and nothing else is. */
		FILLED("mkfs.ext4 -q", "32M",
		       SYSTEM) "; head -c 16M /dev/urandom | "
			       "dd of=disk bs=4096 seek=1 conv=notrunc "
			       "status=none",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(script) / sizeof(*script); i++) {
		struct root root = {0};

		if (!disk_make(script[i]))
			skip();
		if (open_root(true, &root, NULL) != 1)
			fail_msg("a root in: %s", script[i]);
		disk_drop();
	}
}

static void a_name_with_escapes(void **state)
{
	struct root root = {0};

	(void)state;
	if (!disk_make(FILLED(
		    "mkfs.ext4 -q", "32M",
		    SYSTEM "printf 'NAME=x\\nPRETTY_NAME=\"a\\033[2Jb\\r\\n' "
			   ">usr/lib/os-release")))
		skip();
	open_good(&root, true);
	assert_string_equal(root.name, "a?[2Jb");
	close_good(&root);
	disk_drop();
	if (!disk_make(FILLED("mkfs.ext4 -q", "32M",
			      SYSTEM "rm usr/lib/os-release; "
				     "mkfifo usr/lib/os-release; "
				     "ln -s /dev/zero etc/os-release; "
				     ":>etc/fstab")))
		skip();
	open_good(&root, true);
	assert_string_equal(root.name, "Linux");
	close_good(&root);
	disk_drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ext4),
		cmocka_unit_test(xfs),
		cmocka_unit_test(btrfs_in_a_subvolume),
		cmocka_unit_test(btrfs_with_all_in_subvolumes),
		cmocka_unit_test(btrfs_with_a_default_subvolume),
		cmocka_unit_test(ext4_with_a_dirty_journal),
		cmocka_unit_test(boot_and_log_of_their_own),
		cmocka_unit_test(no_root_here),
		cmocka_unit_test(a_name_with_escapes),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
