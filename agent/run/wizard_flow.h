/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_FLOW_H
#define LANDER_RUN_WIZARD_FLOW_H

/** What a screen wants next. */
enum wizard_turn {
	WIZARD_NEXT,
	WIZARD_BACK,
	WIZARD_QUIT, /* or nobody looks any more */
};

#endif
