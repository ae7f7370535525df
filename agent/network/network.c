/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the kernel command line to systemd-networkd's files, all or nothing.
 * It takes the place of systemd-network-generator, which gives up as a whole
 * on a MAC without an interface, ignores BOOTIF=, drops bond options, refuses
 * two methods, and loses ip=dhcp beside a static ip=.
 */
#include "network/network.h"

#include <stdlib.h>

#include "base/error.h"
#include "network/assign.h"
#include "network/dracut.h"
#include "network/networkd.h"
#include "network/problems.h"
#include "network/topology.h"
#include "network/unit_file.h"
#include "network/words.h"

int network_generate(const char *cmdline, const char *directory,
		     struct error **err)
{
	struct topology *t = calloc(1, sizeof(*t));
	struct unit_files *files = calloc(1, sizeof(*files));
	struct problems *problems = calloc(1, sizeof(*problems));
	struct words words = {0};
	int r = 0;

	if (!t || !files || !problems) {
		r = error_memory(err);
		goto out;
	}
	r = words_split(cmdline, &words, err);
	if (r == 0)
		r = dracut_parse(&words, t, problems, err);
	if (r < 0)
		goto out;
	if (!problems->count)
		assign_all(t, problems);
	r = problems_error(problems, err);
	if (r == 0)
		r = networkd_make(t, files, err);
	if (r < 0) {
		/* What an earlier run left must not hold either. */
		unit_file_done(files);
		(void)unit_file_write(files, directory, NULL);
		goto out;
	}
	r = unit_file_write(files, directory, err);
out:
	words_done(&words);
	if (files)
		unit_file_done(files);
	free(files);
	free(problems);
	free(t);
	return r;
}
