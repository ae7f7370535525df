/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who else is told: a webhook, a syslog server, and the host of a virtual
 * machine by a port of it.  They get what the consoles and the status file get,
 * nothing more.  They have threads of their own: what is told goes into a
 * queue, and the job goes on.
 */
#include "run/outlets.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "config/config.h"
#include "net/syslog_line.h"
#include "run/keymark.h"
#include "run/machine_id.h"
#include "run/outbox.h"
#include "run/port.h"
#include "run/status.h"
#include "run/syslog.h"
#include "run/webhook.h"

#define PROGRESS_S 10 /* between two events of it, at least */
#define KNOWN_S	   60 /* for the last reports, to one that answered before */
#define UNKNOWN_S  20 /* … to one that never did */
#define QUIET_S	   2  /* before anybody is told of the wait */
#define LINES_S	   5

/* What decides whether they are the same. */
static const enum config_key words[] = {CONFIG_REPORT, CONFIG_REPORT_KEY,
					CONFIG_SYSLOG, CONFIG_CACERT,
					CONFIG_CLIENTCERT};

#define WORDS (sizeof(words) / sizeof(*words))

/* The main thread alone opens and closes; the lock is for the others, and no
 * other lock is taken under it but a queue's. */
struct outlets {
	pthread_mutex_t lock;
	struct webhook *webhook;
	struct syslog *syslog;
	struct port *port;
	char *port_name;
	port_answer *answer; /* who takes orders there */
	void *owner;
	struct machine_id id;
	unsigned long sequence;
	unsigned long port_sequence;
	double told;	   /* the last event of progress, by io_seconds() */
	char *word[WORDS]; /* of who listens */
	char mark[WORDS][KEYMARK_ROOM]; /* of what is in the place so named */
	char job[37];
	char host[65];
	const struct outlets_observer *observer;
};

struct outlets *outlets_open(void)
{
	struct outlets *outlets = calloc(1, sizeof(*outlets));

	if (outlets)
		(void)pthread_mutex_init(&outlets->lock, NULL);
	return outlets;
}

static void part(struct outlets *outlets)
{
	struct webhook *webhook = outlets->webhook;
	struct syslog *syslog = outlets->syslog;

	(void)pthread_mutex_lock(&outlets->lock);
	outlets->webhook = NULL;
	outlets->syslog = NULL;
	(void)pthread_mutex_unlock(&outlets->lock);
	webhook_close(webhook);
	syslog_close(syslog);
	for (size_t i = 0; i < WORDS; i++) {
		free(outlets->word[i]);
		outlets->word[i] = NULL;
	}
}

static bool is_same(const struct outlets *outlets, const struct config *config,
		    size_t i)
{
	const char *is = config_text(config, words[i]);
	const char *was = outlets->word[i];

	return is ? was && !strcmp(is, was) : !was;
}

static bool is_place(size_t i)
{
	return words[i] != CONFIG_REPORT && words[i] != CONFIG_SYSLOG;
}

/* A file may have been mended between two tries. One that is gone changes
 * nothing: what was read is good for as long as the job lives. */
static bool holds_same(const struct outlets *outlets,
		       const struct config *config, size_t i)
{
	char now[KEYMARK_ROOM];

	if (!is_place(i) || !outlets->mark[i][0])
		return true;
	keymark_read(config_text(config, words[i]), now);
	return !*now || !strcmp(now, outlets->mark[i]);
}

static bool go_on(const struct outlets *outlets, const struct config *config,
		  bool whole)
{
	for (size_t i = 0; i < WORDS; i++)
		if (!is_same(outlets, config, i) &&
		    (whole || config_text(config, words[i])))
			return false;
	for (size_t i = 0; whole && i < WORDS; i++)
		if (!holds_same(outlets, config, i))
			return false;
	return true;
}

/* Cards appear while the machine starts. */
static void know_machine(struct outlets *outlets)
{
	if (outlets->id.mac[0])
		return;
	machine_id_read(&outlets->id);
	if (gethostname(outlets->host, sizeof(outlets->host) - 1) < 0)
		outlets->host[0] = '\0';
}

static void part_port(struct outlets *outlets)
{
	struct port *port = outlets->port;

	(void)pthread_mutex_lock(&outlets->lock);
	outlets->port = NULL;
	(void)pthread_mutex_unlock(&outlets->lock);
	port_close(port);
	free(outlets->port_name);
	outlets->port_name = NULL;
}

/* Another one only where another is named: what waits there is of this job. */
static int listen_port(struct outlets *outlets, const struct config *config,
		       bool whole, struct error **err)
{
	const char *name = config_text(config, CONFIG_PORT);
	struct port *port = NULL;

	if (outlets->port_name &&
	    (!strcmp(outlets->port_name, name) ||
	     (!whole && !config->value[CONFIG_PORT].text)))
		return 0;
	part_port(outlets);
	if (port_open(name, &port, err) < 0)
		return error_wrap(err, "%s: lander.port",
				  config_origin(config, CONFIG_PORT));
	outlets->port_name = strdup(name);
	if (port && outlets->answer)
		port_orders(port, outlets->answer, outlets->owner);
	know_machine(outlets);
	(void)pthread_mutex_lock(&outlets->lock);
	outlets->port = port;
	(void)pthread_mutex_unlock(&outlets->lock);
	return 0;
}

void outlets_orders(struct outlets *outlets, outlets_answer *answer,
		    void *owner)
{
	outlets->answer = answer;
	outlets->owner = owner;
	if (outlets->port)
		port_orders(outlets->port, answer, owner);
}

int outlets_listen(struct outlets *outlets, const struct config *config,
		   bool whole, struct error **err)
{
	bool other = !is_same(outlets, config, 0);
	struct webhook *webhook = NULL;
	struct syslog *syslog = NULL;
	int r = listen_port(outlets, config, whole, err);

	if (r < 0 || go_on(outlets, config, whole))
		return r;
	part(outlets);
	know_machine(outlets);
	r = webhook_open(config, &outlets->id, &webhook, err);
	if (r == 0)
		r = syslog_open(config, &syslog, err);
	if (r < 0) {
		webhook_close(webhook);
		return r;
	}
	for (size_t i = 0; i < WORDS; i++) {
		const char *word = config_text(config, words[i]);

		outlets->word[i] = word ? strdup(word) : NULL;
		outlets->mark[i][0] = '\0';
		if (is_place(i))
			keymark_read(word, outlets->mark[i]);
	}
	(void)pthread_mutex_lock(&outlets->lock);
	outlets->webhook = webhook;
	outlets->syslog = syslog;
	/* The numbers are the webhook's. */
	if (other)
		outlets->sequence = 0;
	(void)pthread_mutex_unlock(&outlets->lock);
	return 0;
}

void outlets_observe(struct outlets *outlets,
		     const struct outlets_observer *observer)
{
	(void)pthread_mutex_lock(&outlets->lock);
	outlets->observer = observer;
	(void)pthread_mutex_unlock(&outlets->lock);
}

void outlets_job(struct outlets *outlets, const char *job)
{
	(void)pthread_mutex_lock(&outlets->lock);
	(void)snprintf(outlets->job, sizeof(outlets->job), "%s", job);
	(void)pthread_mutex_unlock(&outlets->lock);
}

static enum outbox_weight weight_of(const char *kind)
{
	if (!strcmp(kind, "end"))
		return OUTBOX_END;
	return strcmp(kind, "progress") ? OUTBOX_NOTE : OUTBOX_PROGRESS;
}

static bool is_due(struct outlets *outlets, const char *kind)
{
	double now = io_seconds();

	if (strcmp(kind, "progress") != 0)
		return true;
	if (now - outlets->told < PROGRESS_S)
		return false;
	outlets->told = now;
	return true;
}

static char *make_event(struct outlets *outlets, const char *kind,
			const struct status *status, const char *message,
			unsigned long sequence)
{
	const struct status_event event = {.kind = kind,
					   .message = message,
					   .machine = &outlets->id,
					   .sequence = sequence};

	return status_event(status, &event);
}

void outlets_event(struct outlets *outlets, const char *kind,
		   const struct status *status, const char *message)
{
	(void)pthread_mutex_lock(&outlets->lock);
	if (outlets->observer)
		outlets->observer->event(outlets->observer->owner, kind,
					 status);
	if ((outlets->webhook || outlets->port) && is_due(outlets, kind)) {
		know_machine(outlets);
		if (outlets->webhook)
			outbox_put(webhook_outbox(outlets->webhook),
				   weight_of(kind),
				   make_event(outlets, kind, status, message,
					      ++outlets->sequence));
		if (outlets->port)
			outbox_put(port_outbox(outlets->port), weight_of(kind),
				   make_event(outlets, kind, status, message,
					      ++outlets->port_sequence));
	}
	(void)pthread_mutex_unlock(&outlets->lock);
}

static void put_line(struct outlets *outlets,
		     enum syslog_line_severity severity, const char *text)
{
	struct syslog_line line = {.severity = severity,
				   .host = outlets->host,
				   .process = getpid(),
				   .job = outlets->job,
				   .uuid = outlets->id.uuid,
				   .serial = outlets->id.serial,
				   .mac = outlets->id.mac,
				   .text = text};

	(void)clock_gettime(CLOCK_REALTIME, &line.time);
	outbox_put(syslog_outbox(outlets->syslog), OUTBOX_NOTE,
		   syslog_line_format(&line));
}

void outlets_line(struct outlets *outlets, enum log_level level,
		  const char *text)
{
	static const enum syslog_line_severity severities[] = {
		[LOG_LEVEL_ERROR] = SYSLOG_LINE_ERROR,
		[LOG_LEVEL_WARN] = SYSLOG_LINE_WARNING,
		[LOG_LEVEL_INFO] = SYSLOG_LINE_INFO,
		[LOG_LEVEL_DEBUG] = SYSLOG_LINE_INFO};

	(void)pthread_mutex_lock(&outlets->lock);
	if (outlets->observer)
		outlets->observer->line(outlets->observer->owner, text);
	if (outlets->syslog) {
		unsigned long lost =
			outbox_lost(syslog_outbox(outlets->syslog));
		char told[64];

		know_machine(outlets);
		(void)snprintf(told, sizeof(told), "%lu lines before were lost",
			       lost);
		if (lost)
			put_line(outlets, SYSLOG_LINE_WARNING, told);
		put_line(outlets, severities[level], text);
	}
	(void)pthread_mutex_unlock(&outlets->lock);
}

static void deliver_reports(struct outbox *outbox, double began)
{
	int limit = outbox_answered(outbox) ? KNOWN_S : UNKNOWN_S;

	outbox_hurry(outbox, true);
	if (!outbox_wait(outbox, began + QUIET_S)) {
		log_warn("webhook",
			 "the last reports are not taken yet; waiting "
			 "for that, %d s at most",
			 limit);
		if (!outbox_wait(outbox, began + limit))
			log_warn("webhook", "the last reports were not taken");
	}
	outbox_hurry(outbox, false);
}

void outlets_deliver(struct outlets *outlets)
{
	double began = io_seconds();

	if (outlets->webhook)
		deliver_reports(webhook_outbox(outlets->webhook), began);
	/* A host that does not read is not waited for. */
	if (outlets->port && port_heard(outlets->port))
		(void)outbox_wait(port_outbox(outlets->port),
				  io_seconds() + LINES_S);
	if (outlets->syslog) {
		struct outbox *lines = syslog_outbox(outlets->syslog);

		outbox_hurry(lines, true);
		(void)outbox_wait(lines, io_seconds() + LINES_S);
		outbox_hurry(lines, false);
	}
}

void outlets_close(struct outlets *outlets)
{
	if (!outlets)
		return;
	part(outlets);
	part_port(outlets);
	(void)pthread_mutex_destroy(&outlets->lock);
	free(outlets);
}
