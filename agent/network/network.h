/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_NETWORK_H
#define LANDER_NETWORK_NETWORK_H

struct error;

/**
 * network_generate(cmdline, directory, err): turn the network words of a
 * kernel command line (dracut.cmdline(7): ip= vlan= bond= bridge= ifname=
 * BOOTIF= bootdev= nameserver= rd.route= rd.peerdns=) into the .link,
 * .netdev and .network files that systemd-udevd and systemd-networkd 257
 * read.  Files of an earlier run in directory are replaced.  No ip= at all
 * means DHCP and IPv6 autoconfiguration on every Ethernet NIC.
 * Errors: ERROR_CONFIG with every wrong word and its field in one message;
 * then the directory holds no file of ours, so that no NIC gets a setting
 * that nobody asked for.  ERROR_TARGET when a file cannot be written.
 */
int network_generate(const char *cmdline, const char *directory,
		     struct error **err);

#endif
