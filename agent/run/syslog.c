/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A syslog server that gets what lander says.  The connection is made when
 * there is something to send, and again when it was lost.
 */
#include "run/syslog.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "config/config.h"
#include "net/syslog_link.h"
#include "run/outbox.h"
#include "run/trust.h"

#define QUEUE_LIMIT 1000U /* lines */

struct syslog {
	struct outbox *outbox;
	struct trust trust;
	struct syslog_link_place place;
	struct syslog_link *link; /* the thread's; or NULL */
};

static int send_once(struct syslog *syslog, const char *text,
		     const _Atomic bool *stop, struct error **err)
{
	int r = 0;

	if (!syslog->link)
		r = syslog_link_open(&syslog->place, &syslog->trust.http, stop,
				     &syslog->link, err);
	if (r == 0)
		r = syslog_link_send(syslog->link, text, err);
	if (r < 0) {
		syslog_link_close(syslog->link);
		syslog->link = NULL;
	}
	return r;
}

static enum outbox_fate deliver(void *owner, const char *text,
				const _Atomic bool *stop, struct error **err)
{
	struct syslog *syslog = owner;
	bool old = syslog->link;

	if (send_once(syslog, text, stop, err) == 0)
		return OUTBOX_TAKEN;
	/* A server may end a connection on which nothing was said for long. */
	if (old) {
		error_clear(err);
		if (send_once(syslog, text, stop, err) == 0)
			return OUTBOX_TAKEN;
	}
	return (*err)->code == EKEYREJECTED || (*err)->kind == ERROR_CONFIG
		       ? OUTBOX_FOREIGN
		       : OUTBOX_LATER;
}

static void forget(struct syslog *syslog)
{
	syslog_link_close(syslog->link);
	trust_done(&syslog->trust);
	free(syslog);
}

int syslog_open(const struct config *config, struct syslog **ret,
		struct error **err)
{
	struct outbox_options options = {
		.name = "syslog", .limit = QUEUE_LIMIT, .deliver = deliver};
	const char *text = config_text(config, CONFIG_SYSLOG);
	struct syslog *syslog;
	int r;

	*ret = NULL;
	if (!text)
		return 0;
	syslog = calloc(1, sizeof(*syslog));
	if (!syslog)
		return error_memory(err);
	options.owner = syslog;
	r = syslog_link_parse(text, &syslog->place, err);
	if (r < 0)
		(void)error_wrap(err, "%s: lander.syslog",
				 config_origin(config, CONFIG_SYSLOG));
	if (r == 0 && syslog->place.kind == SYSLOG_LINK_TLS)
		r = trust_read(config, &syslog->trust, err);
	if (r == 0)
		r = outbox_open(&options, &syslog->outbox, err);
	if (r < 0)
		forget(syslog);
	else
		*ret = syslog;
	return r;
}

struct outbox *syslog_outbox(const struct syslog *syslog)
{
	return syslog->outbox;
}

void syslog_close(struct syslog *syslog)
{
	if (syslog && outbox_close(syslog->outbox))
		forget(syslog);
}
