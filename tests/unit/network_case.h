/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For the tests of network_generate(): a command line in, the files out as one
 * text: "@ NAME", then the file without its empty lines, in the order of the
 * names.
 */
#ifndef LANDER_TESTS_NETWORK_CASE_H
#define LANDER_TESTS_NETWORK_CASE_H

#include <sys/stat.h>

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/io.h"
#include "network/network.h"

#define OTHERS                                                           \
	"@ 95-lander-others.network\n# not named by any word\n[Match]\n" \
	"Type=ether\nKind=!*\n[Link]\nActivationPolicy=manual\n"         \
	"RequiredForOnline=no\n"
#define NOTHING_AUTOMATIC "DHCP=no\nIPv6AcceptRA=no\nLinkLocalAddressing=no\n"
#define DHCP_AND_RA	  "DHCP=ipv4\nIPv6AcceptRA=yes\nLinkLocalAddressing=ipv6\n"
#define DHCP_EXTRAS	  "UseDomains=yes\nIgnoreCarrierLoss=3s\n"
#define DHCP4                                                          \
	"[DHCPv4]\nClientIdentifier=mac\nUseMTU=yes\nUseHostname=no\n" \
	"SendHostname=no\n"
#define DHCP6 "[DHCPv6]\nDUIDType=link-layer\nUseHostname=no\nSendHostname=no\n"

struct network_case {
	const char *cmdline;
	const char *files;
};

static char network_directory[] = "/tmp/lander-network-XXXXXX";

static inline int make_directory(void **state)
{
	(void)state;
	return mkdtemp(network_directory) ? 0 : -1;
}

static inline int is_file(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

/* All files of the directory as one text, and the directory empty again. */
static inline char *take_files(void)
{
	struct dirent **entries = NULL;
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	int count = scandir(network_directory, &entries, is_file, alphasort);

	assert_true(out && count >= 0);
	for (int i = 0; i < count; i++) {
		char path[512];
		char *file = NULL;
		char *save = NULL;

		(void)snprintf(path, sizeof(path), "%s/%s", network_directory,
			       entries[i]->d_name);
		assert_int_equal(io_read_file(path, 1 << 20, &file, NULL, NULL),
				 0);
		fprintf(out, "@ %s\n", entries[i]->d_name);
		for (char *line = strtok_r(file, "\n", &save); line;
		     line = strtok_r(NULL, "\n", &save))
			fprintf(out, "%s\n", line);
		free(file);
		free(entries[i]);
		assert_int_equal(unlink(path), 0);
	}
	free(entries);
	assert_int_equal(fclose(out), 0);
	return text;
}

static inline int remove_directory(void **state)
{
	(void)state;
	free(take_files());
	return rmdir(network_directory);
}

static inline void check_case(const struct network_case *one)
{
	struct error *error = NULL;
	char *text;

	if (network_generate(one->cmdline, network_directory, &error) < 0)
		fail_msg("%s: %s", one->cmdline, error->msg);
	text = take_files();
	if (strcmp(text, one->files) != 0)
		fail_msg("%s:\n%s--- instead of\n%s", one->cmdline, text,
			 one->files);
	free(text);
}

#endif
