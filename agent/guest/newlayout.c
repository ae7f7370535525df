/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files of a copied system that say what is mounted from where, for a
 * layout that is another one than the source's.  Texts are made by the rooms
 * beside this one; it reads and writes the files, and only those that change.
 */
#include "guest/newlayout.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disk/design.h"
#include "disk/superblock.h"
#include "guest/convert.h"
#include "guest/newlayout_crypttab.h"
#include "guest/newlayout_find.h"
#include "guest/newlayout_fstab.h"
#include "guest/newlayout_mdadm.h"
#include "guest/steps.h"
#include "guest/text.h"
#include "guest/tree.h"

void newlayout_done(struct newlayout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		struct newlayout_old *old = &layout->old[i];

		for (size_t k = 0; old->name && old->name[k]; k++)
			free(old->name[k]);
		free(old->name);
		free(old->device);
		free(old->fs);
		free(old->uuid);
		free(old->label);
		free(old->partuuid);
		free(old->partlabel);
		free(old->array);
	}
	free(layout->old);
	*layout = (struct newlayout){0};
}

/* Made of another layer or kind now: what an initramfs was made for is not what
 * it will find. */
static bool is_other(const struct newlayout *layout,
		     const struct newlayout_old *old)
{
	const struct design_node *node;

	if (old->node == NEWLAYOUT_GONE)
		return false;
	node = &layout->design->node[old->node];
	if (*old->array && node->kind != DESIGN_ARRAY)
		return true;
	if (!strcmp(old->fs, "crypto_LUKS"))
		return newlayout_find_container(layout, old->node) ==
		       NEWLAYOUT_GONE;
	return superblock_is_made(old->fs) && *node->fs.fs &&
	       strcmp(old->fs, node->fs.fs) != 0;
}

static bool is_stale(const struct newlayout *layout)
{
	const struct design *design = layout->design;
	bool stale = false;

	for (size_t i = 0; !stale && i < layout->count; i++)
		stale = is_other(layout, &layout->old[i]);
	for (size_t i = 0; !stale && i < design->mounts; i++)
		stale = !*design->mount[i].source_place &&
			!strcmp(design->mount[i].place, "/usr");
	return stale;
}

bool newlayout_may_rebuild(const struct newlayout *layout)
{
	bool may = is_stale(layout);

	/* The words of crypttab are in an initramfs, too. */
	for (size_t i = 0; !may && i < layout->count; i++)
		may = !strcmp(layout->old[i].fs, "crypto_LUKS");
	return may;
}

/* One file: its new text, when it has one, takes the old one's place.  1: so it
 * was. */
static int write_one(struct convert *convert, const char *step,
		     const char *path, const struct newlayout_text *work,
		     int changed, struct error **err)
{
	if (changed <= 0)
		return changed;
	return text_write(convert, step, path, work->fresh, err);
}

static int do_mdadm(struct convert *convert, const struct newlayout *layout,
		    const char *path, struct error **err)
{
	struct newlayout_text work = {.layout = layout,
				      .steps = &convert->steps};
	char *text = NULL;
	int r = text_read(convert, "mdadm", path, &text, err);

	work.text = text;
	if (r > 0)
		r = newlayout_mdadm(&work, path, err);
	r = write_one(convert, "mdadm", path, &work, r, err);
	free(work.fresh);
	free(text);
	return r;
}

/* crypttab first: what it opens counts in fstab. */
static int do_tables(struct convert *convert, const struct newlayout *layout,
		     int *ret_crypttab, struct error **err)
{
	struct newlayout_text crypt = {.layout = layout,
				       .root = convert->root,
				       .steps = &convert->steps};
	struct newlayout_text mounts = crypt;
	char *crypttab = NULL;
	char *fstab = NULL;
	int r = text_read(convert, "crypttab", "/etc/crypttab", &crypttab, err);

	crypt.text = crypttab;
	if (r > 0)
		r = newlayout_crypttab(&crypt, err);
	r = write_one(convert, "crypttab", "/etc/crypttab", &crypt, r, err);
	*ret_crypttab = r;
	if (r >= 0)
		r = text_read(convert, "fstab", "/etc/fstab", &fstab, err);
	/* A system without one is found by the types of its partitions; what is
	 * new has to be told of. */
	mounts.text = fstab ? fstab : "";
	if (r > 0 || (r == 0 && !tree_has(convert->root, "/etc/fstab")))
		r = newlayout_fstab(&mounts, crypt.fresh, err);
	r = write_one(convert, "fstab", "/etc/fstab", &mounts, r, err);
	free(crypt.fresh);
	free(mounts.fresh);
	free(crypttab);
	free(fstab);
	return r;
}

int newlayout_apply(const struct newlayout *layout, const char *root,
		    struct steps *steps, struct error **err)
{
	static const char *const conf[] = {"/etc/mdadm/mdadm.conf",
					   "/etc/mdadm.conf"};
	struct convert convert = {.root = root, .steps = *steps};
	bool stale = is_stale(layout);
	int changed = 0;
	int r = do_tables(&convert, layout, &changed, err);

	stale = stale || changed > 0;
	for (size_t i = 0; r >= 0 && i < sizeof(conf) / sizeof(*conf); i++) {
		r = do_mdadm(&convert, layout, conf[i], err);
		stale = stale || r > 0;
	}
	*steps = convert.steps;
	return r < 0 ? r : stale;
}
