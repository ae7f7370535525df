/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A source as one JSON object.  The tables are drawn from it, so all of them
 * say the same.  Sizes are bytes, times seconds unless a name says otherwise.
 */
#include "run/assess_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "plan/verdict.h"
#include "run/assess_list.h"
#include "source/login.h"
#include "source/source.h"
#include "source/survey.h"

#define DECIMALS 1000.0

static void set(json_t *to, const char *key, json_t *value)
{
	(void)json_object_set_new(to, key, value);
}

/* Nothing where nothing is known. */
static void set_text(json_t *to, const char *key, const char *text)
{
	if (text && *text)
		set(to, key, json_string(text));
}

static void set_bytes(json_t *to, const char *key, uint64_t bytes)
{
	set(to, key,
	    json_integer(bytes > INT64_MAX ? INT64_MAX : (json_int_t)bytes));
}

static void set_known(json_t *to, const char *key, uint64_t value)
{
	if (value)
		set_bytes(to, key, value);
}

/* No more digits than there is truth in. */
static void set_real(json_t *to, const char *key, double value)
{
	double rounded =
		value < 1e15
			? (double)(int64_t)(value * DECIMALS + 0.5) / DECIMALS
			: value;

	set(to, key, json_real(rounded));
}

static void set_rate(json_t *to, const char *key, double per_s)
{
	set(to, key,
	    per_s > 0 && per_s < 1e15 ? json_integer((json_int_t)(per_s + 0.5))
				      : json_null());
}

static void add_reasons(const struct verdict *verdict, json_t *to)
{
	json_t *list = json_array();
	char codes[4096] = "";
	size_t used = 0;

	for (size_t i = 0; i < verdict->count; i++) {
		const struct verdict_finding *finding = &verdict->finding[i];
		const struct reason_row *row = reason_row(finding->reason);
		json_t *one = json_object();
		size_t length = strlen(row->name);

		set_text(one, "code", row->name);
		set_text(one, "weight", reason_weight_name(row->weight));
		set_text(one, "disk", finding->disk);
		set_text(one, "seen", finding->words);
		set_text(one, "meaning", row->meaning);
		set_text(one, "advice", row->advice);
		(void)json_array_append_new(list, one);
		if (strstr(codes, row->name) ||
		    used + length + 2 > sizeof(codes))
			continue;
		if (used)
			codes[used++] = ' ';
		memcpy(codes + used, row->name, length + 1);
		used += length;
	}
	set(to, "codes", json_string(codes));
	set(to, "reasons", list);
}

static void add_address(const struct assess_source *source, json_t *to)
{
	struct source_spec spec = {.uri = source->uri};
	struct login login;

	set_text(to, "origin", source->origin);
	if (!source->uri || login_parse(&spec, &login, NULL) < 0) {
		set_text(to, "source", source->text);
		return;
	}
	set_text(to, "source", login.name);
	set_text(to, "host", login.host);
	set_text(to, "user", login.user);
	set(to, "port", json_integer(strtol(login.port, NULL, 10)));
	login_done(&login);
}

static const char *reached(enum survey_step step)
{
	static const char *const names[] = {
		[SURVEY_NOTHING] = "nothing",
		[SURVEY_ADDRESS] = "nothing",
		[SURVEY_TCP] = "tcp",
		[SURVEY_SSH] = "ssh",
		[SURVEY_HOSTKEY] = "hostkey",
		[SURVEY_LOGIN] = "login",
		[SURVEY_PROGRAM] = "lander-source",
		[SURVEY_FACTS] = "facts",
		[SURVEY_MEASURED] = "measured",
	};

	return names[step];
}

static void add_line(const struct survey *survey, const struct verdict *verdict,
		     json_t *to)
{
	const struct gauge *gauge = &survey->gauge;
	json_t *line = json_object();

	if (survey->trail.step >= SSH_STEP_TCP)
		set_real(line, "connect_ms", survey->trail.connect_s * 1e3);
	if (gauge->asked) {
		set_real(line, "round_trip_ms", gauge->round_trip * 1e3);
		set(line, "round_trips", json_integer(gauge->asked));
	}
	if (survey->step >= SURVEY_FACTS) {
		set_rate(line, "bytes_per_s", verdict->line);
		set(line, "at_least", json_boolean(verdict->line_least));
		set_rate(line, "reading_bytes_per_s", verdict->reading);
		set_bytes(line, "bytes_hashed", gauge->hashed);
		set_bytes(line, "bytes_read", gauge->read);
		set_bytes(line, "bytes_came", gauge->data);
		set_real(line, "seconds", gauge->seconds);
		set_real(line, "seconds_hashing", gauge->hash_seconds);
		set_text(line, "method",
			 "round trip: median of the shortest question over "
			 "SSH; line: what came of reading 8 MiB each from "
			 "places all over the disks, past their caches, one "
			 "SSH session, one source at a time, 64 MiB or 3 s at "
			 "most; reading: hashes of other such places, made "
			 "there, 1 GiB or 2 s at most");
	}
	set(to, "line", line);
}

static void add_machine(const struct facts *facts, json_t *to)
{
	json_t *machine = json_object();
	json_t *places = json_array();

	set_text(machine, "hostname", facts->hostname);
	set_text(machine, "os", facts->os);
	set_text(machine, "os_id", facts->os_id);
	set_text(machine, "os_version", facts->os_version);
	set_text(machine, "kernel", facts->kernel);
	set_text(machine, "arch", facts->arch);
	set_text(machine, "vendor", facts->vendor);
	set_text(machine, "product", facts->product);
	set_text(machine, "firmware", facts->firmware);
	if (facts->secure_boot != FACTS_UNKNOWN)
		set(machine, "secure_boot",
		    json_boolean(facts->secure_boot == FACTS_YES));
	set_text(machine, "container", facts->container);
	set_text(machine, "lockdown", facts->lockdown);
	set_text(machine, "tracing", facts->tracing);
	set_text(machine, "boot_id", facts->boot_id);
	set_known(machine, "cpus", facts->cpus);
	set_known(machine, "memory", facts->memory);
	set_known(machine, "memory_free", facts->memory_free);
	set_known(machine, "swap", facts->swap);
	if (facts->swap)
		set_bytes(machine, "swap_free", facts->swap_free);
	if (facts->load >= 0)
		set_real(machine, "load", facts->load);
	if (facts->uptime >= 0)
		set_real(machine, "uptime", facts->uptime);
	for (size_t i = 0; i < facts->places; i++) {
		json_t *place = json_object();

		set_text(place, "path", facts->place[i].path);
		set_bytes(place, "free", facts->place[i].free);
		set(place, "noexec", json_boolean(facts->place[i].noexec));
		(void)json_array_append_new(places, place);
	}
	set(machine, "places", places);
	set(to, "machine", machine);
}

static void add_uses(const struct facts_disk *about, json_t *to)
{
	json_t *list = json_array();

	for (size_t i = 0; i < about->uses; i++) {
		const struct facts_use *use = &about->use[i];
		json_t *one = json_object();

		set_text(one, "what", use->what);
		set_text(one, "device", use->device);
		set_text(one, "place", use->place);
		set_text(one, "type", use->type);
		set(one, "write", json_boolean(use->write));
		if (use->known) {
			set_bytes(one, "size", use->size);
			set_bytes(one, "used", use->used);
		}
		(void)json_array_append_new(list, one);
	}
	set(to, "users", list);
}

static void add_parts(const struct facts_disk *about, json_t *to)
{
	json_t *parts = json_array();
	json_t *layers = json_array();

	for (size_t i = 0; i < about->parts; i++) {
		const struct facts_part *part = &about->part[i];
		json_t *one = json_object();

		set_text(one, "name", part->name);
		set_bytes(one, "number", part->number);
		set_bytes(one, "start", part->start);
		set_bytes(one, "size", part->size);
		set_text(one, "fs", part->fs);
		(void)json_array_append_new(parts, one);
	}
	for (size_t i = 0; i < about->layers; i++) {
		json_t *one = json_object();

		set_text(one, "name", about->layer[i].name);
		set_text(one, "label", about->layer[i].label);
		set_text(one, "kind", about->layer[i].kind);
		(void)json_array_append_new(layers, one);
	}
	set(to, "parts", parts);
	set(to, "layers", layers);
}

static json_t *describe(const struct survey_disk *disk)
{
	const struct facts_disk *about = disk->about;
	json_t *json = json_object();
	uint64_t used;

	set_text(json, "name", disk->name);
	set_bytes(json, "size", disk->size);
	set(json, "readable", json_boolean(disk->open));
	set_text(json, "writers", disk->writers);
	if (disk->watched) {
		set_real(json, "written_per_s", disk->written);
		set_real(json, "written_per_s_usual", disk->usual);
	}
	if (!about)
		return json;
	if (facts_used(about, &used))
		set_bytes(json, "used", used);
	set_known(json, "block", about->block);
	set_known(json, "physical", about->physical);
	set(json, "read_only", json_boolean(about->read_only));
	set(json, "removable", json_boolean(about->removable));
	set(json, "rotational", json_boolean(about->rotational));
	set_text(json, "vendor", about->vendor);
	set_text(json, "model", about->model);
	set_text(json, "serial", about->serial);
	set_text(json, "wwn", about->wwn);
	set_text(json, "bus", about->bus);
	set_text(json, "table", about->table);
	set_text(json, "fs", about->fs);
	add_parts(about, json);
	add_uses(about, json);
	return json;
}

static void add_disks(const struct survey *survey,
		      const struct verdict *verdict, json_t *to)
{
	json_t *list = json_array();
	json_t *totals = json_object();

	for (size_t i = 0; i < survey->disks; i++)
		(void)json_array_append_new(list, describe(&survey->disk[i]));
	set(totals, "disks", json_integer((json_int_t)survey->disks));
	set_bytes(totals, "size", verdict->size);
	set(totals, "used",
	    verdict->used_known ? json_integer((json_int_t)verdict->used)
				: json_null());
	set_real(totals, "written_per_s", verdict->written);
	set_real(totals, "watched_s", survey->watched_s);
	set(to, "totals", totals);
	set(to, "disks", list);
}

/* A line each of what would be done at the cutover. */
static void add_quiesce(const struct survey *survey, json_t *to)
{
	char *copy = survey->quiesce ? strdup(survey->quiesce) : NULL;
	json_t *lines = json_array();
	char *rest = NULL;

	for (char *line = copy ? strtok_r(copy, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		parse_make_printable(line);
		(void)json_array_append_new(lines, json_string(line));
	}
	if (copy)
		set(to, "quiesce", json_incref(lines));
	json_decref(lines);
	free(copy);
}

static void add_forecast(const struct verdict *verdict, json_t *to)
{
	const struct forecast *forecast = &verdict->forecast;
	json_t *json = json_object();

	set(json, "tracked", json_boolean(verdict->tracked));
	if (forecast->known) {
		set_real(json, "full_s", forecast->full);
		set_real(json, "full_most_s", forecast->full_most);
		set_real(json, "round_s", forecast->round);
		set(json, "rounds", json_integer(forecast->rounds));
		set_real(json, "downtime_s", forecast->downtime);
		set(json, "converges", json_boolean(forecast->converges));
	}
	set_text(json, "method", forecast_method());
	set(to, "forecast", json);
}

json_t *assess_json(const struct assess_source *source,
		    const struct survey *survey, const struct verdict *verdict)
{
	json_t *json = json_object();
	json_t *key = json_object();

	add_address(source, json);
	set_text(json, "verdict", verdict_name(verdict));
	add_reasons(verdict, json);
	set_text(json, "reached", reached(survey->step));
	if (survey->error)
		set_text(json, "problem", survey->error->msg);
	else
		set_text(json, "problem", source->problem);
	set_text(json, "server", survey->trail.server);
	set_text(key, "pinned", source->hostkey);
	set_text(key, "shown", survey->trail.hostkeys);
	set(key, "fits", json_boolean(survey->step >= SURVEY_HOSTKEY));
	set(json, "hostkey", key);
	set_text(json, "jump", source->jump);
	set_text(json, "jump_hostkey", source->jump_hostkey);
	add_line(survey, verdict, json);
	if (survey->step >= SURVEY_FACTS) {
		add_machine(&survey->facts, json);
		add_disks(survey, verdict, json);
		add_forecast(verdict, json);
		add_quiesce(survey, json);
	}
	set_real(json, "seconds", survey->seconds);
	return json;
}
