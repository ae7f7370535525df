/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unified kernels, and the menu that finds them.  It looks only.
 */
#include "guest/unified.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/efi_image.h"
#include "guest/esp.h"
#include "guest/tree.h"

char *unified_find(const char *root, const char *place)
{
	char **names = NULL;
	char *kernels = NULL;
	char *best = NULL;

	if (esp_path(root, place, "EFI/Linux", &kernels) == 1 &&
	    tree_list(root, kernels, &names) < 0)
		names = NULL;
	for (size_t i = 0; names && names[i]; i++) {
		struct efi_image image = {0};
		char *path = NULL;

		if (asprintf(&path, "%s/%s", kernels, names[i]) < 0)
			continue;
		if (efi_image_read(root, path, &image) == 0 &&
		    image.kind == EFI_UKI &&
		    (!best || strverscmp(best, path) < 0)) {
			free(best);
			best = path;
		} else {
			free(path);
		}
	}
	tree_free_list(names);
	free(kernels);
	return best;
}

char *unified_menu(const char *root, const char *place, const char *kernel)
{
	static const char *const installed[] = {
		"/usr/lib/systemd/boot/efi/systemd-bootx64.efi.signed",
		"/usr/lib/systemd/boot/efi/systemd-bootx64.efi"};
	struct efi_image of_kernel = {0};
	struct efi_image image = {0};
	char *path = NULL;

	if (esp_path(root, place, "EFI/systemd/systemd-bootx64.efi", &path) ==
		    1 &&
	    efi_image_read(root, path, &image) == 0 &&
	    image.kind == EFI_SYSTEMD_BOOT)
		return path;
	free(path);
	if (kernel)
		(void)efi_image_read(root, kernel, &of_kernel);
	for (size_t i = 0; kernel && i < 2; i++)
		if (efi_image_read(root, installed[i], &image) == 0 &&
		    image.kind == EFI_SYSTEMD_BOOT &&
		    image.is_signed >= of_kernel.is_signed)
			return strdup(installed[i]);
	return NULL;
}
