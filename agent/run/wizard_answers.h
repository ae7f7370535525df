/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_ANSWERS_H
#define LANDER_RUN_WIZARD_ANSWERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk/blockdev.h"
#include "disk/content.h"
#include "net/locked.h"

struct control;
struct error;
struct load;
struct report;

#define WIZARD_DISKS   16U
#define WIZARD_OPTIONS 9U
#define WIZARD_PARTS   32U
#define WIZARD_PART    200U

enum wizard_kind {
	WIZARD_SSH,  /* a Linux machine that runs */
	WIZARD_CODE, /* one that serves its disks and shows a code */
	WIZARD_URI,  /* NBD, or whatever else lander.source= takes */
};

/** How somebody gets into an SSH source. */
enum wizard_way { WIZARD_PASSWORD, WIZARD_KEY };

struct wizard_source_disk {
	char name[128]; /* as lander.disks= calls it; "" for the only one */
	char shown[64]; /* … and people */
	uint64_t size;	/* bytes */
	size_t target;	/* index of its target; WIZARD_NONE: not copied */
};

#define WIZARD_NONE ((size_t)-1)

/** All that a person has said so far, and what it was asked about. */
struct wizard_answers {
	struct report *report;
	struct control *orders;
	const struct load *load; /* words from elsewhere */
	bool machine;		 /* in the live system */
	const _Atomic bool *stop;

	enum wizard_kind kind;
	enum wizard_way way;
	char host[256];
	char user[64];
	char port[8];
	char only[128];	    /* the one disk that is meant; "": all */
	char key[512];	    /* where the private key is */
	char jump[256];	    /* "[user@]host[:port]" of a machine between; "" */
	char jump_key[512]; /* where the private key for it is */
	char jump_hostkey[64]; /* accepted */
	char jump_shown[128];  /* what it showed */
	char uri[512];
	char hostkey[64];     /* accepted */
	char shown[128];      /* "ED25519 SHA256:…", what the source showed */
	char machine_is[256]; /* the source, in words */
	struct locked password;
	struct locked luks; /* the passphrase of encrypted volumes */

	struct wizard_source_disk disk[WIZARD_DISKS];
	size_t disks;
	struct blockdevs targets;
	struct content *content;       /* of each of them */
	size_t option[WIZARD_OPTIONS]; /* which of its choices */
	bool asked; /* the disks are those of the source that is named */
	bool files; /* the plan is a new layout, and files that go into it */
	char *plan; /* the last one of that kind, in words; or NULL */
	char part[WIZARD_PARTS]
		 [WIZARD_PART]; /* wishes about it: "/var size=1G" */
	size_t parts;
};

/** wizard_answers_source(answers, buf, room): lander.source=, without the word.
 */
const char *wizard_answers_source(const struct wizard_answers *answers,
				  char *buf, size_t room);

/** wizard_answers_words(answers, more, ret, err): the job as words for
 *  load_config(), with one more at the end or NULL; for
 *  wizard_answers_forget_words(): one of them may be a passphrase. */
int wizard_answers_words(const struct wizard_answers *answers, const char *more,
			 char ***ret_words, struct error **err);

void wizard_answers_forget_words(char **words);

/** wizard_answers_opens(answers): encrypted volumes are to be opened. */
bool wizard_answers_opens(const struct wizard_answers *answers);

/** wizard_answers_parts(answers): how many wishes about a new layout count:
 * none but where files were chosen. */
size_t wizard_answers_parts(const struct wizard_answers *answers);

/** wizard_answers_shared(answers): a target takes more than one source disk. */
bool wizard_answers_shared(const struct wizard_answers *answers);

/** wizard_answers_targets(answers, ret): the chosen targets, each once; how
 * many there are. */
size_t wizard_answers_targets(const struct wizard_answers *answers,
			      size_t ret_target[WIZARD_DISKS]);

/** wizard_answers_full(answers, buf, room): names of the chosen targets that
 *  hold something, with commas; "" when all are empty. */
const char *wizard_answers_full(const struct wizard_answers *answers, char *buf,
				size_t room);

/** wizard_answers_is_full(answers, target): it holds something. */
bool wizard_answers_is_full(const struct wizard_answers *answers,
			    size_t target);

/** wizard_answers_forget_targets(answers): they are looked at again. */
void wizard_answers_forget_targets(struct wizard_answers *answers);

/** wizard_answers_forget_layout(answers): it was another machine's. */
void wizard_answers_forget_layout(struct wizard_answers *answers);
void wizard_answers_done(struct wizard_answers *answers);

#endif
