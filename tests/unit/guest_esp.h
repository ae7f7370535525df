/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_GUEST_ESP_H
#define LANDER_TESTS_GUEST_ESP_H

/* Copied systems with an EFI System Partition: a file system of its own, a
 * tmpfs that tells case apart, so that names must be matched by the agent. */

#include <sys/mount.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/fallback.h"
#include "guest/steps.h"
#include "guest_pe.h"

#define ESP "guest/boot/efi/"

static struct volume volume[2];
static const struct volumes volumes = {.volume = volume, .count = 2};
static struct steps steps; /* of the last run */

#define FSTAB                                            \
	"mkdir -p etc boot/efi; cat >etc/fstab <<-E\n"   \
	"UUID=1111 / ext4 defaults 0 1\n"                \
	"UUID=AB12-CD34 /boot/efi vfat umask=0077 0 1\n" \
	"E\n"

static const struct pe shim_debian = {
	.section = {".text", ".sbat"},
	.sbat = "sbat,1,x\nshim,4,UEFI shim,shim,1,u\n"
		"shim.debian,1,Debian,shim,16.1,u\n",
	.wide = {"\\\\grubx64.efi", "\\mmx64.efi", "\\fbx64.efi"},
	.is_signed = true};
static const struct pe grub_debian = {
	.section = {".text", "mods", ".sbat"},
	.sbat = "sbat,1,x\ngrub,5,FSF,grub,2.12,u\n"
		"grub.debian,5,Debian,grub2,2.12-9,u\n",
	.is_signed = true};
static const struct pe manager = {
	.section = {".text"}, .text = "keys", .is_signed = true};
static const struct pe microsoft = {.section = {".text", ".rsrc"},
				    .text = "bootmgr"};
static const struct pe grub_plain = {.section = {".text", "mods"}};
static const struct pe systemd_boot = {
	.section = {".text"},
	.text = "#### LoaderInfo: systemd-boot 255.4 ####"};

static inline void esp_unmount(void)
{
	(void)umount2("guest/boot/efi", MNT_DETACH);
	steps_free(&steps);
}

/* The tree, and then what is in its partition. */
static inline void esp_make_at(const char *tree, const char *place,
			       const char *inside)
{
	char where[64];
	const char *argv[] = {"sh", "-ec", inside, NULL};
	char here[512];

	esp_unmount();
	guest_make(tree);
	(void)snprintf(where, sizeof(where), "guest%s", place);
	assert_int_equal(mount("esp", where, "tmpfs", 0, "size=16m"), 0);
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(where), 0);
	assert_true(scratch_run(NULL, argv));
	assert_int_equal(chdir(here), 0);
}

static inline void esp_make(const char *inside)
{
	esp_make_at(FSTAB, "/boot/efi", inside);
}

static inline void esp_run_as(bool uefi)
{
	struct convert convert = {
		.root = "guest", .volumes = &volumes, .uefi = uefi};
	struct error *error = NULL;

	steps_free(&steps);
	if (fallback_convert(&convert, &error) < 0)
		fail_msg("%s", error->msg);
	steps = convert.steps;
	guest_stayed_inside();
}

static inline bool esp_told(enum step_outcome outcome, const char *text)
{
	for (size_t i = 0; i < steps.count; i++)
		if (steps.step[i].outcome == outcome &&
		    strstr(steps.step[i].text, text))
			return true;
	for (size_t i = 0; i < steps.count; i++)
		print_message("%s: %s\n", steps_word(steps.step[i].outcome),
			      steps.step[i].text);
	return false;
}

/* Runs it, and once more: nothing is written then. */
static inline void esp_run(enum step_outcome outcome, const char *text)
{
	esp_run_as(true);
	assert_true(esp_told(outcome, text));
	assert_true(guest_is("cd " ESP "&& find . -type f -exec sha256sum {} "
			     "+ | sort >../../../before"));
	esp_run_as(true);
	for (size_t i = 0; i < steps.count; i++)
		if (steps.step[i].outcome == STEP_DONE)
			fail_msg("done again: %s", steps.step[i].text);
	assert_true(guest_is("cd " ESP "&& find . -type f -exec sha256sum {} "
			     "+ | sort | cmp - ../../../before"));
}

static inline void esp_is_tree(const char *want)
{
	char condition[1024];

	(void)snprintf(condition, sizeof(condition),
		       "cd " ESP "&& have=$(echo $(find . -type f | sort)); "
		       "echo \"$have\"; test \"$have\" = '%s'",
		       want);
	assert_true(guest_is(condition));
}

static inline void esp_same(const char *a, const char *b)
{
	char condition[512];

	(void)snprintf(condition, sizeof(condition), "cmp " ESP "%s " ESP "%s",
		       a, b);
	assert_true(guest_is(condition));
}

#define DEBIAN_CFG                            \
	"search.fs_uuid 2222 root hd0,gpt2\n" \
	"set prefix=($root)'/boot/grub'\n"    \
	"configfile $prefix/grub.cfg\n"

static inline void esp_make_debian(void)
{
	esp_make("mkdir -p EFI/debian; cat >EFI/debian/grub.cfg "
		 "<<-'E'\n" DEBIAN_CFG "E\n");
	pe_write(ESP "EFI/debian/shimx64.efi", &shim_debian);
	pe_write(ESP "EFI/debian/grubx64.efi", &grub_debian);
	pe_write(ESP "EFI/debian/mmx64.efi", &manager);
	pe_write(ESP "EFI/debian/fbx64.efi", &manager);
}

static inline int esp_begin(void **state)
{
	volume[0] = (struct volume){.device = (char *)"/dev/loop0p2",
				    .fs = (char *)"ext4",
				    .uuid = (char *)"1111"};
	volume[1] = (struct volume){.device = (char *)"/dev/loop0p1",
				    .fs = (char *)"vfat",
				    .uuid = (char *)"AB12-CD34"};
	return scratch_open(state);
}

static inline int esp_end(void **state)
{
	esp_unmount();
	return scratch_close(state);
}

#endif
