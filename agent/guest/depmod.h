/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_DEPMOD_H
#define LANDER_GUEST_DEPMOD_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/** A place in memory where depmod makes an index over some modules. */
struct depmod {
	char *stage;
	const char *version; /* the caller's */
};

/** depmod_open(version, ret, err): an empty place, below the one of
 *  depmod_set_stage().  depmod_close() removes it. */
int depmod_open(const char *version, struct depmod *ret_depmod,
		struct error **err);
void depmod_close(struct depmod *depmod);

/** depmod_put(depmod, path, data, size, err): a module, or a list such as
 *  modules.builtin; path is within lib/modules/VERSION, without "..". */
int depmod_put(const struct depmod *depmod, const char *path, const void *data,
	       size_t size, struct error **err);

/** depmod_run(depmod, err): depmod(8) of this system, with no configuration.
 *  Errors: ERROR_CONVERT with its last words. */
int depmod_run(const struct depmod *depmod, struct error **err);

/** depmod_read(depmod, name, ret, ret_length, err): a file of the index,
 *  "modules.dep.bin".  Returns 1, or 0 when depmod made none. */
int depmod_read(const struct depmod *depmod, const char *name, char **ret_bytes,
		size_t *ret_length, struct error **err);

/** depmod_set_stage(directory): for tests: where it works; "/run/lander" at
 *  start. */
void depmod_set_stage(const char *directory);

/** depmod_module_name(path, ret, room): "nvme_core" of "…/nvme-core.ko.xz";
 *  false when that is no module. */
bool depmod_module_name(const char *path, char *ret_name, size_t room);

#endif
