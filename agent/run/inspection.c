/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `lander inspect`: what conversion would find, without a job.  It mounts
 * read-only without replaying a journal, and changes nothing anywhere.
 */
#include "run/inspection.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "boot/firmware.h"
#include "config/secret.h"
#include "disk/blockdev.h"
#include "disk/content.h"
#include "disk/layout.h"
#include "disk/luks.h"
#include "disk/volume.h"
#include "guest/inspect.h"
#include "guest/platform.h"
#include "guest/root.h"
#include "guest/root_find.h"
#include "run/hardware.h"
#include "run/inspection_disk.h"
#include "run/inspection_table.h"

static const char usage[] =
	"usage: lander inspect [--json] --root DIR\n"
	"       lander inspect [--json] [--key FILE] DISK…\n"
	"Show the Linux system in a directory or on disks (or images of "
	"disks)\n"
	"as a conversion for this machine would see it.  Nothing is written.\n"
	"The passphrase or key in FILE opens LUKS containers.\n";

struct words {
	bool json;
	const char *root;
	const char *key;   /* a file */
	char *const *disk; /* NULL at the end */
};

static int misuse(const char *what, const char *word, struct error **err)
{
	return error_set(err, ERROR_CONFIG, 0, "inspect: %s%s", what, word);
}

static int read_words(char *const *word, struct words *words,
		      struct error **err)
{
	for (; *word && **word == '-'; word++) {
		if (!strcmp(*word, "--json"))
			words->json = true;
		else if (!strncmp(*word, "--root=", 7))
			words->root = *word + 7;
		else if (!strcmp(*word, "--root") && word[1])
			words->root = *++word;
		else if (!strncmp(*word, "--key=", 6))
			words->key = *word + 6;
		else if (!strcmp(*word, "--key") && word[1])
			words->key = *++word;
		else
			return misuse("no option ", *word, err);
	}
	words->disk = word;
	if (words->root && *word)
		return misuse("--root and a disk: ", *word, err);
	if (!words->root && !*word)
		return misuse("--root DIR or a DISK is missing", "", err);
	return 0;
}

/* This machine as far as it has to do with the system. */
static void fill(const struct hardware *hardware, struct convert *convert)
{
	convert->uefi = firmware_started_uefi();
	convert->modalias = hardware->modalias;
	convert->scsi = hardware->scsi;
	convert->nic = hardware->nic;
	convert->nics = hardware->nics;
	convert->hypervisor = hardware->hypervisor;
}

/* Merges a system's object into the one with the disks. */
static int describe(const struct inspect *inspect, json_t *json,
		    struct error **err)
{
	json_t *system = NULL;
	int r = inspect_system(inspect, &system, err);

	if (r == 0 && json_object_update(json, system) < 0)
		r = error_memory(err);
	json_decref(system);
	return r;
}

/* "/dev/vda3" for what is mounted at a directory; false where no disk of its
 * own is (btrfs, overlays, trees of files). */
static bool find_device(const char *directory, char *device, size_t room)
{
	char link[64];
	char path[PATH_MAX];
	struct stat st;

	if (stat(directory, &st) < 0)
		return false;
	(void)snprintf(link, sizeof(link), "/sys/dev/block/%u:%u",
		       major(st.st_dev), minor(st.st_dev));
	if (!realpath(link, path))
		return false;
	(void)snprintf(device, room, "/dev/%s", strrchr(path, '/') + 1);
	return access(device, F_OK) == 0;
}

static int add_all_disks(struct hardware *hardware, struct error **err)
{
	struct blockdevs disks = {0};
	int r = blockdev_list(&disks, err);

	for (size_t i = 0; r == 0 && i < disks.count; i++)
		if (!disks.disk[i].removable)
			r = hardware_add_disk(&disks.disk[i], hardware, err);
	blockdev_free_list(&disks);
	return r;
}

static int look_at_tree(const char *directory, struct hardware *hardware,
			json_t *json, struct error **err)
{
	struct convert convert = {0};
	struct inspect inspect = {.convert = &convert};
	struct layout_signature found = {0};
	struct volume volume = {0};
	char *path = realpath(directory, NULL);
	char *root = NULL;
	char *name = NULL;
	char device[64];
	int r = 0;

	if (!path)
		return error_set(err, ERROR_CONFIG, errno, "'%s'", directory);
	if (!root_find_inside(path, &root))
		r = error_set(err, ERROR_CONVERT, 0,
			      "no Linux system in '%s': it lacks "
			      "/etc/os-release or /etc/fstab, /usr or /var",
			      directory);
	if (r == 0)
		r = add_all_disks(hardware, err);
	if (r < 0) {
		free(root);
		free(path);
		return r;
	}
	if (find_device(path, device, sizeof(device)) &&
	    layout_read_signature(device, &found, NULL) == 0) {
		volume = (struct volume){.device = device,
					 .fs = found.fs,
					 .uuid = found.uuid,
					 .label = found.label};
		convert.root_volume = &volume;
	}
	name = root_find_name(root);
	fill(hardware, &convert);
	convert.root = root;
	inspect.name = name;
	r = describe(&inspect, json, err);
	layout_done_signature(&found);
	free(name);
	free(root);
	free(path);
	return r;
}

/* All systems there are; a conversion would ask which one is meant. */
static int list_systems(struct volumes *volumes, json_t *json,
			struct error **err)
{
	struct root_find *found = NULL;
	json_t *list = json_array();
	size_t count = 0;
	int r = root_find_all(volumes, &found, &count, err);

	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct volume *volume = &volumes->volume[found[i].volume];

		(void)json_array_append_new(
			list, json_pack("{s:o, s:o}", "device",
					inspect_text(volume->device), "name",
					inspect_text(found[i].name)));
	}
	(void)json_object_set_new(json, "systems", list);
	root_find_free(found, count);
	return r;
}

static int look_at_disks(const struct words *words, struct hardware *hardware,
			 json_t *json, struct error **err)
{
	struct convert convert = {0};
	struct inspect inspect = {.convert = &convert, .has_disk = true};
	bool is_image = false;
	struct inspection_disks disks = {0};
	struct luks_key key = {0};
	int r = 0;

	if (words->key)
		r = secret_read_file(words->key, &key.bytes, &key.length, err);
	if (r == 0)
		r = inspection_disk_open(words->disk, key.bytes ? &key : NULL,
					 &disks, json, err);
	secret_forget(key.bytes, key.length);

	for (size_t i = 0; r == 0 && i < disks.count; i++) {
		if (disks.disk[i].probed.is_block)
			r = hardware_add_disk(&disks.disk[i].probed, hardware,
					      err);
		else
			is_image = true;
		inspect.platform |= disks.disk[i].platform;
	}
	if (r == 0)
		r = list_systems(&disks.root.own, json, err);
	/* Where an image is to run is not said: on what is here. */
	if (r == 0 && is_image)
		r = add_all_disks(hardware, err);
	if (r == 0) {
		fill(hardware, &convert);
		convert.root = disks.root.directory;
		convert.volumes = &disks.root.own;
		convert.root_volume = disks.root.volume;
		convert.disks = (unsigned int)disks.count;
		inspect.name = disks.root.name;
		r = describe(&inspect, json, err);
	}
	if (inspection_disk_close(&disks, r < 0 ? NULL : err) < 0 && r == 0)
		r = -EIO;
	return r;
}

static int inspect_words(const struct words *words, json_t *json,
			 struct error **err)
{
	struct hardware hardware = {0};
	int r = hardware_add_machine(&hardware, err);

	if (r == 0)
		r = words->root
			    ? look_at_tree(words->root, &hardware, json, err)
			    : look_at_disks(words, &hardware, json, err);
	hardware_done(&hardware);
	return r;
}

int inspection_run(char *const *words)
{
	struct words found = {0};
	struct error *error = NULL;
	json_t *json = json_object();
	int status = 0;

	if (*words && !strcmp(*words, "--help")) {
		(void)fputs(usage, stdout);
		json_decref(json);
		return 0;
	}
	if (read_words(words, &found, &error) < 0)
		(void)fputs(usage, stderr);
	else
		(void)inspect_words(&found, json, &error);
	if (error) {
		(void)fprintf(stderr, "lander: %s\n", error->msg);
		(void)json_object_set_new(json, "problem",
					  inspect_text(error->msg));
		status = (int)error->kind;
	}
	if (found.json)
		(void)json_dumpf(json, stdout,
				 JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	else
		inspection_table(json, stdout);
	if (found.json)
		(void)fputc('\n', stdout);
	if (fflush(stdout) != 0 && status == 0)
		status = ERROR_INTERNAL;
	error_free(error);
	json_decref(json);
	return status;
}
