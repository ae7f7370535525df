/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes data smaller for a slow link, with zstd's fastest strategy in memory of
 * its own.  What does not get smaller is left to be sent as it is.
 */
#include "lander-source/pack.h"

#include <stdbool.h>

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#define LEVEL	1
#define ROOM	(640U << 10) /* zstd asks for 570 KiB at READ's length */
#define GAIN_OF 16U	     /* a sixteenth at least, or it is not worth it */

static uint8_t memory[ROOM] __attribute__((aligned(64)));
static ZSTD_CCtx *context;
static bool tried;

static void begin(void)
{
	tried = true;
	context = ZSTD_initStaticCCtx(memory, sizeof(memory));
	if (context && ZSTD_isError(ZSTD_CCtx_setParameter(
			       context, ZSTD_c_compressionLevel, LEVEL)))
		context = NULL;
}

size_t pack_bytes(const void *data, size_t length, void *to, size_t room)
{
	size_t most = length - length / GAIN_OF;
	size_t packed;

	if (!tried)
		begin();
	if (!context)
		return 0;
	/* It gives up as soon as the room is too small. */
	packed = ZSTD_compress2(context, to, most < room ? most : room, data,
				length);
	return ZSTD_isError(packed) ? 0 : packed;
}
