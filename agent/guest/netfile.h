/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NETFILE_H
#define LANDER_GUEST_NETFILE_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct steps;

/** Files in which a system says how its network is set up. */
enum netfile_kind {
	NETFILE_IFUPDOWN, /* /etc/network/interfaces and what it sources */
	NETFILE_NETPLAN,  /* /etc/netplan/NAME.yaml */
	NETFILE_KEYFILE,  /* /etc/NetworkManager/system-connections/NAME */
	NETFILE_IFCFG,	  /* /etc/sysconfig/network{-scripts,}/ifcfg-NAME */
	NETFILE_NETWORK,  /* /etc/systemd/network/NAME.network */
	NETFILE_NETDEV,	  /* /etc/systemd/network/NAME.netdev */
	NETFILE_LINK,	  /* /etc/systemd/network/NAME.link */
	NETFILE_UDEV,	  /* rules that name NICs, in /etc/udev/rules.d */
	NETFILE_SWAP,	  /* /etc/systemd/lander-net-names, nics_swap.h */
};

struct netfile {
	enum netfile_kind kind;
	bool own; /* made by lander */
	char *path;
	char *text;
};

struct netfiles {
	struct netfile *file;
	size_t count;
};

/**
 * netfile_collect(root, steps, ret): all of them, in the order in which the
 * stacks read them.  A file that is too large (256 KiB), no text or no plain
 * file gets a failed step and is left out.  Returns 0 or -ENOMEM.
 */
int netfile_collect(const char *root, struct steps *steps,
		    struct netfiles *ret);
void netfile_free(struct netfiles *files);

/** netfile_write(root, file, text, err): it holds this text now.  The original
 *  is kept where the stack does not read it: beside the file, or one directory
 *  up where every file of the directory is read (ifcfg, NetworkManager,
 *  interfaces.d).  1 when something was written, 0 when nothing had to be. */
int netfile_write(const char *root, const struct netfile *file,
		  const char *text, struct error **err);

#endif
