/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which loader of an EFI System Partition is chosen. */
#include "boot/loader.h"
#include "guest_tree.h"

static char **vendors;

static void finds(const char *files, const char *want)
{
	char *found;

	guest_make(files);
	found = loader_find("guest", vendors);
	if (!want && !found)
		return;
	if (!want || !found || strcmp(found, want) != 0)
		fail_msg("%s: '%s', not '%s'", files, found ? found : "none",
			 want ? want : "none");
	free(found);
}

#define PUT(path) "mkdir -p \"$(dirname " path ")\"; echo x >" path "; "

static void the_order(void **state)
{
	(void)state;
	finds("true", NULL);
	finds("mkdir EFI", NULL);
	finds(PUT("EFI/debian/grubx64.efi"), "\\EFI\\debian\\grubx64.efi");
	finds(PUT("EFI/debian/grubx64.efi") PUT("EFI/rocky/shimx64.efi"),
	      "\\EFI\\rocky\\shimx64.efi");
	finds(PUT("EFI/ubuntu/shimx64.efi") PUT("EFI/rocky/shimx64.efi"),
	      "\\EFI\\rocky\\shimx64.efi");
	finds(PUT("EFI/rocky/shimx64.efi")
		      PUT("EFI/Microsoft/Boot/bootmgfw.efi"),
	      "\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
	finds(PUT("EFI/Microsoft/Boot/bootmgfw.efi")
		      PUT("EFI/BOOT/BOOTX64.EFI"),
	      "\\EFI\\BOOT\\BOOTX64.EFI");
	finds(PUT("EFI/systemd/systemd-bootx64.efi"),
	      "\\EFI\\systemd\\systemd-bootx64.efi");
	finds(PUT("EFI/systemd/grubx64.efi")
		      PUT("EFI/systemd/systemd-bootx64.efi"),
	      "\\EFI\\systemd\\grubx64.efi");
}

static void fat_knows_no_case(void **state)
{
	(void)state;
	finds(PUT("efi/boot/bootx64.efi"), "\\efi\\boot\\bootx64.efi");
	finds(PUT("EFI/Boot/BootX64.efi"), "\\EFI\\Boot\\BootX64.efi");
}

static void what_is_no_loader(void **state)
{
	(void)state;
	finds("mkdir -p EFI/BOOT/BOOTX64.EFI", NULL);
	finds("mkdir -p EFI/BOOT; : >EFI/BOOT/BOOTX64.EFI", NULL);
	finds("mkdir -p EFI/BOOT; mkfifo EFI/BOOT/BOOTX64.EFI", NULL);
	finds("mkdir -p EFI/a; ln -s \"$(realpath ../outside/secret)\" "
	      "EFI/a/grubx64.efi",
	      NULL);
	finds("echo >EFI", NULL);
	finds(PUT("EFI/BOOT/BOOTIA32.EFI"), NULL);
	/* An unusable one does not hide the next. */
	finds("mkdir -p EFI/BOOT/BOOTX64.EFI EFI/a/shimx64.efi; " PUT(
		      "EFI/b/shimx64.efi"),
	      "\\EFI\\b\\shimx64.efi");
	finds("mkdir -p 'EFI/a\\b'; echo x >'EFI/a\\b/grubx64.efi'", NULL);
}

/* A directory that never ends is given up. */
static void a_crowd(void **state)
{
	(void)state;
	finds("mkdir EFI; cd EFI; seq 6000 | xargs mkdir", NULL);
}

static void the_systems_own_comes_first(void **state)
{
	static char *own[] = {(char *)"rocky", (char *)"redhat", NULL};

	(void)state;
	vendors = own;
	finds(PUT("EFI/BOOT/BOOTX64.EFI") PUT("EFI/Rocky/shimx64.efi")
		      PUT("EFI/debian/shimx64.efi"),
	      "\\EFI\\Rocky\\shimx64.efi");
	finds(PUT("EFI/BOOT/BOOTX64.EFI") PUT("EFI/redhat/shimx64.efi")
		      PUT("EFI/rocky/grubx64.efi"),
	      "\\EFI\\rocky\\grubx64.efi");
	finds(PUT("EFI/redhat/grub.efi") PUT("EFI/redhat/shim.efi"),
	      "\\EFI\\redhat\\shim.efi");
	/* Somebody else's does not take its place. */
	finds(PUT("EFI/BOOT/BOOTX64.EFI") PUT("EFI/debian/shimx64.efi"),
	      "\\EFI\\BOOT\\BOOTX64.EFI");
	vendors = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order),
		cmocka_unit_test(fat_knows_no_case),
		cmocka_unit_test(the_systems_own_comes_first),
		cmocka_unit_test(what_is_no_loader),
		cmocka_unit_test(a_crowd),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
