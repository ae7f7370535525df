/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lander --help.  Options and orders are listed here, parameters by their
 * table.
 */
#include "run/help.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "config/config.h"

static const char usage[] =
	"usage: lander [OPTION]… [KEY=VALUE]…\n"
	"Copy a machine's disks onto this machine's disks, exactly.\n"
	"\n"
	"  --cmdline=TEXT  take TEXT as the kernel command line\n"
	"  --kickstart=FILE  take the job and its scripts from FILE, too\n"
	"  --explain       print every value and where it came from\n"
	"  --status=FILE   keep the progress there as JSON\n"
	"  --log=FILE      append the log there\n"
	"  --control=PATH  take orders at this socket\n"
	"  --help          this text\n"
	"  --version       the version\n"
	"  --boot          as the live system starts it: speak on every\n"
	"                  console, take the job from this machine, hand over\n"
	"  check           assess SSH sources before a migration;\n"
	"                  lander check --help\n"
	"  inspect         show the Linux system on disks or in a directory;\n"
	"                  lander inspect --help\n"
	"  files           copy directories of a running machine;\n"
	"                  lander files --help\n"
	"  wizard          set up a job on this terminal, step by step, and "
	"run "
	"it\n"
	"  ks-check FILE   say all that is wrong with a kickstart file\n"
	"  status          say what the lander on this machine does\n"
	"  plan            print its plan again\n"
	"  cutover         tell it to stop the source now\n"
	"  pause           tell it to read no more of the source\n"
	"  resume          tell it to go on\n"
	"  throttle RATE   tell it how fast to read at most: 20M, 1.5G, off\n"
	"  abort           tell it to give up\n"
	"  retry           tell it to start a job again that failed\n"
	"  network         write networkd's files from the kernel command "
	"line\n"
	"\n"
	"Parameters, on the kernel command line with lander. before them:\n";

int help_print(void)
{
	char *text = NULL;

	if (config_help(&text, NULL) < 0)
		return ERROR_INTERNAL;
	(void)printf("%s%s", usage, text);
	free(text);
	return 0;
}
