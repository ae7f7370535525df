/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the words of a job come from, and which wins.  Read once, before
 * anything is touched; volumes are mounted read-only and left at once.
 */
#include "config/load.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <blkid/blkid.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "config/cmdline.h"
#include "config/config.h"
#include "config/kickstart.h"
#include "disk/mount.h"
#include "disk/settle.h"

enum rank {
	RANK_VOLUME_KS = 1,
	RANK_VOLUME,
	RANK_FW_CFG_KS,
	RANK_FW_CFG,
	RANK_FILE,
	RANK_INCLUDED,
	RANK_NAMED,
	RANK_KERNEL,
	RANK_ARGV,
	RANK_TYPED
};

#define TEXT_LIMIT    ((size_t)64 << 10)
#define FW_CFG	      "/sys/firmware/qemu_fw_cfg/by_name/opt/lander/"
#define VOLUME_WAIT_S 10.0
#define USB_WAIT_S    3.0

/* A text for cmdline_read(): what hides behind a zero byte would be lost
 * without a word, so there must be none but at the end. */
static int read_text(const char *path, size_t limit, char **ret_text,
		     struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	int r = io_read_file(path, limit, &text, &length, err);

	if (r < 0) {
		if (err && (*err)->kind == ERROR_TARGET)
			(*err)->kind = ERROR_CONFIG;
		return r;
	}
	while (length && !text[length - 1])
		length--;
	if (strlen(text) != length) {
		free(text);
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' has zero bytes in it: it must be plain "
				 "text",
				 path);
	}
	*ret_text = text;
	return 0;
}

/* A file of either form, as it is called to people. */
struct description {
	const char *path;
	const char *name;
	bool kickstart;
	int rank;
};

/* 1, or 0 when it is not there. */
static int read_description(struct config *config,
			    const struct description *from, struct error **err)
{
	char *text = NULL;
	int r;

	if (access(from->path, F_OK) < 0)
		return 0;
	r = read_text(from->path,
		      from->kickstart ? KICKSTART_LIMIT : TEXT_LIMIT, &text,
		      err);
	if (r < 0)
		return error_wrap(err, "%s", from->name);
	r = from->kickstart
		    ? kickstart_read(config, text, from->name, from->rank, err)
		    : cmdline_read(config, text, CMDLINE_ARGUMENTS, from->name,
				   from->rank, err);
	free(text);
	return r < 0 ? r : 1;
}

/* Both, so that the problems of both are told. */
static int read_place(struct config *config, const struct description from[2],
		      struct error **err)
{
	int found = 0;
	struct error *all = NULL;

	for (int i = 0; i < 2; i++) {
		struct error *one = NULL;

		found += read_description(config, &from[i], &one) > 0;
		if (one)
			error_gather(&all, one);
	}
	if (!all)
		return found;
	if (err)
		*err = all;
	else
		error_free(all);
	return -EINVAL;
}

static int load_fw_cfg(struct config *config, struct error **err)
{
	static const struct description from[2] = {
		{FW_CFG "args/raw", "fw_cfg opt/lander/args", false,
		 RANK_FW_CFG},
		{FW_CFG "ks/raw", "fw_cfg opt/lander/ks", true,
		 RANK_FW_CFG_KS}};
	int r = read_place(config, from, err);

	return r < 0 ? r : 0;
}

static int read_volume(struct config *config, const char *directory,
		       struct error **err)
{
	struct description from[2] = {
		{NULL, "LANDER volume, lander.args", false, RANK_VOLUME},
		{NULL, "LANDER volume, lander.ks", true, RANK_VOLUME_KS}};
	char *args = NULL;
	char *ks = NULL;
	int r;

	if (asprintf(&args, "%s/lander.args", directory) < 0)
		return error_memory(err);
	if (asprintf(&ks, "%s/lander.ks", directory) < 0) {
		free(args);
		return error_memory(err);
	}
	from[0].path = args;
	from[1].path = ks;
	r = read_place(config, from, err);
	if (r == 0)
		log_warn("config", "the volume LANDER has neither lander.args "
				   "nor lander.ks");
	free(args);
	free(ks);
	return r < 0 ? r : 0;
}

char *load_find_volume(void)
{
	blkid_cache cache = NULL;
	char *device;

	settle();
	if (blkid_get_cache(&cache, "/dev/null") < 0)
		return NULL;
	(void)blkid_probe_all(cache);
	(void)blkid_probe_all_removable(cache);
	device = blkid_get_devname(cache, "LABEL", "LANDER");
	blkid_put_cache(cache);
	return device;
}

static size_t count_paths(const char *pattern)
{
	glob_t found;
	size_t count = 0;

	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
		count = found.gl_pathc;
	globfree(&found);
	return count;
}

/* A stick becomes a disk seconds after udev is done with it (the kernel's
 * usb_storage.delay_use), and udev knows nothing of a port that is still being
 * powered up.  Without a source, or a reader, there is no job but on a volume.
 */
static double patience(const struct config *config)
{
	if (!config_text(config, CONFIG_SOURCE) &&
	    !config_text(config, CONFIG_CONFIG) &&
	    !(config_text(config, CONFIG_SERVE) &&
	      config_text(config, CONFIG_SERVE_KEY)))
		return VOLUME_WAIT_S;
	return count_paths("/sys/bus/usb/devices/usb*") ? USB_WAIT_S : 0;
}

static char *wait_for_volume(const struct config *config)
{
	const struct timespec half = {.tv_nsec = 500000000};
	double end = io_seconds() + patience(config);
	char *device;

	while (!(device = load_find_volume()) && io_seconds() < end)
		(void)nanosleep(&half, NULL);
	return device;
}

static int load_volume(struct config *config, struct error **err)
{
	char *device = wait_for_volume(config);
	char *directory = NULL;
	char *fs = NULL;
	int r;

	if (!device)
		return 0;
	fs = blkid_get_tag_value(NULL, "TYPE", device);
	r = mount_open(device, fs ? fs : "vfat", true, &directory, err);
	if (r == 0) {
		r = read_volume(config, directory, err);
		(void)mount_close(directory, r < 0 ? NULL : err);
	}
	if (r < 0)
		(void)error_wrap(err, "%s", device);
	free(fs);
	free(device);
	return r;
}

static int load_kernel(struct config *config, const char *given,
		       struct error **err)
{
	char *text = NULL;
	int r;

	if (given)
		return cmdline_read(config, given, CMDLINE_KERNEL,
				    "kernel command line", RANK_KERNEL, err);
	r = io_read_file("/proc/cmdline", TEXT_LIMIT, &text, NULL, err);
	if (r < 0)
		return r;
	r = cmdline_read(config, text, CMDLINE_KERNEL, "kernel command line",
			 RANK_KERNEL, err);
	free(text);
	return r;
}

static int load_word(struct config *config, const char *word, enum rank rank,
		     struct error **err)
{
	char *name;
	char *value;
	int r;

	if (!strncmp(word, "lander.", 7))
		word += 7;
	name = strdup(word);
	if (!name)
		return error_memory(err);
	value = strchr(name, '=');
	if (value)
		*value++ = '\0';
	r = config_set(config, name, value ? value : "",
		       rank == RANK_TYPED ? "console" : "argument", (int)rank,
		       err);
	free(name);
	return r;
}

static int load_words(struct config *config, char *const *words, enum rank rank,
		      struct error **err)
{
	struct error *all = NULL;

	for (; words && *words; words++) {
		struct error *one = NULL;

		if (load_word(config, *words, rank, &one) < 0)
			error_gather(&all, one);
	}
	if (!all)
		return 0;
	if (err)
		*err = all;
	else
		error_free(all);
	return -EINVAL;
}

static int load_given(struct config *config, const char *path, enum rank rank,
		      struct error **err)
{
	const struct description from = {path, path, true, (int)rank};
	int r = read_description(config, &from, err);

	if (r == 0)
		return error_set(err, ERROR_CONFIG, 0, "%s: no such file",
				 path);
	return r < 0 ? r : 0;
}

int load_named(struct config *config, const char *text, const char *name,
	       struct error **err)
{
	return kickstart_read(config, text, name, RANK_NAMED, err);
}

int load_included(struct config *config, const char *text, const char *name,
		  struct error **err)
{
	return kickstart_read(config, text, name, RANK_INCLUDED, err);
}

int load_included_file(struct config *config, const char *path,
		       struct error **err)
{
	return load_given(config, path, RANK_INCLUDED, err);
}

/* One place after the other, so that the problems of all of them are told. */
static int load_place(const struct load *load, int place, struct config *config,
		      struct error **err)
{
	switch (place) {
	case 0:
		return load_words(config, load->typed, RANK_TYPED, err);
	case 1:
		return load_words(config, load->words, RANK_ARGV, err);
	case 2:
		return load->machine || load->cmdline
			       ? load_kernel(config, load->cmdline, err)
			       : 0;
	case 3:
		return load->kickstart ? load_given(config, load->kickstart,
						    RANK_FILE, err)
				       : 0;
	case 4:
		return load->machine ? load_fw_cfg(config, err) : 0;
	default:
		return load->machine ? load_volume(config, err) : 0;
	}
}

int load_config(const struct load *load, struct config *config,
		struct error **err)
{
	struct error *all = NULL;

	for (int place = 0; place < 6; place++) {
		struct error *one = NULL;

		if (load_place(load, place, config, &one) < 0)
			error_gather(&all, one);
	}
	if (!all)
		return 0;
	if (err)
		*err = all;
	else
		error_free(all);
	return -EINVAL;
}
