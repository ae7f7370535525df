/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_BUILD_CASE_H
#define LANDER_TESTS_BUILD_CASE_H

/* Designs for disk/build, on loop devices, and looks at what came of them. */

#include "disk/design.h"
#include "disk/format.h"
#include "disk_scratch.h"

#define GRUB	"21686148-6449-6e6f-744e-656564454649"
#define LINUX	"0fc63daf-8483-4772-8e79-3d69d8477de4"
#define SWAP	"0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"
#define LVM	"e6d6d379-f507-44c2-a23c-238f2a3df928"
#define CASE_ID "c0ffee00-0000-4000-8000-%012zx"

static inline struct design_node *case_last(struct design *design)
{
	return &design->node[design->count - 1];
}

static inline char *case_say(const char *script)
{
	const char *argv[] = {"sh", "-ec", script, NULL};
	const struct process process = {.argv = argv};
	char *output = NULL;
	int r = process_run(&process, &output, NULL);

	if (r)
		fail_msg("%s: %d: %s", script, r, output ? output : "");
	output[strcspn(output, "\n")] = '\0';
	return output;
}

/* A disk of so many MiB: a file of this name, and a place in the design. */
static inline size_t case_disk(struct design *design, const char *name,
			       size_t mib, const char *table, const char *id)
{
	struct design_node *node = design_add(design, DESIGN_DISK);

	scratch_file(name, mib * DESIGN_MIB);
	node->size = mib * DESIGN_MIB;
	(void)snprintf(node->name, sizeof(node->name), "%s", name);
	(void)snprintf(node->table, sizeof(node->table), "%s", table);
	(void)snprintf(node->uuid, sizeof(node->uuid), "%s", id);
	return design->count - 1;
}

/* What this kind of file system is by default, read from one that was made. */
static inline void case_like(struct superblock *sb, const char *fs)
{
	static uint8_t head[SUPERBLOCK_HEAD];
	char script[200];

	const char *options = "-qf";

	if (!strcmp(fs, "swap"))
		options = "-q";
	else if (!strncmp(fs, "ext", 3))
		options = "-qF";
	else if (!strcmp(fs, "vfat"))
		options = "-F32";
	(void)snprintf(script, sizeof(script), "%s%s %s like",
		       !strcmp(fs, "swap")	? "mk"
		       : !strncmp(fs, "ext", 3) ? "mke2fs -t "
						: "mkfs.",
		       fs, options);
	(void)unlink("like");
	scratch_file("like", 400 * DESIGN_MIB);
	free(case_say(script));
	scratch_get("like", head, sizeof(head), 0);
	assert_true(superblock_read(head, sizeof(head), sb));
	(void)snprintf(sb->label, sizeof(sb->label), "%.7s-1", fs);
	assert_string_equal(sb->fs, fs);
}

/* A partition: its number, and where it lies, in MiB. */
struct case_place {
	unsigned int number;
	size_t start;
	size_t size;
};

static inline size_t case_part(struct design *design, size_t disk,
			       struct case_place place, const char *type,
			       const char *fs)
{
	struct design_node *node = design_add(design, DESIGN_PART);

	node->on[node->ons++] = disk;
	node->number = place.number;
	node->start = place.start * DESIGN_MIB;
	node->size = place.size * DESIGN_MIB;
	(void)snprintf(node->type, sizeof(node->type), "%s", type);
	if (!strcmp(design->node[disk].table, "gpt"))
		(void)snprintf(node->uuid, sizeof(node->uuid), CASE_ID,
			       design->count);
	if (*fs)
		case_like(&node->fs, fs);
	return design->count - 1;
}

static inline void case_mount(struct design *design, size_t node,
			      const char *place, const char *subvolume)
{
	struct design_mount *mount = design_add_mount(design);

	mount->node = node;
	(void)snprintf(mount->place, sizeof(mount->place), "%s", place);
	(void)snprintf(mount->source_place, sizeof(mount->place), "%s", place);
	(void)snprintf(mount->subvolume, sizeof(mount->subvolume), "%s",
		       subvolume);
}

/* The disk becomes a device; false when there are none here. */
static inline bool case_loop(struct design *design, size_t disk)
{
	struct design_node *node = &design->node[disk];
	char script[400];
	char *output;

	(void)snprintf(script, sizeof(script),
		       "losetup -Pf --show %s/%s || echo none", scratch,
		       node->name);
	output = case_say(script);
	(void)snprintf(node->device, sizeof(node->device), "%s", output);
	free(output);
	if (!strncmp(node->device, "/dev/", 5))
		return true;
	print_message("no loop device to be had\n");
	design_done(design);
	skip();
	return false;
}

static inline void case_done(struct design *design, size_t disks)
{
	(void)disks;
	for (size_t i = 0; i < design->count; i++)
		if (design->node[i].kind == DESIGN_DISK) {
			scratch_unloop(design->node[i].device);
			(void)unlink(design->node[i].name);
		}
	design_done(design);
}

static inline void case_same(const struct superblock *want,
			     const struct superblock *have)
{
	assert_string_equal(have->fs, want->fs);
	assert_string_equal(have->uuid, want->uuid);
	assert_string_equal(have->label, want->label);
	assert_int_equal(have->block, want->block);
	assert_int_equal(have->inode, want->inode);
	assert_int_equal(have->group, want->group);
	assert_int_equal(have->compat, want->compat);
	assert_int_equal(have->incompat, want->incompat);
	assert_int_equal(have->ro_compat, want->ro_compat);
	assert_int_equal(have->version, want->version);
	assert_int_equal(have->options, want->options);
	assert_int_equal(have->errors, want->errors);
	assert_int_equal(have->reserved, want->reserved);
}

/* What each device holds is what the design wanted. */
static inline void case_contents(const struct design *design)
{
	static uint8_t head[SUPERBLOCK_HEAD];

	for (size_t i = 0; i < design->count; i++) {
		const struct design_node *node = &design->node[i];
		struct superblock sb;

		if (!*node->fs.fs)
			continue;
		scratch_get(node->device, head, sizeof(head), 0);
		assert_true(superblock_read(head, sizeof(head), &sb));
		case_same(&node->fs, &sb);
	}
}

/* One file system, by a person; another one like it, by us, of another size. */
static inline void case_again(const char *made)
{
	static uint8_t head[SUPERBLOCK_HEAD];
	struct superblock old;
	struct superblock fresh;
	struct format format = {
		.device = "fresh", .like = &old, .size = 500 * DESIGN_MIB};
	struct error *err = NULL;
	char script[300];

	scratch_file("old", 400 * DESIGN_MIB);
	scratch_file("fresh", format.size);
	(void)snprintf(script, sizeof(script), "%s old", made);
	free(case_say(script));
	scratch_get("old", head, sizeof(head), 0);
	assert_true(superblock_read(head, sizeof(head), &old));
	if (format_make(&format, &err) < 0)
		fail_msg("%s: %s", made, err->msg);
	scratch_get("fresh", head, sizeof(head), 0);
	assert_true(superblock_read(head, sizeof(head), &fresh));
	print_message("%s: %s %x %x %x\n", made, fresh.fs, fresh.compat,
		      fresh.incompat, fresh.ro_compat);
	case_same(&old, &fresh);
}

/* --- device-mapper and MD ------------------------------------------------ */

static inline void case_node(struct design *design, enum design_kind kind,
			     size_t on, const char *name, size_t mib)
{
	struct design_node *node = design_add(design, kind);

	node->on[node->ons++] = on;
	node->size = mib * DESIGN_MIB;
	(void)snprintf(node->name, sizeof(node->name), "%s", name);
}

/* Two disks: a mirror with /boot; a mirror, in it a container, in it a group
 * with a root and a swap.  False where the kernel has none of that. */
static inline bool case_stack(struct design *design)
{
	static const char probe[] =
		"for m in dm-mod dm-crypt raid1; do modprobe -q $m || m=none; "
		"[ $m != none ] || { echo no; exit; }; done; "
		"test -e /dev/mapper/control && command -v mdadm >/dev/null && "
		"echo yes || echo no";
	char *output = case_say(probe);
	bool able = !strcmp(output, "yes");

	free(output);
	if (!able) {
		print_message("this system has no MD or no device-mapper\n");
		skip();
		return false;
	}
	for (size_t i = 0; i < 2; i++)
		(void)case_disk(design, i ? "two" : "one", 300, "gpt", "");
	for (size_t i = 0; i < 2; i++) {
		(void)case_part(design, i, (struct case_place){1, 1, 40}, LINUX,
				"");
		(void)case_part(design, i, (struct case_place){2, 41, 250}, LVM,
				"");
	}
	case_node(design, DESIGN_ARRAY, 2, "web01:boot", 39);
	case_last(design)->on[case_last(design)->ons++] = 4;
	(void)snprintf(case_last(design)->level, DESIGN_WORD, "raid1");
	(void)snprintf(case_last(design)->metadata, DESIGN_WORD, "1.0");
	(void)snprintf(case_last(design)->uuid, DESIGN_WORD,
		       "b0000000:00000000:00000000:00000001");
	case_like(&case_last(design)->fs, "ext4");
	case_node(design, DESIGN_ARRAY, 3, "1", 248);
	case_last(design)->on[case_last(design)->ons++] = 5;
	(void)snprintf(case_last(design)->level, DESIGN_WORD, "raid1");
	(void)snprintf(case_last(design)->metadata, DESIGN_WORD, "1.2");
	case_node(design, DESIGN_CONTAINER, 7, "data_crypt", 232);
	(void)snprintf(case_last(design)->uuid, DESIGN_WORD, CASE_ID,
		       (size_t)99);
	case_last(design)->version = 1;
	case_last(design)->physical = true;
	(void)snprintf(case_last(design)->physical_uuid, DESIGN_WORD,
		       "aBcdef-1234-5678-9abc-defg-hijk-lmnopq");
	case_node(design, DESIGN_GROUP, 8, "vg-0", 232);
	case_node(design, DESIGN_VOLUME, 9, "root-fs", 120);
	case_like(&case_last(design)->fs, "ext4");
	case_node(design, DESIGN_VOLUME, 9, "swap", 0);
	case_like(&case_last(design)->fs, "swap");
	case_mount(design, 10, "/", "");
	case_mount(design, 6, "/boot", "");
	return case_loop(design, 0) && case_loop(design, 1);
}

static inline void case_nothing_left(void)
{
	char *output =
		case_say("set +e; ls -d /sys/block/md[0-9]* 2>/dev/null; "
			 "ls /dev/mapper | grep -v control; "
			 "grep /run/lander/mount /proc/mounts; :");

	assert_string_equal(output, "");
	free(output);
}

static inline void case_names(const struct design *design)
{
	static const char *const scripts[][2] = {
		{"lvm pvs --noheadings -o pv_uuid --config "
		 "'devices{use_devicesfile=0}' | tr -d ' '",
		 "aBcdef-1234-5678-9abc-defg-hijk-lmnopq"},
		{"lvm lvs --noheadings -o vg_name,lv_name --config "
		 "'devices{use_devicesfile=0}' | sort | tr -s ' ' | tr -d "
		 "'\\n'",
		 " vg-0 root-fs vg-0 swap "},
	};
	char script[300];
	char want[100];
	char *output;

	(void)snprintf(script, sizeof(script), "cryptsetup luksUUID %s",
		       design->node[7].device);
	output = case_say(script);
	(void)snprintf(want, sizeof(want), CASE_ID, (size_t)99);
	assert_string_equal(output, want);
	free(output);
	for (size_t i = 0; i < 2; i++) {
		output = case_say(scripts[i][0]);
		assert_string_equal(output, scripts[i][1]);
		free(output);
	}
	(void)snprintf(script, sizeof(script),
		       "mdadm --detail --export %s | sed -n "
		       "'s/^MD_NAME=//p;s/^MD_UUID=//p;s/^MD_METADATA=//p' | "
		       "sort | tr '\\n' ' '",
		       design->node[6].device);
	output = case_say(script);
	assert_string_equal(output, "1.0 b0000000:00000000:00000000:00000001 "
				    "web01:boot ");
	free(output);
}

#endif
