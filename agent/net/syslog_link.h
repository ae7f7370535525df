/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SYSLOG_LINK_H
#define LANDER_NET_SYSLOG_LINK_H

#include <stdatomic.h>
#include <stdbool.h>

struct error;
struct http_trust;
struct syslog_link;

enum syslog_link_kind { SYSLOG_LINK_UDP, SYSLOG_LINK_TCP, SYSLOG_LINK_TLS };

/** Where a server of syslog is. */
struct syslog_link_place {
	enum syslog_link_kind kind;
	char host[256];
	char port[6];
};

/** syslog_link_parse(text, ret, err): "udp|tcp|tls://HOST[:PORT]"; the ports
 *  are 514, 514 and 6514.  Errors: ERROR_CONFIG.
 *  Source: RFC 5426 and 5425, 3.3 and 4.1; RFC 6587 knows no port. */
int syslog_link_parse(const char *text, struct syslog_link_place *ret,
		      struct error **err);

/** syslog_link_open(place, trust, stop, ret, err): a connection, or a socket
 *  that sends there.  Errors: those of tcp_open() and tls_open(). */
int syslog_link_open(const struct syslog_link_place *place,
		     const struct http_trust *trust, const _Atomic bool *stop,
		     struct syslog_link **ret, struct error **err);

/** syslog_link_send(link, message, err): one message, framed by its length
 *  where there is a stream (RFC 6587, 3.4.1; RFC 5425, 4.3), alone in its
 *  datagram where not.  After an error the link is good for nothing more.
 *  Errors: ERROR_NETWORK. */
int syslog_link_send(struct syslog_link *link, const char *message,
		     struct error **err);

/** syslog_link_close(link): NULL does nothing. */
void syslog_link_close(struct syslog_link *link);

#endif
