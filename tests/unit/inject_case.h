/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_INJECT_CASE_H
#define LANDER_TESTS_INJECT_CASE_H

/* A guest with the kernel of the build root and a small initramfs. */
#include <sys/stat.h>

#include "base/error.h"
#include "base/io.h"
#include "guest/convert.h"
#include "guest/depmod.h"
#include "guest/inject.h"
#include "guest_tree.h"

__attribute__((unused)) static const char *const virtio[] = {
	"virtio:d00000002v00001AF4",
	"pci:v00001AF4d00001042sv00001AF4sd00001100bc01sc80i00", NULL};
__attribute__((unused)) static const char *const all[] = {
	"virtio:d00000002v00001AF4",
	"virtio:d00000008v00001AF4",
	"pci:v00001AF4d00001042sv00001AF4sd00001100bc01sc80i00",
	"pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02",
	"pci:v00001AF4d00001041sv00001AF4sd00001100bc02sc00i00",
	"virtio:d00000001v00001AF4",
	NULL};

/* A guest with the kernel of the build root and an initramfs that knows AHCI
 * and ext4 only, packed by the command given. */
static inline void make_guest(const char *pack)
{
	char script[4096];

	(void)snprintf(
		script, sizeof(script),
		"v=$(ls /usr/lib/modules | head -n 1)\n"
		"mkdir -p boot etc usr/lib/modules; test -d ../modules || (\n"
		"cd ..; for d in block scsi nvme virtio; do\n"
		"  mkdir -p modules/$v/kernel/drivers\n"
		"  cp -r /usr/lib/modules/$v/kernel/drivers/$d "
		"modules/$v/kernel/drivers/\n"
		"done; cp /usr/lib/modules/$v/mod* modules/$v/)\n"
		"ln -s usr/lib lib\n"
		"cp -rl ../modules/$v usr/lib/modules/\n"
		"cp /boot/vmlinuz-$v boot/\n"
		"mkdir -p ../base; cd ../base; rm -rf ./*\n"
		"mkdir -p conf usr/bin usr/lib/modules/$v "
		"usr/lib/udev/rules.d\n"
		"ln -s usr/lib lib; ln -s usr/bin bin\n"
		"echo x >conf/initramfs.conf; echo x >usr/bin/kmod\n"
		"echo x >usr/lib/udev/rules.d/80-drivers.rules\n"
		"m=usr/lib/modules/$v\n"
		"for d in ahci ext4; do\n"
		"  modprobe -S $v --show-depends $d | while read -r w f x\n"
		"  do\n"
		"    test $w = insmod || continue\n"
		"    f=${f#*/modules/$v/}\n"
		"    mkdir -p $m/${f%%/*}; cp /usr/lib/modules/$v/$f $m/$f\n"
		"  done\n"
		"done\n"
		"cp /$m/modules.order /$m/modules.builtin* $m/\n"
		"depmod -b . $v\n"
		"find . | LC_ALL=C sort | cpio -o -H newc --quiet "
		">../base.cpio\n"
		"cd ..; (%s) >guest/boot/initrd.img-$v\n"
		"chmod 600 guest/boot/initrd.img-$v\n",
		pack);
	guest_make(script);
	depmod_set_stage("stage");
}

static inline int inject(struct convert *convert)
{
	struct error *error = NULL;
	double began = io_seconds();
	int r;

	steps_free(&convert->steps);
	convert->root = "guest";
	r = inject_convert(convert, &error);
	for (size_t i = 0; i < convert->steps.count; i++)
		print_message("  %s: %s\n",
			      steps_word(convert->steps.step[i].outcome),
			      convert->steps.step[i].text);
	print_message("  %.0f ms, %s\n", (io_seconds() - began) * 1000,
		      error ? error->msg : "no error");
	if (r < 0)
		assert_int_equal(error->kind, ERROR_CONVERT);
	error_free(error);
	guest_stayed_inside();
	assert_true(guest_is("test \"$(ls stage | wc -l)\" = 0"));
	return r;
}

/* Unpacks all after the base with other programs, and asks modprobe. */
static inline bool works(const char *unpack, const char *names)
{
	char script[2048];

	(void)snprintf(
		script, sizeof(script),
		"v=$(ls guest/usr/lib/modules)\n"
		"rm -rf all; mkdir all; cd all\n"
		"cpio -id --quiet <../base.cpio\n"
		"tail -c +$(($(cat ../base.size) + 1)) "
		"../guest/boot/initrd.img-$v | %s | cpio -idu --quiet\n"
		"test -L lib; test -f .lander-initramfs-segment\n"
		"for d in %s; do\n"
		"  modprobe -d . -S $v --show-depends $d >../depends\n"
		"  while read -r w f x; do\n"
		"    case $w in insmod) test -s $f ;; builtin) ;; *) exit 1 ;; "
		"esac\n"
		"  done <../depends\n"
		"done",
		unpack, names);
	return guest_is(script);
}

static inline void note_base(void)
{
	assert_true(guest_is("stat -c %s guest/boot/initrd.img-* >base.size; "
			     "cp guest/boot/initrd.img-* base.img"));
}

#endif
