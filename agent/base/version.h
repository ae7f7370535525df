/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BASE_VERSION_H
#define LANDER_BASE_VERSION_H

#define LANDER_VERSION "0.1"

#endif
