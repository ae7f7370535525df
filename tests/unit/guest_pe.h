/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_GUEST_PE_H
#define LANDER_TESTS_GUEST_PE_H

/* The smallest files that are EFI programs, with the sections and the texts
 * that real ones are known by.  See guest_efi_image.c for the real ones. */

#include "guest_tree.h"

struct pe {
	const char *section[4]; /* names; NULL at the end */
	const char *sbat;	/* goes into .sbat */
	const char *text;	/* anywhere in the body */
	const char *cmdline;	/* goes into .cmdline */
	const char *wide[3];	/* the same, in UCS-2 */
	uint16_t machine;	/* 0: x86-64 */
	bool is_signed;
};

#define PE_COFF	   0x80
#define PE_TABLE   (PE_COFF + 24 + 240)
#define PE_SBAT	   0x400
#define PE_CMDLINE 0x600
#define PE_BODY	   0x800
#define PE_SIZE	   0x1000

static inline void pe_put32(unsigned char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (8 * i));
}

static inline void pe_write(const char *path, const struct pe *pe)
{
	unsigned char file[PE_SIZE] = "MZ";
	unsigned char *table = file + PE_TABLE;
	size_t at = PE_BODY;
	int count = 0;

	pe_put32(file + 0x3c, PE_COFF);
	memcpy(file + PE_COFF, "PE\0\0", 4);
	for (; count < 4 && pe->section[count]; count++) {
		memcpy(table + 40 * count, pe->section[count],
		       strnlen(pe->section[count], 8));
		if (!strncmp(pe->section[count], ".cmdline", 8)) {
			pe_put32(table + 40 * count + 8,
				 (uint32_t)strlen(pe->cmdline));
			pe_put32(table + 40 * count + 16, 0x200);
			pe_put32(table + 40 * count + 20, PE_CMDLINE);
		}
		if (!strcmp(pe->section[count], ".sbat")) {
			pe_put32(table + 40 * count + 16, 0x200);
			pe_put32(table + 40 * count + 20, PE_SBAT);
		}
	}
	pe_put32(file + PE_COFF + 4, pe->machine ? pe->machine : 0x8664);
	file[PE_COFF + 6] = (unsigned char)count;
	file[PE_COFF + 20] = 240;
	file[PE_COFF + 24] = 0x0b;
	file[PE_COFF + 25] = 0x02;
	pe_put32(file + PE_COFF + 24 + 108, 16);
	pe_put32(file + PE_COFF + 24 + 112 + 4 * 8 + 4, pe->is_signed ? 8 : 0);
	if (pe->cmdline)
		memcpy(file + PE_CMDLINE, pe->cmdline, strlen(pe->cmdline));
	if (pe->sbat)
		memcpy(file + PE_SBAT, pe->sbat, strlen(pe->sbat));
	if (pe->text)
		memcpy(file + at, pe->text, strlen(pe->text));
	at += 0x200;
	for (size_t i = 0; i < 3 && pe->wide[i]; i++, at += 0x80)
		for (size_t c = 0; pe->wide[i][c]; c++)
			file[at + 2 * c] = (unsigned char)pe->wide[i][c];
	scratch_file(path, PE_SIZE);
	scratch_put(path, file, sizeof(file), 0);
}

#endif
