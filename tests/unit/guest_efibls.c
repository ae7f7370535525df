/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A menu of /boot/loader/entries in a new EFI System Partition, for a GRUB that
 * has no blscfg.  vm/convert-firmware boots one. */
#include <errno.h>

#include "guest/efibls.h"
#include "guest_esp.h"

#define ID "0123456789abcdef0123456789abcdef"

#define HEAD                                                                 \
	"search --no-floppy --fs-uuid --set=root 1111\nset prefix=($root)%s" \
	"/grub2\n" EFIBLS_MARK

/* $1: /boot's own file system or "/boot"; entries as RHEL 9 writes them. */
#define RHEL(boot, options)                                         \
	FSTAB "mkdir -p boot/grub2 boot/loader/entries\n"           \
	      "echo 'blscfg' >boot/grub2/grub.cfg\n"                \
	      "cat >boot/loader/entries/" ID                        \
	      "-5.14.0-9.el9.x86_64.conf <<-E\n"                    \
	      "title Rocky Linux (5.14.0-9.el9.x86_64)\n"           \
	      "version 5.14.0-9.el9.x86_64\n"                       \
	      "linux " boot "/vmlinuz-5.14.0-9.el9.x86_64\n"        \
	      "initrd " boot "/initramfs-5.14.0-9.el9.x86_64.img "  \
	      "\\$tuned_initrd\n"                                   \
	      "options " options "\n"                               \
	      "E\n"                                                 \
	      "sed s/5.14.0-9/5.14.0-10/ boot/loader/entries/*-9* " \
	      ">boot/loader/entries/" ID "-5.14.0-10.el9.x86_64.conf\n"

#define OPTIONS                                                           \
	"root=/dev/mapper/rl-root ro crashkernel=1G-4G:192M,4G-64G:256M " \
	"rd.lvm.lv=rl/root \\$tuned_params"

static struct convert convert = {
	.root = "guest", .volumes = &volumes, .uefi = true};

/* With a GRUB in the partition, and this grub.cfg. */
static void make(const char *tree, const char *boot)
{
	char text[512];

	esp_make_at(tree, "/boot/efi", "mkdir -p EFI/debian");
	pe_write(ESP "EFI/debian/shimx64.efi", &shim_debian);
	pe_write(ESP "EFI/debian/grubx64.efi", &grub_debian);
	(void)snprintf(text, sizeof(text), HEAD, boot);
	assert_int_equal(io_replace_file(ESP "EFI/debian/grub.cfg", text,
					 strlen(text), NULL),
			 0);
}

static int run(void)
{
	struct error *error = NULL;
	int r = efibls_convert(&convert, &error);

	if (r < 0) {
		assert_int_equal(error->kind, ERROR_CONVERT);
		print_message("%s\n", error->msg);
		error_free(error);
	}
	steps_free(&steps);
	steps = convert.steps;
	convert.steps = (struct steps){0};
	guest_stayed_inside();
	return r;
}

static void is_menu(const char *boot, const char *options)
{
	char *have = NULL;
	char want[2048];
	char head[512];

	(void)snprintf(head, sizeof(head), HEAD, boot);
	(void)snprintf(want, sizeof(want),
		       "%sset bls_args='%s'\n"
		       "set default=\n"
		       "set timeout=5\n"
		       "if [ -s $prefix/grubenv ]; then load_env; fi\n"
		       "for bls_file in ($root)%s/loader/entries/*.conf; do\n"
		       "  if regexp --set=1:bls_id --set=2:bls_version "
		       "'/([0-9a-f]+-([^/]*))\\.conf$' \"$bls_file\"; then\n"
		       "    menuentry \"Linux $bls_version\" --id \"$bls_id\" "
		       "\"$bls_version\" {\n"
		       "      linux ($root)%s/vmlinuz-$2 $bls_args\n"
		       "      initrd ($root)%s/initramfs-$2.img\n"
		       "    }\n"
		       "    set bls_last=\"$bls_id\"\n"
		       "  fi\n"
		       "done\n"
		       "set default=\"$bls_last\"\n"
		       "if [ -n \"$saved_entry\" ]; then set "
		       "default=\"$saved_entry\"; "
		       "fi\n",
		       head, options, boot, boot, boot);
	assert_int_equal(io_read_file(ESP "EFI/debian/grub.cfg", 65536, &have,
				      NULL, NULL),
			 0);
	assert_string_equal(have, want);
	free(have);
	assert_true(guest_is("grub-script-check " ESP "EFI/debian/grub.cfg"));
}

static void rhel(void **state)
{
	(void)state;
	make(RHEL("", OPTIONS), "");
	assert_int_equal(run(), 0);
	assert_true(esp_told(STEP_DONE, "a menu of all /boot/loader/entries"));
	is_menu("", " root=/dev/mapper/rl-root ro "
		    "crashkernel=1G-4G:192M,4G-64G:256M rd.lvm.lv=rl/root ");
	/* Again: the same. */
	assert_int_equal(run(), 0);
	assert_true(esp_told(STEP_SKIPPED, "a menu of all"));
}

/* /boot in the root's file system, and what RHEL 8 keeps in grubenv. */
static void rhel8(void **state)
{
	(void)state;
	make(RHEL("/boot", "\\$kernelopts") "printf '# GRUB Environment "
					    "Block\\nsaved_entry=" ID
					    "-5.14.0-9.el9.x86_64\\nkernelopts="
					    "root=UUID=1111 ro\\n' "
					    ">boot/grub2/grubenv\n",
	     "/boot");
	assert_int_equal(run(), 0);
	is_menu("/boot", " root=UUID=1111 ro");
}

static void what_can_not_be_a_script(void **state)
{
	static const char *const options[] = {"root=\\\"x\\\"", "a='b",
					      "a;halt", "a{b}", "x=*"};

	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		char tree[2048];

		(void)snprintf(tree, sizeof(tree),
			       "%s%s\" >>"
			       "boot/loader/entries/" ID
			       "-5.14.0-10.el9.x86_64.conf\n",
			       RHEL("", "ro") "echo \"options ", options[i]);
		make(tree, "");
		assert_int_equal(run(), -EINVAL);
	}
	make(RHEL("", "ro") "rm -r boot/loader", "");
	assert_true(run() < 0);
	make(RHEL("", "ro") "sed -i s,/vmlinuz-.*,/kernel, "
			    "boot/loader/entries/*",
	     "");
	assert_int_equal(run(), -EINVAL);
}

static void without_the_mark(void **state)
{
	(void)state;
	make(RHEL("", "ro"), "");
	assert_true(guest_is("echo configfile x >" ESP "EFI/debian/grub.cfg"));
	assert_int_equal(run(), 0);
	assert_true(
		guest_is("grep -qx 'configfile x' " ESP "EFI/debian/grub.cfg"));
	assert_int_equal(steps.count, 0);
	esp_unmount();
	assert_int_equal(run(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rhel),
		cmocka_unit_test(rhel8),
		cmocka_unit_test(what_can_not_be_a_script),
		cmocka_unit_test(without_the_mark),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
