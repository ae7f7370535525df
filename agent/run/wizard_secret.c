/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A secret that is typed on a screen.  newt's own entry would keep it in memory
 * that nobody wipes; so each key is taken from it before it sees one, and what
 * it holds is stars.
 */
#include "run/wizard_secret.h"

#include <newt.h>
#include <stdbool.h>
#include <string.h>

#include "net/locked.h"

#define STARS 256

/* One for each letter, whatever its bytes. */
static void draw(newtComponent entry, const struct locked *secret)
{
	char stars[STARS];
	size_t count = 0;

	for (size_t i = 0; i < secret->length && count < STARS - 1; i++)
		if (((unsigned char)secret->at[i] & 0xc0) != 0x80)
			stars[count++] = '*';
	stars[count] = '\0';
	newtEntrySet(entry, stars, 1);
}

static void drop_letter(struct locked *secret)
{
	bool rest = true;

	while (rest && secret->length) {
		rest = ((unsigned char)secret->at[--secret->length] & 0xc0) ==
		       0x80;
		secret->at[secret->length] = '\0';
	}
}

static bool is_letter(int key)
{
	return (key >= 0x20 && key <= 0x7e) || (key >= 0x80 && key <= 0xff);
}

/* Only at its end, and back from there. */
static int filter(newtComponent entry, void *data, int key, int cursor)
{
	struct locked *secret = data;
	char byte = (char)key;

	(void)cursor;
	switch (key) {
	case '\r':
	case '\t':
	case NEWT_KEY_UNTAB:
	case NEWT_KEY_UP:
	case NEWT_KEY_DOWN:
		return key;
	case NEWT_KEY_BKSPC:
	case '\b':
		drop_letter(secret);
		break;
	case '\025': /* Ctrl-U */
		explicit_bzero(secret->at, secret->length);
		secret->length = 0;
		break;
	default:
		if (is_letter(key))
			(void)locked_add(secret, &byte, 1);
		explicit_bzero(&byte, 1);
		break;
	}
	draw(entry, secret);
	return 0;
}

newtComponent wizard_secret_entry(int left, int top, int width,
				  struct locked *secret)
{
	newtComponent entry =
		newtEntry(left, top, "", width, NULL, NEWT_FLAG_SCROLL);

	newtEntrySetFilter(entry, filter, secret);
	draw(entry, secret);
	return entry;
}
