/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_NETWORK_STATUS_H
#define LANDER_NETWORK_NETWORK_STATUS_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct network_want;

/** One interface as it is now.  All text is safe to print; "" = not known. */
struct network_link {
	char name[16];
	unsigned int index;
	bool physical;	 /* not made by software */
	bool up;	 /* somebody turned it on */
	bool carrier;	 /* something is at the other end */
	char master[16]; /* the bond or bridge it is in */
	bool online;	 /* has an address that routes (in addresses) */
	char driver[32]; /* "virtio_net" */
	char mac[18];
	char permanent_mac[18]; /* "" when it has none or is the same */
	char bond[96];		/* "active-backup, miimon 100, active enp0s2" */
	char operational[24];	/* systemd-networkd: "routable", … */
	char setup[24];		/* systemd-networkd: "configured", "failed" */
	const struct network_want *want; /* the file networkd chose, or NULL */
	char addresses[256]; /* those that route: "10.0.2.15/24 fd00::5/64" */
	char local[64];	     /* fe80:: or 169.254/16 */
};

/** One .network file of ours: what was asked for. */
struct network_want {
	char file[64];
	char match[64];	 /* "enp9s9" or a MAC; "" = every NIC not named */
	char words[256]; /* the words it came from */
	bool matched;	 /* networkd chose it for some interface */
	bool dhcp;
	bool automatic; /* DHCP or router advertisements */
	bool addressed; /* an address is expected */
	bool down;	/* the interface is left alone */
};

/** All of it; zero-filled is empty. */
struct network_status {
	struct network_link *link; /* without lo, in the kernel's order */
	size_t count;
	struct network_want *want;
	size_t want_count;
	bool running; /* systemd-networkd has written its state */
	bool online;  /* some link is */
	char dns[256];
	char domains[256];
};

/**
 * network_status_read(root, ret, err): what the kernel and systemd-networkd
 * say now.  root is "" on a machine; below it are sys/class/net,
 * run/systemd/netif and run/systemd/network.  What cannot be read is left
 * empty: networkd may still be starting.  Errors: ENOMEM.
 */
int network_status_read(const char *root, struct network_status *ret,
			struct error **err);
void network_status_done(struct network_status *status);

#endif
