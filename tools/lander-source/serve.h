/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_SERVE_H
#define LANDER_SOURCE_SERVE_H

/** serve_main(argc, argv): the whole program; its exit status:
 *  0 told to end, or the agent hung up; 1 the agent is gone in the middle;
 *  2 what it said is no request; 3 wrong arguments. */
int serve_main(int argc, char **argv);

#endif
