/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling EFI programs apart: the real shim and GRUB of the build root, small
 * ones of other makes, and files that lie. */
#include "guest/efi_image.h"
#include "guest_pe.h"

static struct efi_image read_it(const char *root, const char *path)
{
	struct efi_image image;

	assert_int_equal(efi_image_read(root, path, &image), 0);
	return image;
}

static void the_real_ones(void **state)
{
	struct efi_image image;

	(void)state;
	image = read_it("/", "/usr/lib/shim/shimx64.efi.signed");
	assert_int_equal(image.kind, EFI_SHIM);
	assert_true(image.is_signed);
	assert_string_equal(image.vendor, "debian");
	assert_true(strverscmp(image.version, "15") > 0);
	assert_string_equal(image.loads, "grubx64.efi");
	assert_string_equal(image.manager, "mmx64.efi");
	assert_string_equal(image.fallback, "fbx64.efi");
	image = read_it("/", "/usr/lib/shim/shimx64.efi");
	assert_false(image.is_signed);
	image = read_it("/",
			"/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed");
	assert_int_equal(image.kind, EFI_GRUB);
	assert_true(image.is_signed);
	assert_string_equal(image.vendor, "debian");
	image = read_it("/", "/usr/lib/grub/x86_64-efi/monolithic/grubx64.efi");
	assert_int_equal(image.kind, EFI_GRUB);
	assert_false(image.is_signed);
	/* Parts of shim that are no shim. */
	image = read_it("/", "/usr/lib/shim/mmx64.efi.signed");
	assert_int_equal(image.kind, EFI_OTHER);
	image = read_it("/", "/usr/lib/shim/fbx64.efi.signed");
	assert_int_equal(image.kind, EFI_OTHER);
	image = read_it("/", "/usr/lib/shim/BOOTX64.CSV");
	assert_int_equal(image.kind, EFI_NONE);
}

static struct efi_image make(struct pe pe)
{
	pe_write("guest/f", &pe);
	return read_it("guest", "/f");
}

static void other_makes(void **state)
{
	struct efi_image image;

	(void)state;
	guest_make("true");
	image = make((struct pe){
		.section = {".text", "/4"},
		.wide = {"\\grub.efi", "\\MokManager.efi", "\\fallback.efi"}});
	assert_int_equal(image.kind, EFI_SHIM);
	assert_string_equal(image.vendor, "");
	assert_string_equal(image.loads, "grub.efi");
	assert_string_equal(image.manager, "MokManager.efi");
	assert_string_equal(image.fallback, "fallback.efi");
	image = make((struct pe){
		.section = {".text", ".sbat", ".sdmagic"},
		.sbat = "sbat,1\nsystemd,1,x\n"
			"systemd.arch,1,Arch Linux,systemd,255.4-2,https://a\n",
		.text = "#### LoaderInfo: systemd-boot 255.4-2-arch ####"});
	assert_int_equal(image.kind, EFI_SYSTEMD_BOOT);
	assert_string_equal(image.vendor, "arch");
	assert_string_equal(image.version, "255.4-2");
	image = make(
		(struct pe){.section = {".text"},
			    .text = "#### LoaderInfo: systemd-boot 239 ####"});
	assert_int_equal(image.kind, EFI_SYSTEMD_BOOT);
	assert_string_equal(image.version, "239");
	image = make((struct pe){.section = {".osrel", ".linux"},
				 .text = "#### LoaderInfo: systemd-stub 255"});
	assert_int_equal(image.kind, EFI_UKI);
	image = make((struct pe){.section = {".text", ".rsrc"}});
	assert_int_equal(image.kind, EFI_OTHER);
	image = make((struct pe){.section = {"mods"}, .machine = 0xaa64});
	assert_int_equal(image.kind, EFI_NONE);
}

static void versions(void **state)
{
	struct efi_image old = {
		.kind = EFI_SHIM, .vendor = "debian", .version = "15.8"};
	struct efi_image new = {
		.kind = EFI_SHIM, .vendor = "debian", .version = "16.1"};

	(void)state;
	assert_true(efi_image_is_older(&old, &new));
	assert_false(efi_image_is_older(&new, &old));
	assert_false(efi_image_is_older(&old, &old));
	(void)strcpy(new.vendor, "ubuntu");
	assert_false(efi_image_is_older(&old, &new));
	(void)strcpy(new.vendor, "debian");
	old.version[0] = '\0';
	assert_false(efi_image_is_older(&old, &new));
}

/* Every byte of the headers, one after the other, as bad as it can be. */
static void what_lies(void **state)
{
	const struct pe pe = {.section = {".sbat", "/4"},
			      .sbat = "shim.x,1,,,2"};
	struct efi_image image;
	char name[] = "/f";

	(void)state;
	guest_make("true");
	pe_write("guest/good", &pe);
	for (unsigned int at = 0; at < PE_TABLE + 80; at++) {
		char byte;

		scratch_get("guest/good", &byte, 1, at);
		scratch_put("guest/good", "\xff", 1, at);
		assert_int_equal(efi_image_read("guest", "/good", &image), 0);
		scratch_put("guest/good", &byte, 1, at);
	}
	for (unsigned int size = 0; size < PE_TABLE + 80; size += 3) {
		pe_write("guest/f", &pe);
		assert_int_equal(truncate("guest/f", size), 0);
		assert_int_equal(efi_image_read("guest", name, &image), 0);
	}
	guest_make("mkdir d; mkfifo fifo; ln -s l l; truncate -s 8G huge");
	assert_int_equal(efi_image_read("guest", "/d", &image), -EISDIR);
	assert_int_equal(efi_image_read("guest", "/fifo", &image), -EINVAL);
	assert_int_equal(efi_image_read("guest", "/l", &image), -ELOOP);
	assert_int_equal(efi_image_read("guest", "/none", &image), -ENOENT);
	assert_int_equal(efi_image_read("guest", "/huge", &image), 0);
	assert_int_equal(image.kind, EFI_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_real_ones),
		cmocka_unit_test(other_makes),
		cmocka_unit_test(versions),
		cmocka_unit_test(what_lies),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
