/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tells boot programs apart by their sections and texts, never by their file
 * names.  It checks no signature and runs nothing; every offset in the file is
 * foreign and is bounded by its size.
 */
#include "guest/efi_image.h"

#include <sys/stat.h>

#include <endian.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "guest/tree.h"

#define HEAD_MAX   ((size_t)64 << 10)
#define BODY_MAX   ((size_t)16 << 20) /* the largest loader has a quarter */
#define SBAT_MAX   ((size_t)64 << 10)
#define MACHINE	   0x8664
#define MAGIC_PLUS 0x20b
#define COFF_BYTES ((size_t)24) /* "PE\0\0" and the file header */
#define SECURITY   ((size_t)4)	/* which of the data directories */
#define DIRECTORY  ((size_t)112)
#define SECTION	   ((size_t)40)

struct text {
	const char *at;
	size_t length;
};

/* The section of this name; an empty text when there is none. */
struct sections {
	const uint8_t *table;
	size_t count;
};

static uint16_t read16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return le16toh(value);
}

static uint32_t read32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

/* False when this is not a program for x86-64. */
static bool find_sections(const uint8_t *head, size_t length,
			  struct sections *ret, bool *ret_signed)
{
	size_t coff;
	size_t optional;
	size_t table;

	if (length < 64 || head[0] != 'M' || head[1] != 'Z')
		return false;
	coff = read32(head + 0x3c);
	if (coff > length || length - coff < COFF_BYTES + DIRECTORY ||
	    memcmp(head + coff, "PE\0\0", 4) != 0 ||
	    read16(head + coff + 4) != MACHINE ||
	    read16(head + coff + COFF_BYTES) != MAGIC_PLUS)
		return false;
	optional = read16(head + coff + 20);
	table = coff + COFF_BYTES + optional;
	if (optional < DIRECTORY || table > length)
		return false;
	ret->table = head + table;
	ret->count = read16(head + coff + 6);
	if (ret->count > (length - table) / SECTION)
		ret->count = (length - table) / SECTION;
	*ret_signed =
		optional >= DIRECTORY + (SECURITY + 1) * 8 &&
		read32(head + coff + COFF_BYTES + DIRECTORY - 4) > SECURITY &&
		read32(head + coff + COFF_BYTES + DIRECTORY + SECURITY * 8 +
		       4) > 0;
	return true;
}

static const uint8_t *find_section(const struct sections *sections,
				   const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < sections->count; i++) {
		const uint8_t *at = sections->table + i * SECTION;

		if (!memcmp(at, name, length) && (length == 8 || !at[length]))
			return at;
	}
	return NULL;
}

/* Copies what may be printed, up to one of these bytes. */
static void take(char *into, size_t room, struct text text, const char *ends)
{
	size_t used = 0;

	for (size_t i = 0; i < text.length && used + 1 < room; i++) {
		char c = text.at[i];

		if (strchr(ends, c)) /* the zero byte, too */
			break;
		into[used++] = c < ' ' || c > '~' ? '?' : c;
	}
	into[used] = '\0';
}

/* "shim.debian,1,Debian,shim,16.1,https…": the vendor's line of the component
 * that comes first after SBAT's own. */
static void read_sbat(struct text sbat, const char *component,
		      struct efi_image *image)
{
	size_t prefix = strlen(component);

	while (sbat.length) {
		const char *end = memchr(sbat.at, '\n', sbat.length);
		size_t line = end ? (size_t)(end - sbat.at) : sbat.length;
		struct text rest = {sbat.at, line};

		sbat.at += end ? line + 1 : line;
		sbat.length -= end ? line + 1 : line;
		if (line <= prefix || rest.at[prefix] != '.' ||
		    memcmp(rest.at, component, prefix) != 0)
			continue;
		rest.at += prefix + 1;
		rest.length -= prefix + 1;
		take(image->vendor, sizeof(image->vendor), rest, ",");
		for (int field = 0; field < 4; field++) {
			const char *comma = memchr(rest.at, ',', rest.length);

			if (!comma)
				return;
			rest.length -= (size_t)(comma + 1 - rest.at);
			rest.at = comma + 1;
		}
		take(image->version, sizeof(image->version), rest, ",\r");
		return;
	}
}

/* The first of these names that stands in the file as UCS-2 after "\". */
static const char *find_name(struct text body, const char *const *names)
{
	for (; *names; names++) {
		char wide[64] = {'\\'};
		size_t length = strlen(*names);

		for (size_t i = 0; i < length; i++)
			wide[2 + 2 * i] = (*names)[i];
		if (memmem(body.at, body.length, wide, 2 + 2 * length))
			return *names;
	}
	return NULL;
}

static void read_shim(struct text body, struct efi_image *image)
{
	static const char *const loads[] = {"grubx64.efi", "grub.efi", NULL};
	static const char *const manager[] = {"mmx64.efi", "MokManager.efi",
					      NULL};
	static const char *const fallback[] = {"fbx64.efi", "fallback.efi",
					       NULL};

	image->loads = find_name(body, loads);
	image->manager = find_name(body, manager);
	image->fallback = find_name(body, fallback);
}

static void read_body(struct text body, const struct sections *sections,
		      struct efi_image *image)
{
	static const char systemd[] = "#### LoaderInfo: systemd-boot ";
	const uint8_t *section = find_section(sections, ".sbat");
	struct text sbat = {0};
	const char *found;

	if (section && read32(section + 20) < body.length) {
		sbat.at = body.at + read32(section + 20);
		sbat.length = body.length - read32(section + 20);
		if (sbat.length > read32(section + 16))
			sbat.length = read32(section + 16);
		if (sbat.length > SBAT_MAX)
			sbat.length = SBAT_MAX;
		sbat.length = strnlen(sbat.at, sbat.length);
	}
	found = memmem(body.at, body.length, systemd, strlen(systemd));
	/* A shim is what looks for both a loader and a manager of keys; its
	 * section .vendor_cert has a name too long to stand in the header. */
	read_shim(body, image);
	if (image->loads && image->manager) {
		image->kind = EFI_SHIM;
		read_sbat(sbat, "shim", image);
	} else if (find_section(sections, "mods")) {
		image->kind = EFI_GRUB;
		read_sbat(sbat, "grub", image);
	} else if (found) {
		struct text rest = {found + strlen(systemd), 0};

		image->kind = EFI_SYSTEMD_BOOT;
		rest.length = body.length - (size_t)(rest.at - body.at);
		take(image->version, sizeof(image->version), rest, " ");
		read_sbat(sbat, "systemd", image);
	}
}

static int read_file(int fd, struct efi_image *image)
{
	struct sections sections = {0};
	uint8_t *data = NULL;
	struct stat st;
	size_t size;
	int r;

	if (fstat(fd, &st) < 0)
		return errno > 0 ? -errno : -EIO;
	if (!S_ISREG(st.st_mode))
		return -EISDIR;
	/* A large one is a kernel; its head says all. */
	size = (uint64_t)st.st_size > BODY_MAX ? HEAD_MAX : (size_t)st.st_size;
	data = malloc(size + 1);
	if (!data)
		return -ENOMEM;
	r = io_pread(fd, data, size, 0);
	if (r == 0 && find_sections(data, size < HEAD_MAX ? size : HEAD_MAX,
				    &sections, &image->is_signed)) {
		struct text body = {(const char *)data, size};

		image->kind = EFI_OTHER;
		if (find_section(&sections, ".linux"))
			image->kind = EFI_UKI;
		else
			read_body(body, &sections, image);
	}
	free(data);
	return r;
}

int efi_image_read(const char *root, const char *path,
		   struct efi_image *ret_image)
{
	int fd = tree_open(root, path);
	int r;

	*ret_image = (struct efi_image){0};
	if (fd < 0)
		return fd;
	r = read_file(fd, ret_image);
	(void)close(fd);
	return r;
}

bool efi_image_is_older(const struct efi_image *image,
			const struct efi_image *other)
{
	return image->kind == other->kind && *image->version &&
	       *other->version && !strcmp(image->vendor, other->vendor) &&
	       strverscmp(image->version, other->version) < 0;
}

const char *efi_image_name(enum efi_kind kind)
{
	static const char *const name[] = {"nothing", "shim",
					   "GRUB",    "systemd-boot",
					   "UKI",     "another program"};

	return name[kind];
}

/* The bytes of a section of an open program, with a zero after them. */
static int read_section(int fd, const char *name, char **ret_text)
{
	uint8_t *head = malloc(HEAD_MAX);
	struct sections sections = {0};
	const uint8_t *section = NULL;
	bool is_signed;
	struct stat st;
	uint32_t size = 0;
	int r;

	if (!head)
		return -ENOMEM;
	if (fstat(fd, &st) < 0)
		r = errno > 0 ? -errno : -EIO;
	else
		r = io_pread(fd, head,
			     (uint64_t)st.st_size < HEAD_MAX
				     ? (size_t)st.st_size
				     : HEAD_MAX,
			     0);
	if (r == 0 &&
	    find_sections(head,
			  (uint64_t)st.st_size < HEAD_MAX ? (size_t)st.st_size
							  : HEAD_MAX,
			  &sections, &is_signed))
		section = find_section(&sections, name);
	if (r == 0 && !section)
		r = -ENOENT;
	if (r == 0) {
		/* Padded in the file; the size in memory is the text's. */
		size = read32(section + 8);
		if (!size || size > read32(section + 16))
			size = read32(section + 16);
		if (size > SBAT_MAX)
			r = -EFBIG;
	}
	*ret_text = r == 0 ? calloc(1, (size_t)size + 1) : NULL;
	if (r == 0)
		r = *ret_text ? io_pread(fd, *ret_text, size,
					 read32(section + 20))
			      : -ENOMEM;
	if (r < 0)
		free(*ret_text);
	free(head);
	return r;
}

int efi_image_section(const char *root, const char *path, const char *name,
		      char **ret_text)
{
	int fd = tree_open(root, path);
	int r;

	if (fd < 0)
		return fd;
	r = read_section(fd, name, ret_text);
	(void)close(fd);
	return r;
}
