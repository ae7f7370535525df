/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What grub.cfg files of real systems start, and those that only GRUB could
 * make out: told, not guessed. */
#include "base/error.h"
#include "base/io.h"
#include "guest/grub.h"
#include "guest_tree.h"

#define FILES                                                               \
	"mkdir -p boot/grub; echo kernel-6 >boot/vmlinuz-6; "               \
	"echo initrd-6 >boot/initrd.img-6; echo kernel-5 >boot/vmlinuz-5; " \
	"printf 123456 >boot/ucode.img; "

static void configure(const char *files, const char *text)
{
	guest_make(files);
	assert_int_equal(io_replace_file("guest/boot/grub/grub.cfg", text,
					 strlen(text), NULL),
			 0);
}

static void is_file(int fd, const char *want)
{
	char have[64] = "";
	ssize_t n = pread(fd, have, sizeof(have) - 1, 0);

	assert_true(n >= 0);
	assert_string_equal(have, want);
}

static void starts(const char *kernel, const char *initrd, const char *cmdline)
{
	struct grub_entry entry = {.kernel = -1, .initrd = -1};
	struct error *error = NULL;

	if (grub_read("guest", &entry, &error) < 0)
		fail_msg("%s", error->msg);
	is_file(entry.kernel, kernel);
	if (initrd)
		is_file(entry.initrd, initrd);
	else
		assert_int_equal(entry.initrd, -1);
	assert_string_equal(entry.cmdline, cmdline);
	grub_done(&entry);
}

static void refused(int code)
{
	struct grub_entry entry = {.kernel = -1, .initrd = -1};
	struct error *error = NULL;

	assert_true(grub_read("guest", &entry, &error) < 0);
	assert_int_equal(error->kind, ERROR_CONVERT);
	if (error->code != code)
		fail_msg("%d, not %d: %s", error->code, code, error->msg);
	assert_true(strlen(error->msg) < 400);
	error_free(error);
}

static void as_debian_writes_it(void **state)
{
	(void)state;
	configure(
		FILES,
		"# linux /boot/no root=no\n"
		"set default=\"0\"\n"
		"export linux_gfx_mode\n"
		"menuentry 'Debian GNU/Linux' --class debian "
		"$menuentry_id_option 'gnulinux-simple-1' {\n"
		"\tload_video\n"
		"\tif [ x$feature = xy ]; then\n"
		"\t  search --no-floppy --fs-uuid --set=root 1\n"
		"\tfi\n"
		"\techo\t'Loading Linux 6 ...'\n"
		"\tlinux\t/boot/vmlinuz-6 root=UUID=1 ro  quiet $vt_handoff\n"
		"\techo\t'Loading initial ramdisk ...'\n"
		"\tinitrd\t/boot/initrd.img-6\n"
		"}\n"
		"submenu 'Advanced options' $menuentry_id_option 'x' {\n"
		"\tmenuentry 'old' {\n\t\tlinux /boot/vmlinuz-5 old\n\t}\n}\n");
	starts("kernel-6\n", "initrd-6\n", "root=UUID=1 ro quiet");
}

static void only_in_a_submenu(void **state)
{
	(void)state;
	configure(FILES, "menuentry 'Firmware' {\n\tfwsetup\n}\n"
			 "submenu \"All\" {\n"
			 "  menuentry \"five\" {\n"
			 "    linux /boot/vmlinuz-5 root=/dev/mapper/vg-root\n"
			 "  }\n"
			 "  menuentry \"six\" {\n"
			 "    linux /boot/vmlinuz-6 six\n"
			 "    initrd /boot/initrd.img-6\n"
			 "  }\n"
			 "}\n");
	/* The initrd of the next entry is not this one's. */
	starts("kernel-5\n", NULL, "root=/dev/mapper/vg-root");
}

static void quotes_and_escapes(void **state)
{
	(void)state;
	configure(FILES "mv boot/vmlinuz-6 'boot/vm linuz'",
		  "menuentry x {\n"
		  "  linuxefi '/boot/vm linuz' \"a=b c\" d=e\\ f 'g=$h' "
		  "\"i=\\\"j\\\"\" ${tuned_params} # a comment\n"
		  "  initrdefi \"/boot/initrd.img-6\"\n}\n");
	starts("kernel-6\n", "initrd-6\n", "\"a=b c\" \"d=e f\" g=$h i=\"j\"");
}

static void boot_is_a_file_system(void **state)
{
	(void)state;
	configure(FILES, "menuentry x {\nlinux /vmlinuz-6 r\n"
			 "initrd /initrd.img-6\n}\n");
	starts("kernel-6\n", "initrd-6\n", "r");
	configure(FILES, "menuentry x {\nlinux ($root)/vmlinuz-6\n"
			 "initrd (${root})/initrd.img-6\n}\n");
	starts("kernel-6\n", "initrd-6\n", "");
}

static void the_root_is_a_subvolume(void **state)
{
	(void)state;
	configure(FILES, "menuentry x {\nlinux /@/boot/vmlinuz-6 r\n}\n");
	starts("kernel-6\n", NULL, "r");
	configure(FILES, "menuentry x {\nlinux /root/boot/vmlinuz-6 r\n}\n");
	starts("kernel-6\n", NULL, "r");
	configure(FILES, "menuentry x {\nlinux /usr/boot/vmlinuz-6 r\n}\n");
	refused(ENOENT);
}

static void several_initrds_become_one(void **state)
{
	struct grub_entry entry = {.kernel = -1, .initrd = -1};
	char have[32] = "";

	(void)state;
	configure(FILES, "menuentry x {\nlinux /boot/vmlinuz-6\n"
			 "initrd /boot/ucode.img /boot/initrd.img-6\n}\n");
	assert_int_equal(grub_read("guest", &entry, NULL), 0);
	assert_int_equal(pread(entry.initrd, have, sizeof(have), 0), 20);
	assert_memory_equal(have, "123456\0\0initrd-6\n\0\0\0", 20);
	grub_done(&entry);
}

static void links_stay_inside(void **state)
{
	(void)state;
	configure(FILES "ln -s /boot/vmlinuz-6 vmlinuz; "
			"ln -s boot/initrd.img-6 initrd.img",
		  "menuentry x {\nlinux /vmlinuz r\ninitrd /initrd.img\n}\n");
	starts("kernel-6\n", "initrd-6\n", "r");
	configure(FILES "ln -s \"$(realpath ../outside/secret)\" vmlinuz",
		  "menuentry x {\nlinux /vmlinuz r\n}\n");
	refused(ENOENT);
	configure(FILES, "menuentry x {\n"
			 "linux /../../../../../../etc/hostname r\n}\n");
	refused(ENOENT);
}

static void what_only_grub_knows(void **state)
{
	static const char *const line[] = {
		"linux ${prefix}/vmlinuz-6 r",
		"linux (hd0,gpt2)/boot/vmlinuz-6 r",
		"linux ($root)/boot/$name r",
		"linux $kernel r",
		"linux boot/vmlinuz-6 r",
		"linux /boot/vmlinuz-6 root=UUID=$uuid",
		"linux /boot/vmlinuz-6 root=${root}1",
		"linux /boot/vmlinuz-6 'open",
		"linux /boot/vmlinuz-6 goes on \\",
		"linux /boot/vmlinuz-6 ${open",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(line) / sizeof(*line); i++) {
		char text[256];

		(void)snprintf(text, sizeof(text), "menuentry x {\n%s\n}\n",
			       line[i]);
		configure(FILES, text);
		refused(EINVAL);
	}
}

static void what_is_missing(void **state)
{
	(void)state;
	guest_make("mkdir boot");
	refused(ENOENT);
	configure(FILES, "");
	refused(ENOENT);
	configure(FILES, "insmod blscfg\nblscfg\n");
	refused(ENOENT);
	/* A linux line that belongs to no entry. */
	configure(FILES, "linux /boot/vmlinuz-6\n");
	refused(ENOENT);
	configure(FILES, "menuentry x {\n}\nlinux /boot/vmlinuz-6\n");
	refused(ENOENT);
	configure(FILES, "menuentry x {\nlinux /boot/gone\n}\n");
	refused(ENOENT);
	configure(FILES, "menuentry x {\nlinux /boot/vmlinuz-6\n"
			 "initrd /boot/gone\n}\n");
	refused(ENOENT);
	configure(FILES "mkfifo boot/fifo",
		  "menuentry x {\nlinux /boot/fifo\n}\n");
	refused(EINVAL);
	configure(FILES, "menuentry x {\nlinux /boot\n}\n");
	refused(EISDIR);
}

static void what_is_hostile(void **state)
{
	(void)state;
	guest_make(FILES "mkfifo boot/grub/grub.cfg");
	refused(EINVAL);
	guest_make(FILES "truncate -s 1G boot/grub/grub.cfg");
	refused(EFBIG);
	guest_make(FILES "ln -s grub.cfg boot/grub/grub.cfg");
	refused(ELOOP);
	/* Three megabytes in one line: more words than a kernel takes. */
	guest_make(FILES "{ printf 'menuentry x {\\nlinux /boot/vmlinuz-6'; "
			 "head -c 3000000 /dev/zero | tr '\\0' ' ' | "
			 "sed 's/  /a /g'; echo; echo '}'; } "
			 ">boot/grub/grub.cfg");
	refused(EINVAL);
	guest_make(FILES "head -c 3000000 /dev/urandom >boot/grub/grub.cfg");
	refused(ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_debian_writes_it),
		cmocka_unit_test(only_in_a_submenu),
		cmocka_unit_test(quotes_and_escapes),
		cmocka_unit_test(boot_is_a_file_system),
		cmocka_unit_test(the_root_is_a_subvolume),
		cmocka_unit_test(several_initrds_become_one),
		cmocka_unit_test(links_stay_inside),
		cmocka_unit_test(what_only_grub_knows),
		cmocka_unit_test(what_is_missing),
		cmocka_unit_test(what_is_hostile),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
