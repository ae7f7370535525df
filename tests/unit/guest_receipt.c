/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receipt in trees of every kind, hostile ones among them: it gets in where
 * there is a place, and nothing outside the tree is read or written. */
#include "base/error.h"
#include "base/io.h"
#include "guest/receipt.h"
#include "guest_tree.h"

#define JOB	"0f9619ff-8b86-4d11-b42d-00c04fc964ff"
#define RECEIPT "{\"job\": \"" JOB "\"}\n"
#define HERE	"guest/var/log/lander/"

static void write_good(void)
{
	struct error *error = NULL;

	if (receipt_write("guest", RECEIPT, "a log\n", &error) < 0)
		fail_msg("%s", error->msg);
	assert_true(receipt_names("guest", JOB));
	guest_stayed_inside();
}

static void write_refused(int code)
{
	struct error *error = NULL;
	int r = receipt_write("guest", RECEIPT, "a log\n", &error);

	assert_int_equal(r, -code);
	assert_non_null(error);
	assert_int_equal(error->kind, ERROR_CONVERT);
	error_free(error);
	assert_false(receipt_names("guest", JOB));
	guest_stayed_inside();
}

static void an_ordinary_tree(void **state)
{
	(void)state;
	guest_make("mkdir -p var/log");
	assert_false(receipt_names("guest", JOB));
	write_good();
	assert_true(guest_is("test \"$(cat " HERE "lander.log)\" = 'a log'"));
	assert_true(
		guest_is("test \"$(stat -c %a " HERE "receipt.json)\" = 644"));
	assert_true(guest_is("test \"$(ls -A " HERE " | wc -l)\" = 2"));
	assert_false(
		receipt_names("guest", "00000000-0000-0000-0000-000000000000"));
	/* A second time, over the first. */
	write_good();
}

static void a_tree_without_var(void **state)
{
	(void)state;
	guest_make("mkdir etc");
	write_good();
}

static void links_inside_the_guest(void **state)
{
	(void)state;
	guest_make("mkdir -p srv/log var; ln -s /srv/log var/log");
	write_good();
	assert_true(guest_is("test -f guest/srv/log/lander/receipt.json"));
	guest_make("mkdir -p data/x; ln -s ../../../data/x var; mkdir log");
	write_good();
	assert_true(guest_is("test -f guest/data/x/log/lander/receipt.json"));
}

/* "outside" by name, as an absolute link and by climbing. */
static void links_out_of_the_guest(void **state)
{
	(void)state;
	guest_make("mkdir var etc; ln -s ../../../../outside var/log");
	write_refused(EEXIST);
	guest_make("ln -s \"$(realpath ../outside)\" var");
	write_refused(EEXIST);
	guest_make("mkdir -p var/log; "
		   "ln -s \"$(realpath ../outside)\" var/log/lander");
	write_refused(EEXIST);
	/* /var is /etc: the guest's own /etc. */
	guest_make("mkdir etc; ln -s /etc var");
	write_good();
	assert_true(guest_is("test -f guest/etc/log/lander/receipt.json"));
	assert_true(guest_is("! test -e /etc/log"));
}

static void endless_links(void **state)
{
	(void)state;
	guest_make("mkdir var; ln -s log var/log");
	write_refused(ELOOP);
}

static void names_that_are_taken(void **state)
{
	(void)state;
	guest_make(
		"mkdir -p var/log/lander; mkfifo var/log/lander/receipt.json");
	assert_false(receipt_names("guest", JOB));
	write_good();
	guest_make("mkdir -p var/log/lander; "
		   "ln -s \"$(realpath ../outside/secret)\" "
		   "var/log/lander/receipt.json; "
		   "ln -s \"$(realpath ../outside/secret)\" "
		   "var/log/lander/.lander.new; "
		   "ln -s \"$(realpath ../outside/secret)\" "
		   "var/log/lander/lander.log");
	write_good();
	/* A hard link: the other name keeps its content. */
	guest_make("mkdir -p var/log/lander; echo keep >keep; "
		   "ln keep var/log/lander/receipt.json");
	write_good();
	assert_true(guest_is("test \"$(cat guest/keep)\" = keep"));
	guest_make("mkdir -p var/log/lander/receipt.json");
	write_refused(EISDIR);
	guest_make("mkdir -p var/log; echo >var/log/lander");
	write_refused(ENOTDIR);
	guest_make("echo >var");
	write_refused(ENOTDIR);
}

/* A log that finds no place costs the log, not the receipt. */
static void no_place_for_the_log(void **state)
{
	(void)state;
	guest_make("mkdir -p var/log/lander/lander.log");
	write_good();
}

static void a_device_is_not_opened(void **state)
{
	(void)state;
	guest_make("mkdir -p var/log/lander; "
		   "mknod var/log/lander/receipt.json c 1 5");
	assert_false(receipt_names("guest", JOB));
	write_good();
}

static void receipts_that_name_nothing(void **state)
{
	static const char *const text[] = {
		"",
		"{",
		"[]",
		"{\"job\": 1}",
		"{\"job\": \"" JOB,
		"{\"Job\": \"" JOB "\"}",
		"{\"job\": \"" JOB "0\"}",
		"\"" JOB "\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
		guest_make("mkdir -p var/log/lander");
		assert_int_equal(io_replace_file(HERE "receipt.json", text[i],
						 strlen(text[i]), NULL),
				 0);
		assert_false(receipt_names("guest", JOB));
	}
	guest_make("mkdir -p var/log/lander; "
		   "head -c 300000 /dev/zero | tr '\\0' '[' "
		   ">var/log/lander/receipt.json");
	assert_false(receipt_names("guest", JOB));
	/* Good words in front of a hole of 8 GiB: not read. */
	guest_make("mkdir -p var/log/lander; "
		   "printf '{\"job\": \"" JOB
		   "\"}' >var/log/lander/receipt.json; "
		   "truncate -s 8G var/log/lander/receipt.json");
	assert_false(receipt_names("guest", JOB));
	guest_make("mkdir -p var/log/lander; printf '{\"job\": \"" JOB
		   "\"}' >../outside/receipt.json; "
		   "ln -s ../../../../outside/receipt.json "
		   "var/log/lander/receipt.json");
	assert_false(receipt_names("guest", JOB));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordinary_tree),
		cmocka_unit_test(a_tree_without_var),
		cmocka_unit_test(links_inside_the_guest),
		cmocka_unit_test(links_out_of_the_guest),
		cmocka_unit_test(endless_links),
		cmocka_unit_test(names_that_are_taken),
		cmocka_unit_test(no_place_for_the_log),
		cmocka_unit_test(a_device_is_not_opened),
		cmocka_unit_test(receipts_that_name_nothing),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
