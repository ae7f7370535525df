/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_GUEST_WHOLE_H
#define LANDER_TESTS_GUEST_WHOLE_H

/* Making a guest of a golden tree and a real initramfs, converting it twice,
 * and looking at all that is in it then. */

#include <sys/mount.h>

#include "guest/depmod.h"
#include "guest_golden.h"

#define VERSION "6.12.0"

/* The build root's modules, as those of a kernel 6.12.0, and an initramfs that
 * knows AHCI and ext4 only: boot/$0, with the file $1, packed by $2. */
static const char whole_kernel[] =
	"v=$(ls /usr/lib/modules | head -n 1); k=" VERSION "\n"
	"m=usr/lib/modules/$k\n"
	"test -d modules || for d in block scsi nvme virtio; do\n"
	"  mkdir -p modules/$k/kernel/drivers\n"
	"  cp -r /usr/lib/modules/$v/kernel/drivers/$d "
	"modules/$k/kernel/drivers/\n"
	"  cp /usr/lib/modules/$v/mod* modules/$k/\n"
	"done\n"
	"mkdir -p guest/usr/lib/modules; ln -s usr/lib guest/lib\n"
	"cp -rl modules/$k guest/usr/lib/modules/\n"
	"rm -rf base; mkdir base; cd base\n"
	"mkdir -p usr/bin $m \"$(dirname \"$1\")\" usr/lib/udev/rules.d\n"
	"ln -s usr/lib lib; ln -s usr/bin bin; echo x >\"$1\"\n"
	"echo x >usr/bin/kmod; echo x >usr/lib/udev/rules.d/80-drivers.rules\n"
	"for d in ahci sd_mod ext4; do\n"
	"  modprobe -S $v --show-depends $d | while read -r w f x; do\n"
	"    test $w = insmod || continue\n"
	"    f=${f#*/modules/$v/}\n"
	"    mkdir -p $m/${f%/*}; cp /usr/lib/modules/$v/$f $m/$f\n"
	"  done\n"
	"done\n"
	"cp /usr/lib/modules/$v/modules.order $m/\n"
	"cp /usr/lib/modules/$v/modules.builtin* $m/\n"
	"depmod -b . $k\n"
	"find . | LC_ALL=C sort | cpio -o -H newc --quiet >../base.cpio\n"
	"cd ..; eval \"$2\" <base.cpio >\"guest/boot/$0\"\n"
	"stat -c %s \"guest/boot/$0\" >base.size; echo \"$0\" >base.name\n";

static inline void whole_add_kernel(const char *image, const char *sign,
				    const char *pack)
{
	const char *argv[] = {"sh", "-ec", whole_kernel, image,
			      sign, pack,  NULL};

	assert_true(scratch_run(NULL, argv));
	depmod_set_stage("stage");
}

static inline void whole_make(const char *image, const char *sign,
			      const char *pack, const struct golden *row,
			      size_t rows)
{
	golden_make(row, rows);
	whole_add_kernel(image, sign, pack);
}

/* Converts twice: the second time changes nothing and says so. */
static inline void whole_run(struct convert *convert)
{
	struct convert again;
	struct error *error = NULL;
	char *before;
	char *after;

	convert->root = "guest";
	convert->root_volume = &convert->volumes->volume[0];
	convert->disks = 1;
	convert->hypervisor = "kvm";
	again = *convert;
	if (convert_run(convert, &error) < 0)
		fail_msg("%s", error->msg);
	for (size_t i = 0; i < convert->steps.count; i++)
		print_message("  %-7s %s: %s\n",
			      steps_word(convert->steps.step[i].outcome),
			      convert->steps.step[i].name,
			      convert->steps.step[i].text);
	before = golden_state();
	assert_int_equal(convert_run(&again, NULL), 0);
	after = golden_state();
	assert_string_equal(before, after);
	for (size_t i = 0; i < again.steps.count; i++)
		/* Those of the check are what it sees, not what it did. */
		if (again.steps.step[i].outcome == STEP_DONE &&
		    strcmp(again.steps.step[i].name, "boot check") != 0)
			fail_msg("done again: %s", again.steps.step[i].text);
	steps_free(&again.steps);
	free(before);
	free(after);
	guest_stayed_inside();
}

/* What was changed or put aside is somewhere in the tree as it was. */
static inline void whole_keeps(const struct golden *row, size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		if (!row[i].before ||
		    (row[i].after && !strcmp(row[i].before, row[i].after)))
			continue;
		assert_int_equal(io_replace_file("original", row[i].before,
						 strlen(row[i].before), NULL),
				 0);
		if (!guest_is("find guest -name '*.lander-bak' -exec cmp -s "
			      "original {} \\; -print | grep -q ."))
			fail_msg("%s: the original is gone", row[i].path);
	}
}

/* Beside the rows, the tree has just these files and links. */
static inline void whole_has(const struct golden *row, size_t rows,
			     const char *others)
{
	static const char *const argv[] = {
		"sh", "-c",
		"cd guest && find . -path ./lib -prune -o "
		"-path ./usr/lib/modules -prune -o "
		"-type f -printf '/%P\\n' -o -type l -printf '/%P -> %l\\n' | "
		"LC_ALL=C sort",
		NULL};
	const struct process process = {.argv = argv};
	char *output = NULL;
	char *has = calloc(1, 1 << 16);
	char *line;
	char *rest;

	assert_non_null(has);
	assert_int_equal(process_run(&process, &output, NULL), 0);
	for (line = strtok_r(output, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		size_t i = 0;

		while (i < rows && strcmp(row[i].path, line) != 0)
			i++;
		if (i == rows)
			(void)strcat(strcat(has, line), "\n");
	}
	assert_string_equal(has, others);
	free(output);
	free(has);
}

/* What was appended to the initramfs has these drivers, as other programs see
 * it, and the base in front of it is what it was. */
static inline bool whole_appended(const char *unpack, const char *names)
{
	char script[1024];

	(void)snprintf(script, sizeof(script),
		       "i=guest/boot/$(cat base.name); n=$(cat base.size)\n"
		       "rm -rf all; mkdir all; cd all\n"
		       "head -c $n ../$i | %s | cmp - ../base.cpio\n"
		       "cpio -id --quiet <../base.cpio\n"
		       "tail -c +$((n + 1)) ../$i | %s | cpio -idu --quiet\n"
		       "for d in %s ahci ext4; do\n"
		       "  modprobe -d . -S " VERSION " --show-depends $d | "
		       "grep -q insmod\n"
		       "done",
		       unpack, unpack, names);
	return guest_is(script);
}

#endif
