/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session beside those that read: to the source machine as a whole, with
 * all disks of the job open.  It asks nothing of it.
 */
#include "run/contact.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "run/credential.h"
#include "run/fitting.h"
#include "run/migrate.h"
#include "run/sources.h"
#include "source/login.h"
#include "source/machine.h"
#include "source/source.h"

/* What it points to stays with the credential. */
int contact_spec(struct migrate *m, struct source_spec *jump,
		 struct source_spec *ret, struct error **err)
{
	*ret = (struct source_spec){
		.uri = config_text(m->config, CONFIG_SOURCE),
		.hostkey = config_text(m->config, CONFIG_HOSTKEY),
		.identity = config_text(m->config, CONFIG_IDENTITY),
		.jump = sources_jump(m->config, jump)};
	return credential_take(m, ret, err);
}

/* What a disk is called there: in disks=, or at the end of the URI. */
static int name_disk(const struct source_spec *of, const struct plan_disk *disk,
		     char **ret_name, struct error **err)
{
	struct source_spec spec = *of;
	struct login login;
	int r;

	spec.export = *disk->export ? disk->export : NULL;
	r = login_parse(&spec, &login, err);
	if (r < 0)
		return r;
	*ret_name = strdup(login.disk);
	login_done(&login);
	return *ret_name ? 0 : error_memory(err);
}

int contact_open(struct migrate *m, struct machine **ret, struct error **err)
{
	struct source_spec spec;
	struct source_spec jump;
	size_t besides = m->fitting ? m->fitting->besides : 0;
	char **names = calloc(m->plan.count + besides + 1, sizeof(*names));
	int r = names ? 0 : error_memory(err);

	if (r == 0)
		r = contact_spec(m, &jump, &spec, err);
	for (size_t i = 0; r == 0 && i < m->plan.count; i++)
		r = name_disk(&spec, &m->plan.disk[i], &names[i], err);
	for (size_t i = 0; r == 0 && i < besides; i++)
		r = name_disk(&spec, &m->fitting->beside[i],
			      &names[m->plan.count + i], err);
	if (r == 0)
		r = machine_open(&spec, names, m->stop, ret, err);
	for (size_t i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
	return r;
}
