/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_FACTS_LAYER_H
#define LANDER_SOURCE_FACTS_LAYER_H

struct device;
struct devices;
struct text;

/** facts_layer_tell(to, devices): what stands on a disk and its partitions, as
 *  entries of a JSON list. */
void facts_layer_tell(struct text *to, const struct devices *devices);

/** facts_layer_kind(device): "lvm", "md", … of something that is no disk and no
 *  partition. */
const char *facts_layer_kind(const struct device *device);

#endif
