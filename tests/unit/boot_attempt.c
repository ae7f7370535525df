/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The firmware's memory of what was tried: in a directory that stands for the
 * firmware's variables (the real ones: vm/handover-loop). */
#include <dirent.h>

#include "base/error.h"
#include "boot/attempt.h"
#include "guest_tree.h"

#define JOB   "0f9619ff-8b86-4d11-b42d-00c04fc964ff"
#define OTHER "0f9619ff-8b86-4d11-b42d-00c04fc964f0"

static const uint8_t mark[16] = {1, 2, 3, 254, 255};
static const uint8_t later[16] = {1, 2, 3, 254, 254};

static unsigned int count_of(const char *job, const uint8_t system[16])
{
	unsigned int count = 77;

	attempt_read("guest", job, system, &count);
	return count;
}

static void put(unsigned int count)
{
	struct attempt attempt = {.job = JOB, .count = count};
	struct error *error = NULL;

	memcpy(attempt.mark, mark, sizeof(mark));
	if (attempt_write("guest", &attempt, &error) < 0)
		fail_msg("%s", error->msg);
}

static void it_is_kept(void **state)
{
	(void)state;
	guest_make("true");
	assert_int_equal(count_of(JOB, mark), 0);
	put(1);
	assert_int_equal(count_of(JOB, mark), 1);
	put(2);
	assert_int_equal(count_of(JOB, mark), 2);
	assert_int_equal(count_of(OTHER, mark), 0);
	assert_int_equal(count_of(JOB, later), 0);
	/* Four bytes of attributes first: efivarfs.rst. */
	assert_true(guest_is("test \"$(ls guest | wc -l)\" = 1"));
	assert_true(guest_is("cd guest; test \"$(head -c 4 * | od -An -tx1 | "
			     "tr -d ' ')\" = 07000000"));
	assert_true(guest_is("cd guest; ls | grep -qE '^LanderHandover-"
			     "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"));
}

static void damage_counts_as_nothing(void **state)
{
	static const char *const damage[] = {"truncate -s 0", "truncate -s 3",
					     "truncate -s -1", "truncate -s +1",
					     "truncate -s 1G"};

	(void)state;
	for (size_t i = 0; i < sizeof(damage) / sizeof(*damage); i++) {
		char command[64];

		guest_make("true");
		put(1);
		(void)snprintf(command, sizeof(command), "%s guest/*",
			       damage[i]);
		assert_true(guest_is(command));
		assert_int_equal(count_of(JOB, mark), 0);
		put(2);
		assert_int_equal(count_of(JOB, mark), 2);
	}
}

static void a_firmware_that_keeps_nothing(void **state)
{
	struct attempt attempt = {.job = JOB, .count = 1};
	struct error *error = NULL;

	(void)state;
	guest_make("true");
	assert_true(attempt_write("guest/none", &attempt, &error) < 0);
	assert_int_equal(error->kind, ERROR_TARGET);
	assert_int_equal(error->code, ENOENT);
	error_free(error);
}

static void a_full_firmware(void **state)
{
	struct attempt attempt = {.job = JOB, .count = 1};
	struct error *error = NULL;

	(void)state;
	guest_make("true");
	put(1);
	assert_true(guest_is("cd guest; f=$(ls); rm \"$f\"; "
			     "ln -s /dev/full \"$f\""));
	assert_true(attempt_write("guest", &attempt, &error) < 0);
	assert_int_equal(error->kind, ERROR_TARGET);
	assert_int_equal(error->code, ENOSPC);
	error_free(error);
	assert_true(guest_is("cd guest; f=$(ls); rm \"$f\"; "
			     "ln -s /dev/null \"$f\""));
	error = NULL;
	assert_true(attempt_write("guest", &attempt, &error) < 0);
	assert_non_null(strstr(error->msg, "did not keep"));
	error_free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_kept),
		cmocka_unit_test(damage_counts_as_nothing),
		cmocka_unit_test(a_firmware_that_keeps_nothing),
		cmocka_unit_test(a_full_firmware),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
