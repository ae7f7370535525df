/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the old hypervisor left in a copied system.  It stops services from
 * starting and removes nothing: a package that is still installed keeps all
 * its files, and one command brings each service back.
 */
#include "guest/leftovers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/leftovers_agent.h"
#include "guest/leftovers_console.h"
#include "guest/leftovers_service.h"

#define SERVICES 12

/* The services of each tool, as systemd, System V and upstart know them. */
static const struct {
	const char *name;
	const char *own; /* the hypervisor that it belongs to */
	const char *service[SERVICES];
} tools[] = {
	{"open-vm-tools",
	 "vmware",
	 {"open-vm-tools", "vmtoolsd", "vgauth", "vgauthd",
	  "run-vmblock\\x2dfuse.mount", "run-vmblock-fuse.mount",
	  "vmware-vmblock-fuse"}},
	{"VMware Tools",
	 "vmware",
	 {"vmware-tools", "vmware-tools-thinprint", "vmware-tools-vgauth",
	  "vmware-guestd", "vmware-kmp"}},
	{"VirtualBox Guest Additions",
	 "oracle",
	 {"vboxadd", "vboxadd-service", "vboxadd-x11", "vboxservice",
	  "vboxguest", "virtualbox-guest-utils", "virtualbox-guest-x11"}},
	{"XenServer tools",
	 "xen",
	 {"xe-linux-distribution", "xe-daemon", "xe-guest-utilities",
	  "xen-guest-agent", "xenserver", "proc-xen.mount"}},
	{"Hyper-V daemons",
	 "microsoft",
	 {"hypervkvpd", "hypervvssd", "hypervfcopyd", "hv-kvp-daemon",
	  "hv-vss-daemon", "hv-fcopy-daemon", "hv_kvp_daemon", "hv_vss_daemon",
	  "hv_fcopy_daemon", "hv_fcopy_uio_daemon"}},
	{"Parallels Tools",
	 "parallels",
	 {"prltoolsd", "prltools_updater", "prl-tools", "parallels-tools"}},
};

/* Agents of clouds do more than one hypervisor's work: cloud-init may hold the
 * network's settings. */
static const struct {
	const char *name;
	const char *service;
} clouds[] = {
	{"Azure's agent", "walinuxagent"},
	{"Azure's agent", "waagent"},
	{"Google's guest agent", "google-guest-agent"},
	{"Amazon's agent", "amazon-ssm-agent"},
	{"cloud-init", "cloud-init"},
};

static bool has_tool(const char *root, size_t which)
{
	for (size_t i = 0; i < SERVICES && tools[which].service[i]; i++)
		if (leftovers_service_has(root, tools[which].service[i]))
			return true;
	return false;
}

bool leftovers_next(const char *root, size_t *at,
		    struct leftovers_tool *ret_tool)
{
	const size_t count = sizeof(tools) / sizeof(*tools);

	for (; *at < count; (*at)++)
		if (has_tool(root, *at)) {
			*ret_tool = (struct leftovers_tool){tools[*at].name,
							    tools[*at].own};
			(*at)++;
			return true;
		}
	for (; *at < count + sizeof(clouds) / sizeof(*clouds); (*at)++) {
		const char *service = clouds[*at - count].service;

		if (leftovers_service_has(root, service)) {
			*ret_tool = (struct leftovers_tool){
				clouds[*at - count].name, "cloud"};
			(*at)++;
			return true;
		}
	}
	return false;
}

static int stop_tool(struct convert *convert, size_t which, struct error **err)
{
	char stopped[300] = "";
	size_t found = 0;
	int r = 0;

	for (size_t i = 0; i < SERVICES && tools[which].service[i]; i++) {
		size_t used = strlen(stopped);

		r = leftovers_service_stop(convert, tools[which].service[i],
					   err);
		if (r < 0)
			return r;
		found += r != LEFTOVERS_SERVICE_NONE;
		if (r == LEFTOVERS_SERVICE_STOPPED)
			(void)snprintf(stopped + used, sizeof(stopped) - used,
				       " %s", tools[which].service[i]);
	}
	if (*stopped)
		steps_add(&convert->steps, STEP_DONE, "old tools",
			  "%s no longer start:%s", tools[which].name, stopped);
	else if (found)
		steps_add(&convert->steps, STEP_SKIPPED, "old tools",
			  "%s: they do not start already", tools[which].name);
	return 0;
}

static void tell_clouds(struct convert *convert)
{
	for (size_t i = 0; i < sizeof(clouds) / sizeof(*clouds); i++)
		if (leftovers_service_has(convert->root, clouds[i].service))
			steps_add(&convert->steps, STEP_SKIPPED, "old tools",
				  "%s (%s) is left as it is; disable it when "
				  "this machine is not in that cloud",
				  clouds[i].name, clouds[i].service);
}

int leftovers_convert(struct convert *convert, struct error **err)
{
	int r = 0;

	if (!convert->hypervisor) {
		steps_add(&convert->steps, STEP_SKIPPED, "old tools",
			  "which hypervisor this is, is not known");
		return 0;
	}
	for (size_t i = 0; r == 0 && i < sizeof(tools) / sizeof(*tools); i++)
		if (strcmp(tools[i].own, convert->hypervisor) != 0)
			r = stop_tool(convert, i, err);
	if (r == 0)
		r = leftovers_console(convert, err);
	if (r == 0)
		r = leftovers_agent(convert, err);
	if (r == 0)
		tell_clouds(convert);
	return r;
}
