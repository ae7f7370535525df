/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_INSPECT_NETWORK_H
#define LANDER_GUEST_INSPECT_NETWORK_H

#include <jansson.h>

/** inspect_network(root): "stack", which is in use, and the Ethernet
 *  "interfaces" that any stack configures: "name", "mac" (of the old machine),
 *  "stack", "file". */
json_t *inspect_network(const char *root);

#endif
