/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which kernels a root has, by its files.  Trees like Debian's, Fedora's,
 * SUSE's and Arch's; none of them was booted by this test. */
#include "base/error.h"
#include "guest/image.h"
#include "guest/kernel.h"
#include "guest_tree.h"

/* A file like an x86 kernel that calls itself $2. */
#define BZIMAGE                                                          \
	"bzimage() {\n"                                                  \
	"  truncate -s 8K $1; p() { dd of=$1 bs=1 seek=$2 conv=notrunc " \
	"2>/dev/null; }\n"                                               \
	"  printf HdrS | p $1 514; printf '\\000\\016' | p $1 526\n"     \
	"  printf '%s (x@y) #1 SMP\\0' $2 | p $1 4096\n"                 \
	"}\n"

/* "version image initramfs modules kind", a line each. */
static char *describe(void)
{
	struct kernels kernels = {0};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(kernel_list("guest", &kernels, NULL), 0);
	for (size_t i = 0; i < kernels.count; i++) {
		const struct kernel *kernel = &kernels.kernel[i];

		(void)fprintf(out, "%s %s %s %s%s\n", kernel->version,
			      kernel->image,
			      kernel->initramfs ? kernel->initramfs : "-",
			      kernel->modules ? kernel->modules : "-",
			      kernel->unified ? " unified" : "");
	}
	(void)fclose(out);
	kernel_free(&kernels);
	guest_stayed_inside();
	return text;
}

static void expect(const char *script, const char *wanted)
{
	char *text;

	guest_make(script);
	text = describe();
	assert_string_equal(text, wanted);
	free(text);
}

static void like_debian(void **state)
{
	(void)state;
	expect("mkdir -p boot usr/lib/modules/6.1.0-9-amd64 "
	       "usr/lib/modules/6.1.0-10-amd64 usr/lib/modules/5.10.0-gone\n"
	       "ln -s usr/lib lib\n"
	       "for v in 6.1.0-9-amd64 6.1.0-10-amd64; do\n"
	       "echo >boot/vmlinuz-$v; echo >boot/initrd.img-$v\n"
	       "echo >boot/initrd.img-$v-kdump; echo >boot/config-$v; done\n"
	       "ln -s boot/vmlinuz-6.1.0-10-amd64 vmlinuz\n"
	       "echo >boot/initrd.img-4.0-orphan\n",
	       "6.1.0-10-amd64 /boot/vmlinuz-6.1.0-10-amd64 "
	       "/boot/initrd.img-6.1.0-10-amd64 /lib/modules/6.1.0-10-amd64\n"
	       "6.1.0-9-amd64 /boot/vmlinuz-6.1.0-9-amd64 "
	       "/boot/initrd.img-6.1.0-9-amd64 /lib/modules/6.1.0-9-amd64\n");
}

static void like_fedora(void **state)
{
	(void)state;
	expect(BZIMAGE
	       "mkdir -p boot/loader/entries usr/lib/modules/6.11.4-301.fc41\n"
	       "ln -s usr/lib lib\n"
	       "bzimage boot/vmlinuz-6.11.4-301.fc41 6.11.4-301.fc41\n"
	       "echo >boot/initramfs-6.11.4-301.fc41.img\n"
	       "echo >boot/initramfs-6.11.4-301.fc41kdump.img\n"
	       "cp boot/vmlinuz-6.11.4-301.fc41 boot/vmlinuz-0-rescue-abc\n"
	       "echo >boot/initramfs-0-rescue-abc.img\n"
	       "printf 'title x\\nversion 6.11.4\\nlinux "
	       "/vmlinuz-6.11.4-301.fc41\\ninitrd "
	       "/initramfs-6.11.4-301.fc41.img $tuned_initrd\\n' "
	       ">boot/loader/entries/a.conf\n"
	       "printf 'linux /missing\\ninitrd /missing2' "
	       ">boot/loader/entries/b.conf\n",
	       "6.11.4-301.fc41 /boot/vmlinuz-0-rescue-abc "
	       "/boot/initramfs-0-rescue-abc.img /lib/modules/6.11.4-301.fc41\n"
	       "6.11.4-301.fc41 /boot/vmlinuz-6.11.4-301.fc41 "
	       "/boot/initramfs-6.11.4-301.fc41.img "
	       "/lib/modules/6.11.4-301.fc41\n");
}

static void like_suse(void **state)
{
	(void)state;
	expect(BZIMAGE "mkdir -p boot usr/lib/modules/6.4.0-1-default\n"
		       "ln -s usr/lib lib\n"
		       "m=usr/lib/modules/6.4.0-1-default\n"
		       "bzimage $m/vmlinuz 6.4.0-1-default\n"
		       "ln -s ../$m/vmlinuz boot/vmlinuz-6.4.0-1-default\n"
		       "ln -s vmlinuz-6.4.0-1-default boot/vmlinuz\n"
		       "echo >boot/vmlinux-6.4.0-1-default.gz\n"
		       "echo >boot/initrd-6.4.0-1-default\n",
	       /* The packed one is for the debugger. */
	       "6.4.0-1-default /boot/vmlinuz-6.4.0-1-default "
	       "/boot/initrd-6.4.0-1-default /lib/modules/6.4.0-1-default\n");
}

static void like_arch(void **state)
{
	(void)state;
	expect(BZIMAGE
	       "mkdir -p boot/loader/entries "
	       "usr/lib/modules/6.12.1-arch1-1\n"
	       "ln -s usr/lib lib\n"
	       "bzimage boot/vmlinuz-linux 6.12.1-arch1-1\n"
	       "cp boot/vmlinuz-linux "
	       "usr/lib/modules/6.12.1-arch1-1/vmlinuz\n"
	       "echo a >boot/initramfs-linux.img; echo b "
	       ">boot/initramfs-linux-fallback.img; "
	       "echo >boot/intel-ucode.img\n"
	       "printf 'linux /vmlinuz-linux\\ninitrd /intel-ucode.img\\n"
	       "initrd /initramfs-linux.img\\n' "
	       ">boot/loader/entries/arch.conf\n",
	       "6.12.1-arch1-1 /boot/vmlinuz-linux "
	       "/boot/initramfs-linux-fallback.img "
	       "/lib/modules/6.12.1-arch1-1\n"
	       "6.12.1-arch1-1 /boot/vmlinuz-linux /boot/initramfs-linux.img "
	       "/lib/modules/6.12.1-arch1-1\n");
}

/* kernel-install's layout on an ESP, and no file in /boot itself. */
static void on_an_esp(void **state)
{
	(void)state;
	expect(BZIMAGE "mkdir -p efi/loader/entries efi/tok/6.9/ "
		       "usr/lib/modules/6.9\n"
		       "bzimage efi/tok/6.9/linux 6.9\n"
		       "echo >efi/tok/6.9/initrd\n"
		       "printf 'linux /tok/6.9/linux\\ninitrd /tok/6.9/initrd' "
		       ">efi/loader/entries/tok-6.9.conf\n",
	       "6.9 /efi/tok/6.9/linux /efi/tok/6.9/initrd "
	       "/usr/lib/modules/6.9\n");
}

/* A unified image: an MZ, a PE header at 64, one section ".uname". */
static void unified(void **state)
{
	char *bytes = NULL;
	size_t length;

	(void)state;
	expect("mkdir -p boot/efi/EFI/Linux usr/lib/modules/6.8.0-u\n"
	       "f=boot/efi/EFI/Linux/x.efi; truncate -s 4K $f\n"
	       "p() { dd of=$f bs=1 seek=$1 conv=notrunc 2>/dev/null; }\n"
	       "printf MZ | p 0; printf '\\100' | p 60\n"
	       "printf 'PE\\0\\0\\144\\206\\001' | p 64\n"
	       "printf '.uname\\0\\0\\007' | p 88; printf '\\000\\002' | p "
	       "104\n"
	       "printf '\\000\\004' | p 108; printf 6.8.0-u | p 1024\n",
	       "6.8.0-u /boot/efi/EFI/Linux/x.efi - /usr/lib/modules/6.8.0-u "
	       "unified\n");
	assert_int_equal(image_section("guest", "/boot/efi/EFI/Linux/x.efi",
				       ".initrd", &bytes, &length),
			 -ENOENT);
}

static void strange_ones(void **state)
{
	(void)state;
	expect("mkdir -p boot/loader/entries\n"
	       "mkfifo boot/vmlinuz-fifo; mkdir boot/vmlinuz-dir.d\n"
	       "ln -s ../../outside/secret boot/vmlinuz-out\n"
	       "mkfifo boot/loader/entries/f.conf\n"
	       "printf 'linux\\nlinux \\n linux x\\n' "
	       ">boot/loader/entries/g.conf\n"
	       "head -c 3000 /dev/zero >boot/loader/entries/h.conf\n"
	       "printf 'linux /../../../outside/secret\\n' "
	       ">boot/loader/entries/i.conf",
	       "");
	expect("true", "");
	assert_false(image_is_version("../../etc"));
	assert_false(image_is_version("-b"));
	assert_false(image_is_version(""));
	assert_false(image_is_version("6.1 x"));
	assert_true(image_is_version("6.12.107+deb13-amd64"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(like_debian),	cmocka_unit_test(like_fedora),
		cmocka_unit_test(like_suse),	cmocka_unit_test(like_arch),
		cmocka_unit_test(on_an_esp),	cmocka_unit_test(unified),
		cmocka_unit_test(strange_ones),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
