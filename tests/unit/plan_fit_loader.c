/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a new layout would start, by what the source has of GRUB. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "plan/fit.h"
#include "plan/fit_loader.h"
#include "source/storage.h"

#define ESP "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"

struct machine {
	bool uefi;
	const char *esp; /* where its ESP is from; "": new; NULL: none */
	struct storage_grub grub;
	enum fit_loader loader;
	const char *words;
};

static void judge(const struct machine *machine, const char *root)
{
	struct design_node node[2] = {{.kind = DESIGN_PART, .type = "0fc63daf"},
				      {.kind = DESIGN_PART, .type = ESP}};
	struct design_mount mount[2] = {{.node = 0}, {.node = 1}};
	struct fit fit = {.design = {.node = node,
				     .count = 1 + !!machine->esp,
				     .mount = mount,
				     .mounts = 1 + !!machine->esp}};
	struct storage storage = {.grub = machine->grub};
	struct fit_order order = {.storage = &storage, .uefi = machine->uefi};
	char why[400] = "";
	enum fit_loader loader;

	(void)snprintf(mount[0].place, sizeof(mount[0].place), "%s", root);
	(void)snprintf(mount[1].place, sizeof(mount[1].place), "/boot/efi");
	(void)snprintf(mount[1].source_place, sizeof(mount[1].source_place),
		       "%s", machine->esp ? machine->esp : "");
	loader = fit_loader(&order, &fit, why, sizeof(why));
	if (strcmp(root, "/") != 0) {
		assert_int_equal(loader, FIT_LOADER_SURE);
		return;
	}
	if (loader != machine->loader || !strstr(why, machine->words) ||
	    (loader != FIT_LOADER_SURE && !strstr(why, "lander.mode=block")))
		fail_msg("%d, '%s' for '%s'", loader, why, machine->words);
	assert_true(strlen(why) < sizeof(why) - 1);
}

static void what_starts_is_known(void **state)
{
	static const struct machine each[] = {
		/* By BIOS */
		{.grub = {.told = true},
		 .loader = FIT_LOADER_MISSING,
		 .words = "GRUB 2: there is none;"},
		{.grub = {.told = true, .bios = true, .menu = true},
		 .loader = FIT_LOADER_MISSING,
		 .words = "grub-install"},
		{.grub = {.told = true, .program = true, .legacy = true},
		 .loader = FIT_LOADER_MISSING,
		 .words = "GRUB 0.97 only"},
		{.grub = {.told = true, .program = true, .menu = true},
		 .loader = FIT_LOADER_DOUBTFUL,
		 .words = "i386-pc"},
		{.grub = {.told = true, .program = true, .bios = true},
		 .words = ""},
		/* An old menu.lst beside GRUB 2. */
		{.grub = {.told = true,
			  .program = true,
			  .bios = true,
			  .legacy = true},
		 .words = ""},
		{.grub = {.told = false}, .words = ""},
		/* By UEFI */
		{.uefi = true,
		 .esp = "",
		 .grub = {.told = true, .program = true, .bios = true},
		 .loader = FIT_LOADER_MISSING,
		 .words = "the EFI System Partition would be new"},
		{.uefi = true,
		 .esp = "",
		 .grub = {.told = true, .menu = true},
		 .words = ""},
		/* systemd-boot and the like are files. */
		{.uefi = true,
		 .esp = "/efi",
		 .grub = {.told = true},
		 .words = ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(each) / sizeof(*each); i++) {
		judge(&each[i], "/");
		/* Data start no machine. */
		judge(&each[i], "/srv");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_starts_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
