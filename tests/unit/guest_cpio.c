/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives in newc form: what cpio writes is read, what we write cpio reads,
 * and damaged ones end without harm. */
#include <sys/stat.h>

#include "base/io.h"
#include "guest/cpio.h"
#include "guest_tree.h"

static void ours_is_read_by_cpio(void **state)
{
	struct cpio cpio = {0};
	static const char text[] = "hello";
	int fd;

	(void)state;
	guest_make("");
	assert_int_equal(cpio_add(&cpio, "d", S_IFDIR | 0755, NULL, 0), 0);
	assert_int_equal(cpio_add(&cpio, "d/file", S_IFREG | 0644, text, 5), 0);
	assert_int_equal(cpio_add(&cpio, "l", S_IFLNK | 0777, "d/file", 6), 0);
	assert_int_equal(cpio_add(&cpio, "", S_IFREG, NULL, 0), -EINVAL);
	assert_int_equal(cpio_end(&cpio), 0);
	assert_int_equal(cpio.length % 512, 0);
	fd = open("a.cpio", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(io_pwrite(fd, cpio.data, cpio.length, 0), 0);
	(void)close(fd);
	free(cpio.data);
	assert_true(guest_is("cd guest; cpio -id --quiet <../a.cpio; "
			     "test \"$(cat l)\" = hello; "
			     "test \"$(stat -c %a d)\" = 755"));
}

static uint8_t *load(const char *path, size_t *length)
{
	char *bytes = NULL;

	assert_int_equal(io_read_file(path, 1 << 20, &bytes, length, NULL), 0);
	return (uint8_t *)bytes;
}

static void theirs_is_read(void **state)
{
	struct cpio_entry entry;
	size_t length = 0;
	size_t at = 0;
	uint8_t *bytes;

	(void)state;
	guest_make("mkdir a; printf 12345 >a/b; ln -s b a/c");
	assert_true(guest_is("cd guest; printf 'a\\na/b\\na/c\\n' | "
			     "cpio -o -H newc --quiet >../b.cpio"));
	bytes = load("b.cpio", &length);
	assert_int_equal(cpio_next(bytes, length, &at, &entry), 1);
	assert_string_equal(entry.name, "a");
	assert_true(S_ISDIR(entry.mode));
	assert_int_equal(cpio_next(bytes, length, &at, &entry), 1);
	assert_string_equal(entry.name, "a/b");
	assert_int_equal(entry.size, 5);
	assert_memory_equal(entry.data, "12345", 5);
	assert_int_equal(cpio_next(bytes, length, &at, &entry), 1);
	assert_true(S_ISLNK(entry.mode));
	assert_int_equal(cpio_next(bytes, length, &at, &entry), 0);
	free(bytes);
}

/* Cut at every byte, and each byte of the headers changed: the reader stays
 * within what it was given (the address sanitizer looks). */
static void damage_is_no_harm(void **state)
{
	size_t length = 0;
	uint8_t *bytes;

	(void)state;
	guest_make("mkdir a; printf 12345 >a/b; ln -s b a/c");
	assert_true(guest_is("cd guest; printf 'a\\na/b\\na/c\\n' | "
			     "cpio -o -H newc --quiet >../b.cpio"));
	bytes = load("b.cpio", &length);
	for (size_t cut = 0; cut < length; cut++) {
		uint8_t *copy = malloc(cut + 1);
		struct cpio_entry entry;
		size_t at = 0;
		int r;

		assert_non_null(copy);
		memcpy(copy, bytes, cut);
		copy = realloc(copy, cut ? cut : 1);
		while ((r = cpio_next(copy, cut, &at, &entry)) > 0)
			assert_true(entry.data + entry.size <= copy + cut);
		assert_true(r == 0 || r == -EBADMSG);
		free(copy);
	}
	for (size_t i = 0; i < 400; i++)
		for (int c = 0; c < 4; c++) {
			static const uint8_t evil[] = {'f', '0', 0, 0xff};
			uint8_t was = bytes[i];
			struct cpio_entry entry;
			size_t at = 0;

			bytes[i] = evil[c];
			while (cpio_next(bytes, length, &at, &entry) > 0)
				assert_true(entry.data + entry.size <=
					    bytes + length);
			bytes[i] = was;
		}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_is_read_by_cpio),
		cmocka_unit_test(theirs_is_read),
		cmocka_unit_test(damage_is_no_harm),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
