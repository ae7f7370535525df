/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SERVE_POWER_H
#define LANDER_SERVE_POWER_H

#include <stdbool.h>

#define POWER_BUTTONS 4

/** The power buttons of this machine; {0} is none. */
struct power {
	int fd[POWER_BUTTONS];
	unsigned int count;
};

/** power_open(ret), power_close(power): every input device with such a key.
 *  Nobody else here listens to it. */
void power_open(struct power *ret);
void power_close(struct power *power);

/** power_pressed(power): whether it was pressed since the last call.
 *  Source: Linux Documentation/input/input.rst, linux/input.h. */
bool power_pressed(struct power *power);

#endif
