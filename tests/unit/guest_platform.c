/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which firmware a disk is made for: GRUB's real boot code and real partition
 * tables, and what nobody can be sure of. */
#include "base/error.h"
#include "base/io.h"
#include "disk_scratch.h"
#include "guest/platform.h"

#define SIZE	   ((uint64_t)64 << 20)
#define HEAD_BYTES ((size_t)32768)
#define UNSURE	   PLATFORM_UNSURE

#define LINUX_GPT "label: gpt\nsize=4M, type=L\n"
#define CLOUD_GPT                                                          \
	"label: gpt\nsize=1M, type=21686148-6449-6E6F-744E-656564454649\n" \
	"size=8M, type=U\nsize=8M, type=L\n"
#define BIOS_GPT                                                           \
	"label: gpt\nsize=1M, type=21686148-6449-6E6F-744E-656564454649\n" \
	"size=8M, type=L\n"
#define UEFI_GPT "label: gpt\nsize=8M, type=U\nsize=8M, type=L\n"

static void make(const char *table, unsigned int sector)
{
	scratch_file("disk", SIZE);
	if (table)
		scratch_table("disk", sector, table);
}

static void put_code(const void *code, size_t length)
{
	scratch_put("disk", code, length < 440 ? length : 440, 0);
	scratch_put("disk", "\x55\xaa", 2, 510);
}

/* GRUB's own. */
static void put_grub(void)
{
	char *code = NULL;
	size_t length = 0;

	assert_int_equal(io_read_file("/usr/lib/grub/i386-pc/boot.img", 4096,
				      &code, &length, NULL),
			 0);
	assert_int_equal(length, 512);
	put_code(code, length);
	free(code);
}

static void put_words(const char *text)
{
	char code[440] = "\xfa\x33\xc0\x8e\xd0";

	memcpy(code + 200, text, strlen(text));
	put_code(code, sizeof(code));
}

static void is(unsigned int want)
{
	static unsigned char head[HEAD_BYTES];
	struct error *error = NULL;
	unsigned int platform = 99;

	scratch_get("disk", head, sizeof(head), 0);
	assert_int_equal(
		platform_of_head(head, sizeof(head), SIZE, &platform, &error),
		0);
	assert_null(error);
	assert_int_equal(platform, want);
}

static void made_for_one(void **state)
{
	(void)state;
	make("label: dos\nsize=8M, type=83, bootable\n", 512);
	put_grub();
	is(PLATFORM_BIOS);
	make(BIOS_GPT, 512);
	put_grub();
	is(PLATFORM_BIOS);
	make(UEFI_GPT, 512);
	is(PLATFORM_UEFI);
	make(UEFI_GPT, 4096);
	is(PLATFORM_UEFI);
	make("label: dos\nsize=8M, type=ef\nsize=8M, type=83\n", 512);
	is(PLATFORM_UEFI);
}

static void made_for_both(void **state)
{
	(void)state;
	make(CLOUD_GPT, 512);
	put_grub();
	is(PLATFORM_BIOS | PLATFORM_UEFI);
	/* A BIOS boot partition alone starts nothing. */
	make(CLOUD_GPT, 512);
	is(PLATFORM_UEFI);
}

static void other_loaders(void **state)
{
	(void)state;
	make("label: dos\nsize=8M, type=83\n", 512);
	put_code("\xfa\xeb\x21\x01\xb4\x01LILO", 10);
	is(PLATFORM_BIOS);
	make("label: dos\nsize=8M, type=83, bootable\n", 512);
	put_words("Invalid partition table|Missing operating system");
	is(PLATFORM_BIOS);
	put_words("Missing operating system.|Operating system load error.");
	is(PLATFORM_BIOS);
	/* Such code has nothing to start without an active partition. */
	make("label: dos\nsize=8M, type=83\n", 512);
	put_words("Invalid partition table|Missing operating system");
	is(0);
	make(UEFI_GPT, 512);
	put_words("Invalid partition table|Missing operating system");
	is(PLATFORM_UEFI);
}

static void data_disks(void **state)
{
	(void)state;
	make(NULL, 512);
	is(0);
	make(LINUX_GPT, 512);
	is(0);
	make("label: dos\nsize=8M, type=83, bootable\n", 512);
	is(0);
	/* Boot code without a boot signature is no boot code. */
	make(NULL, 512);
	put_grub();
	scratch_put("disk", "\0\0", 2, 510);
	is(0);
}

static void what_is_unsure(void **state)
{
	(void)state;
	make("label: dos\nsize=8M, type=83\n", 512);
	put_words("a loader of our own");
	is(UNSURE);
	make(UEFI_GPT, 512);
	put_words("a loader of our own");
	is(PLATFORM_UEFI | UNSURE);
	/* Some firmware starts from any FAT. */
	make("label: dos\nsize=8M, type=c\nsize=8M, type=83\n", 512);
	put_grub();
	is(PLATFORM_BIOS | UNSURE);
	make("label: gpt\n"
	     "size=8M, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n",
	     512);
	is(UNSURE);
}

static void what_lies(void **state)
{
	unsigned char head[HEAD_BYTES];
	unsigned int platform;

	(void)state;
	make(NULL, 512);
	memset(head, 0xff, sizeof(head));
	scratch_put("disk", head, sizeof(head), 0);
	scratch_put("disk", "\x55\xaa", 2, 510);
	is(UNSURE);
	/* Shorter than its head; shorter than a sector. */
	assert_int_equal(
		platform_of_head(head, sizeof(head), 512, &platform, NULL), 0);
	assert_int_equal(platform_of_head(head, 100, 100, &platform, NULL), 0);
	assert_int_equal(platform, 0);
	/* A GPT of which nothing but the protective MBR is left. */
	make(UEFI_GPT, 512);
	memset(head, 0, sizeof(head));
	scratch_put("disk", head, 16384, 512);
	is(UNSURE);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(platform_name(0), "nothing");
	assert_string_equal(platform_name(PLATFORM_BIOS | UNSURE), "BIOS");
	assert_string_equal(platform_name(PLATFORM_UEFI), "UEFI");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_for_one),
		cmocka_unit_test(made_for_both),
		cmocka_unit_test(other_loaders),
		cmocka_unit_test(data_disks),
		cmocka_unit_test(what_is_unsure),
		cmocka_unit_test(what_lies),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
