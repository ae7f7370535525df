/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the wizard asks beside source and disks: the few parameters that people
 * choose, each with the words that it stands for.  The first choice is the
 * one that a person who sits there would take.
 */
#include "run/wizard_option.h"

#include <string.h>

#include "run/wizard_answers.h"

static const struct wizard_option options[] = {
	{"What is copied",
	 WIZARD_OPTION_RUNNING,
	 {{"what suits the disks here", WIZARD_OPTION_AUTO},
	  {"the disks, block by block", WIZARD_OPTION_BLOCK},
	  {"the files, into a new layout", WIZARD_OPTION_FILE}}},
	{"When the source is stopped",
	 WIZARD_OPTION_RUNNING,
	 {{"when I say so", "cutover=manual"},
	  {"as soon as the downtime can be kept", "cutover=auto"}}},
	{"Downtime that is allowed",
	 WIZARD_OPTION_RUNNING,
	 {{"60 seconds", "downtime=60s"},
	  {"5 minutes", "downtime=5m"},
	  {"30 minutes", "downtime=30m"},
	  {"10 seconds", "downtime=10s"}}},
	{"The source after that",
	 WIZARD_OPTION_RUNNING,
	 {{"goes on: it must be switched off by hand", "fence=none"},
	  {"is switched off", "fence=poweroff"},
	  {"loses its network", "fence=nic"}}},
	{"The copy",
	 0,
	 {{"is made to start on this machine", "convert=auto"},
	  {"stays as it is, bit for bit", "convert=none"},
	  {"is only rehearsed: nothing becomes bootable",
	   "rehearse=yes convert=auto"}}},
	{"Encrypted volumes (LUKS)",
	 0,
	 {{"are none, or stay closed", ""},
	  {"are opened by a passphrase", WIZARD_OPTION_LUKS}}},
	{"Encryption in the new layout",
	 WIZARD_OPTION_LAYOUT,
	 {{"is made again, for that passphrase", "encryption=keep"},
	  {"is left out", "encryption=none"}}},
	{"How fast the source is read",
	 0,
	 {{"as fast as it goes", "bwlimit=off"},
	  {"100 MB/s at most", "bwlimit=100M"},
	  {"20 MB/s at most", "bwlimit=20M"},
	  {"5 MB/s at most", "bwlimit=5M"}}},
	{"When all is done, this machine",
	 WIZARD_OPTION_MACHINE,
	 {{"starts from its new disk", "after=disk"},
	  {"is switched off", "after=poweroff"},
	  {"waits", "after=wait"}}},
};

_Static_assert(sizeof(options) / sizeof(*options) == WIZARD_OPTIONS,
	       "one answer for each");

const struct wizard_option *wizard_option(size_t index)
{
	return index < WIZARD_OPTIONS ? &options[index] : NULL;
}

bool wizard_option_counts(const struct wizard_answers *answers, size_t index)
{
	unsigned int only = options[index].only;

	if ((only & WIZARD_OPTION_RUNNING) && answers->kind != WIZARD_SSH)
		return false;
	if ((only & WIZARD_OPTION_LAYOUT) &&
	    !wizard_option_is(answers, WIZARD_OPTION_FILE))
		return false;
	return !(only & WIZARD_OPTION_MACHINE) || answers->machine;
}

bool wizard_option_is(const struct wizard_answers *answers, const char *word)
{
	for (size_t i = 0; i < WIZARD_OPTIONS; i++)
		if (!strcmp(options[i].choice[answers->option[i]].word, word) &&
		    wizard_option_counts(answers, i))
			return true;
	return false;
}

void wizard_option_choose(struct wizard_answers *answers, const char *word)
{
	for (size_t i = 0; i < WIZARD_OPTIONS; i++)
		for (size_t c = 0;
		     c < WIZARD_OPTION_CHOICES && options[i].choice[c].word;
		     c++)
			if (!strcmp(options[i].choice[c].word, word))
				answers->option[i] = c;
}
