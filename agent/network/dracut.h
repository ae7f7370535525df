/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_DRACUT_H
#define LANDER_NETWORK_DRACUT_H

struct error;
struct problems;
struct topology;
struct words;

/**
 * dracut_parse(words, t, problems, err): the network words of
 * dracut.cmdline(7) into the topology; every other word is skipped.
 * rd.neednet, rd.net.* and biosdevname are accepted without effect: networkd
 * tries for ever, and lander bounds the waiting itself.  Of BOOTIF= and
 * bootdev= the last one counts.  Problems go to problems.
 * The words must live as long as the topology.  Returns 0 or -ENOMEM.
 */
int dracut_parse(const struct words *words, struct topology *t,
		 struct problems *problems, struct error **err);

#endif
