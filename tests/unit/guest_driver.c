/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which modules a kernel needs: small indices by hand, hostile ones among them,
 * and the real one of the build root, against modprobe. */
#include "base/error.h"
#include "base/io.h"
#include "guest/depmod.h"
#include "guest/driver.h"
#include "guest/modalias.h"
#include "guest_tree.h"

static struct driver_index *open_index(const char *script)
{
	struct driver_index *index = NULL;

	guest_make(script);
	assert_int_equal(driver_open("guest", "/m", &index, NULL), 0);
	return index;
}

/* The names that a word brings, in order; NULL for none at all. */
static char *names(const struct driver_index *index, const char *word,
		   enum driver_answer wanted)
{
	struct drivers drivers = {0};
	enum driver_answer answer = DRIVER_NONE;
	char *text = calloc(1, 4096);

	assert_int_equal(driver_add(index, word, &drivers, &answer), 0);
	assert_int_equal(answer, wanted);
	for (size_t i = 0; i < drivers.count; i++) {
		strcat(text, i ? " " : "");
		strcat(text, drivers.driver[i].name);
	}
	driver_free(&drivers);
	return text;
}

static void expect(const struct driver_index *index, const char *word,
		   enum driver_answer answer, const char *wanted)
{
	char *text = names(index, word, answer);

	assert_string_equal(text, wanted);
	free(text);
}

static void dependencies_hard_and_soft(void **state)
{
	struct driver_index *index = open_index(
		"mkdir m; cd m\n"
		"printf 'kernel/a-b.ko.xz: kernel/c.ko\\nkernel/c.ko:\\n"
		"kernel/s.ko: kernel/a-b.ko.xz\\nkernel/h.ko:\\n"
		"/lib/modules/6.1/kernel/old.ko: "
		"/lib/modules/6.1/kernel/c.ko\\n' >modules.dep\n"
		"printf '# x\\nalias pci:v00001AF4d*sv* a_b\\n"
		"alias crypto_crc c\\nalias pci:v00001AF4d* gone\\n' "
		">modules.alias\n"
		"printf 'softdep a_b pre: s crypto-crc post: h nothing\\n' "
		">modules.softdep\n"
		"printf 'kernel/in-it.ko\\n' >modules.builtin\n"
		"printf 'in_it.license=GPL\\0in_it.alias=virtio:d*v*\\0' "
		">modules.builtin.modinfo");

	(void)state;
	expect(index, "pci:v00001AF4d00001001sv0", DRIVER_MODULE, "a_b c s h");
	expect(index, "a-b", DRIVER_MODULE, "a_b c s h");
	expect(index, "old", DRIVER_MODULE, "old c");
	expect(index, "in_it", DRIVER_BUILTIN, "");
	expect(index, "virtio:d2v3", DRIVER_BUILTIN, "");
	expect(index, "pci:v00008086", DRIVER_NONE, "");
	driver_close(index);
}

static void hostile_indices(void **state)
{
	struct driver_index *index = open_index(
		"mkdir m; cd m\n"
		"printf '../../outside/secret.ko:\\nkernel/../../x.ko:\\n"
		"/etc/y.ko:\\nkernel/z\\001.ko:\\n:\\n\\nkernel/loop.ko: "
		"kernel/pool.ko\\nkernel/pool.ko: kernel/loop.ko\\n"
		"kernel/..ok.ko:' >modules.dep\n"
		"printf 'alias\\nalias x\\nalias %s loop\\n' "
		"\"$(head -c 2000 /dev/zero | tr '\\0' '*')b\" "
		">modules.alias\n"
		"head -c 100000 /dev/urandom >modules.softdep\n"
		"head -c 100000 /dev/urandom >modules.builtin.modinfo");
	struct error *error = NULL;
	double began = io_seconds();

	(void)state;
	expect(index, "secret", DRIVER_NONE, "");
	expect(index, "x", DRIVER_NONE, "");
	expect(index, "y", DRIVER_NONE, "");
	expect(index, "loop", DRIVER_MODULE, "loop pool");
	expect(index, "..ok", DRIVER_MODULE, "..ok");
	expect(index, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	       DRIVER_NONE, "");
	assert_true(io_seconds() - began < 10);
	driver_close(index);
	guest_make("mkdir m; mkfifo m/modules.dep");
	assert_true(driver_open("guest", "/m", &index, &error) < 0);
	assert_int_equal(error->kind, ERROR_CONVERT);
	error_clear(&error);
	guest_make("mkdir m; echo >m/modules.dep");
	assert_int_equal(driver_open("guest", "/m", &index, &error), -ENOENT);
	error_free(error);
	guest_stayed_inside();
}

static void words_and_patterns(void **state)
{
	char name[64];

	(void)state;
	assert_true(modalias_matches("a*c?[0-9]", "abbbcx7"));
	assert_false(modalias_matches("a*c?[0-9]", "abbbcxx"));
	assert_true(modalias_matches("[!a]", "b"));
	assert_false(modalias_matches("[!a]", "a"));
	assert_false(modalias_matches("[a", "a"));
	assert_true(modalias_matches("*", ""));
	assert_true(modalias_matches("a-b", "a_b"));
	assert_true(
		depmod_module_name("x/nvme-core.ko.zst", name, sizeof(name)));
	assert_string_equal(name, "nvme_core");
	assert_false(depmod_module_name("x/.ko", name, sizeof(name)));
	assert_false(depmod_module_name("modules.dep", name, sizeof(name)));
	assert_true(modalias_for_disk("virtio:d00000002v00001AF4"));
	assert_true(modalias_for_disk("pci:v00001B36d00000010sv00001AF4"
				      "sd00001100bc01sc08i02"));
	assert_false(modalias_for_disk("pci:v00001AF4d00001041sv00001AF4"
				       "sd00001100bc02sc00i00"));
	assert_true(modalias_for_network("virtio:d00000001v00001AF4"));
	assert_false(modalias_for_network("virtio:d00000002v00001AF4"));
	assert_string_equal(modalias_usual_driver("virtio:d00000008v00001AF4"),
			    "virtio_scsi");
	assert_null(modalias_usual_driver("acpi:PNP0A03:"));
}

/* The same modules as modprobe names, in whatever order. */
static void as_modprobe_says(void **state)
{
	static const char *const words[] = {
		"sd_mod",
		"nvme",
		"ahci",
		"ext4",
		"btrfs",
		"virtio_blk",
		"dm-crypt",
		"pci:v000015ADd000007C0sv000015ADsd000007C0bc01sc00i00",
	};
	struct driver_index *index = NULL;

	(void)state;
	guest_make("ln -s \"$(ls -d /usr/lib/modules/*)\" link; v=$(ls "
		   "/usr/lib/modules); mkdir m; cp /usr/lib/modules/$v/mod* m");
	assert_int_equal(driver_open("guest", "/m", &index, NULL), 0);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		char *found = names(index, words[i], DRIVER_MODULE);
		char script[8192];

		/* modprobe leaves out what it finds only at run time. */
		(void)snprintf(script, sizeof(script),
			       "modprobe -S $(ls /usr/lib/modules) "
			       "--show-depends '%s' | "
			       "sed -n 's,.*/\\([^/]*\\)\\.ko.*,\\1,p' | "
			       "tr - _ | sort -u >wanted; test -s wanted; "
			       "for n in %s; do echo $n; done | sort >found; "
			       "test -z \"$(comm -23 wanted found)\"",
			       words[i], found);
		assert_true(guest_is(script));
		free(found);
	}
	driver_close(index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dependencies_hard_and_soft),
		cmocka_unit_test(hostile_indices),
		cmocka_unit_test(words_and_patterns),
		cmocka_unit_test(as_modprobe_says),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
