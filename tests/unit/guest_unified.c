/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unified kernels, to which nothing can be appended: the guest's own tool makes
 * them anew.  The tools here are scripts that take what the real ones take; the
 * real dracut and ukify are too large for a test of every day. */
#include "guest_pe.h"
#include "guest_system.h"
#include "inject_case.h"

#define KERNEL "guest/boot/efi/EFI/Linux/debian.efi"

/* One section with the bytes of a file or of a text. */
static void put_section(FILE *out, unsigned char *head, int number,
			const char *bytes, size_t length)
{
	static const char *const names[] = {".linux", ".uname", ".cmdline",
					    ".initrd"};
	unsigned char *row = head + PE_TABLE + 40 * number;

	memcpy(row, names[number], strlen(names[number]));
	pe_put32(row + 8, (uint32_t)length);
	pe_put32(row + 16, (uint32_t)length);
	pe_put32(row + 20, (uint32_t)ftell(out));
	assert_int_equal(fwrite(bytes, 1, length, out), length);
}

/* Dracut writes no .uname; the kernel inside says what it is. */
static bool without_uname;

static void put_kernel(FILE *out, unsigned char *head, const char *version)
{
	char kernel[0x600] = "";

	memcpy(kernel + 0x202, "HdrS", 4);
	kernel[0x20f] = 0x02;
	(void)snprintf(kernel + 0x400, 0x100, "%s (builder) #1", version);
	put_section(out, head, 0, kernel, sizeof(kernel));
	put_section(out, head, 1, version, strlen(version));
	if (without_uname)
		memcpy(head + PE_TABLE + 40, ".sbat\0", 7);
}

/* With this initramfs, a file of the scratch directory. */
static void make_unified(const char *path, const char *initramfs)
{
	unsigned char head[PE_SIZE] = "MZ";
	char *version = NULL;
	char *image = NULL;
	size_t length = 0;
	FILE *out = fopen(path, "w+");

	assert_non_null(out);
	assert_int_equal(
		io_read_file(initramfs, 64 << 20, &image, &length, NULL), 0);
	version = io_read_line("version");
	assert_non_null(version);
	assert_int_equal(fwrite(head, 1, sizeof(head), out), sizeof(head));
	pe_put32(head + 0x3c, PE_COFF);
	memcpy(head + PE_COFF, "PE\0\0", 4);
	pe_put32(head + PE_COFF + 4, 0x8664);
	head[PE_COFF + 6] = 4;
	head[PE_COFF + 20] = 240;
	head[PE_COFF + 24] = 0x0b;
	head[PE_COFF + 25] = 0x02;
	pe_put32(head + PE_COFF + 24 + 108, 16);
	put_kernel(out, head, version);
	put_section(out, head, 2, "root=LABEL=r it's\n", 18);
	put_section(out, head, 3, image, length);
	rewind(out);
	assert_int_equal(fwrite(head, 1, sizeof(head), out), sizeof(head));
	assert_int_equal(fclose(out), 0);
	free(version);
	free(image);
}

/* Its only kernel is a unified one without the driver; the tools by script. */
static void make(const char *tools)
{
	make_guest("zstd -qc base.cpio");
	assert_true(guest_is(
		"cd guest\n" SYSTEM "ls usr/lib/modules >../version\n"
		"mv boot/initrd* ..; rm boot/vmlinuz*\n"
		"mkdir -p boot/efi/EFI/Linux\n"
		"cd ../base; v=$(cat ../version)\n"
		"cp ../modules/$v/kernel/drivers/block/virtio_blk.ko.xz "
		"usr/lib/modules/$v/\n"
		"find . | cpio -o -H newc --quiet | zstd -qc >../good\n"
		"cd ..; zstd -qc base.cpio >bad"));
	make_unified(KERNEL, "bad");
	make_unified("guest/made", "good");
	assert_true(guest_is(tools));
}

static int convert_it(struct convert *convert)
{
	int r;

	convert->modalias = (char **)(uintptr_t)virtio;
	r = inject(convert);
	assert_true(system_is_left_alone());
	assert_true(guest_is("test ! -e guest/var/tmp/.lander; "
			     "test \"$(ls guest/boot/efi/EFI/Linux)\" = "
			     "debian.efi"));
	return r;
}

#define TOOL(name, check)                                                  \
	"cat >guest/usr/sbin/" name " <<'E'\n#!/bin/sh -e\n" check "\nE\n" \
	"chmod +x guest/usr/sbin/" name "\n"

static void each_tool_makes_it(void **state)
{
	static const struct {
		const char *tool;
		const char *script;
	} rows[] = {
		{"dracut",
		 TOOL("objcopy", "exit 1") TOOL(
			 "dracut", "test \"$1 $2 $3\" = '--force --uefi "
				   "--kernel-cmdline'\n"
				   "test \"$4\" = \"root=LABEL=r it's\"\n"
				   "test -d /lib/modules/$6; cp /made \"$5\"")},
		/* The system's own command line comes first. */
		{"mkinitcpio",
		 "mkdir -p guest/etc/kernel; echo other >guest/etc/kernel/"
		 "cmdline\n" TOOL(
			 "mkinitcpio",
			 "test \"$1 $3 $5\" = '-k --cmdline -U'\n"
			 "test \"$(cat $4)\" = other; cp /made \"$6\"")},
		{"ukify",
		 "touch guest/usr/lib/modules/$(cat version)/vmlinuz\n" TOOL(
			 "update-initramfs",
			 "test \"$1$2\" = -c-k; touch /boot/initrd.img-$3")
			 TOOL("ukify",
			      "test \"$1\" = build; test -e ${2#--linux=}\n"
			      "test -e ${3#--initrd=}\n"
			      "test \"$6\" = \"--cmdline=root=LABEL=r it's\"\n"
			      "cp /made ${5#--output=}")},
		{"kernel-install",
		 "mkdir -p guest/etc/kernel; echo layout=uki "
		 ">guest/etc/kernel/install.conf\n"
		 "touch guest/usr/lib/modules/$(cat version)/vmlinuz\n" TOOL(
			 "kernel-install",
			 "test \"$1\" = add; test -e \"$3\"\n"
			 "cp /made /boot/efi/EFI/Linux/debian.efi")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct convert convert = {.uefi = true};

		without_uname = !strcmp(rows[i].tool, "dracut");
		make(rows[i].script);
		assert_int_equal(convert_it(&convert), 0);
		assert_non_null(
			strstr(convert.steps.step[0].text, rows[i].tool));
		assert_true(guest_is(
			"cmp guest/made " KERNEL
			"; test -z \"$(ls guest/boot | grep initrd)\""));
		steps_free(&convert.steps);
	}
}

static void what_fails_leaves_the_old_one(void **state)
{
	struct convert convert = {.uefi = true};

	(void)state;
	without_uname = false;
	make("touch guest/boot/vmlinuz-$(cat version); cp " KERNEL
	     " old\n" TOOL("objcopy", "exit 1")
		     TOOL("dracut", "echo half >\"$5\"; exit 7"));
	assert_true(convert_it(&convert) < 0);
	assert_true(guest_is("cmp old " KERNEL));
	assert_non_null(
		strstr(convert.steps.step[0].text, "dracut exited with 7"));
	/* No tool: which ones there could have been. */
	assert_true(guest_is("rm guest/usr/sbin/dracut"));
	assert_int_equal(convert_it(&convert), -ENOENT);
	assert_non_null(strstr(convert.steps.step[0].text,
			       "no kernel-install with layout=uki, mkinitcpio, "
			       "dracut with objcopy or ukify"));
	/* It has all drivers: nothing is to be done. */
	make_unified(KERNEL, "good");
	assert_int_equal(convert_it(&convert), 0);
	assert_int_equal(convert.steps.step[0].outcome, STEP_SKIPPED);
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tool_makes_it),
		cmocka_unit_test(what_fails_leaves_the_old_one),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
