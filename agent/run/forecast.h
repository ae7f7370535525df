/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FORECAST_H
#define LANDER_RUN_FORECAST_H

#include <stddef.h>
#include <stdint.h>

#include "plan/convergence.h"

struct error;
struct job_disk;
struct migrate;

/** forecast_begin(m, err): after the full pass: what it has shown of the line,
 *  and how fast the targets are read. */
int forecast_begin(struct migrate *m, struct error **err);

/** forecast_unknown(disk): bytes in chunks that the map knows nothing of. */
uint64_t forecast_unknown(const struct job_disk *disk);

/** forecast_refuse(m, verdict, err): ERROR_CONVERGE: the downtime that is
 *  predicted, and what it is made of. */
int forecast_refuse(const struct migrate *m, enum convergence_verdict verdict,
		    struct error **err);

/** forecast_time(seconds, buf, room): "41 s", "3 min 20 s", "not known". */
const char *forecast_time(double seconds, char *buf, size_t room);

#endif
