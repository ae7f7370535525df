/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a hostile source can make of a tree: nothing outside of it.  Answers to
 * a LIST are put into a directory beside which another one lies; that one must
 * stay as it is, whatever comes.
 */
#include "files/files_put.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "files/files_ledger.h"
#include "files/files_tree.h"

#define ROUNDS 3000

static uint8_t buf[65536];
static size_t used;
static char top[] = "/tmp/lander-put-XXXXXX";
static char inside[64];
static char outside[64];
static uint64_t entry_size = 4;
static _Atomic bool stop;

static void add_entry(uint32_t mode, const char *name, const char *target,
		      uint32_t marks)
{
	struct wire_entry entry = {.mode = mode,
				   .name = (uint16_t)strlen(name),
				   .target = (uint16_t)strlen(target),
				   .marks = marks,
				   .inode = used + 1,
				   .size = entry_size,
				   .links = 1};
	uint8_t *at = wire_put_record(buf + used, WIRE_ENTRY,
				      WIRE_ENTRY_BYTES + entry.name +
					      (uint32_t)entry.target);

	at = wire_put_entry(at, &entry);
	memcpy(at, name, entry.name);
	memcpy(at + entry.name, target, entry.target);
	used = (size_t)(at - buf) + entry.name + entry.target;
}

static void add_short(uint32_t mode, const char *name)
{
	uint8_t *at =
		wire_put_record(buf + used, WIRE_SHORT,
				WIRE_SHORT_BYTES + (uint32_t)strlen(name));

	at = wire_put64(wire_put32(wire_put32(at, mode), 0), 77);
	memcpy(at, name, strlen(name));
	used = (size_t)(at - buf) + strlen(name);
}

static void add_content(uint64_t offset, const char *text)
{
	uint8_t *at = wire_put_record(buf + used, WIRE_DATA,
				      WIRE_DATA_BYTES + (uint32_t)strlen(text));

	at = wire_put64(at, offset);
	memcpy(at, text, strlen(text));
	used = (size_t)(at - buf) + strlen(text);
}

static void add_end(void)
{
	uint8_t *at = wire_put_record(buf + used, WIRE_END, WIRE_END_BYTES);

	memset(at, 0, WIRE_END_BYTES);
	used = (size_t)(at - buf) + WIRE_END_BYTES;
}

static void begin(void)
{
	used = 0;
	add_entry(S_IFDIR | 0755, "", "", 0);
}

/* The answer to a LIST of the root with contents, put into the directory. */
static int put_all(struct error **err)
{
	static struct files_put put;
	struct files_stats stats = {0};
	struct files_notes notes;
	struct files_tree tree;
	struct files_job job = {
		.globs = {NULL, "/"}, .stats = &stats, .stop = &stop};
	struct files_node *root = files_node_new(NULL, "");
	struct files_work *work;
	int r;

	assert_int_equal(files_tree_open(inside, "/", &tree, NULL), 0);
	files_notes_begin(&notes);
	job.tree = &tree;
	job.notes = &notes;
	job.next = files_ledger_new();
	files_job_begin(&job);
	root->fresh = true;
	assert_int_equal(files_job_list(&job, root, NULL), 0);
	files_node_drop(root, files_job_finish, &job);
	work = files_job_take(&job);
	assert_int_equal(work->flags, WIRE_TREE_CONTENT);
	files_put_begin(&put, &job, work);
	r = files_put_frame(&put, buf, used, err);
	if (r == 0)
		r = files_put_end(&put, err);
	files_put_done(&put);
	files_job_did(&job, work);
	files_job_done(&job);
	files_ledger_free(job.next);
	files_notes_done(&notes);
	files_tree_close(&tree);
	return r;
}

static void run(const char *before, const char *path, const char *after)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "%s%s%s", before, path, after);
	assert_int_equal(system(command), 0);
}

static void empty(void)
{
	run("chattr -R -i -a ", inside, " 2>/dev/null; true");
	run("find ", inside, " -mindepth 1 -delete");
}

/* One file of a known content, and nothing else. */
static void is_untouched(void)
{
	char path[128];
	char text[16] = "";
	int fd;

	run("test $(find ", outside, " | wc -l) = 2");
	(void)snprintf(path, sizeof(path), "%s/victim", outside);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	assert_memory_equal(text, "safe", 4);
	(void)close(fd);
}

static void is_refused(void)
{
	struct error *error = NULL;

	assert_true(put_all(&error) < 0);
	assert_non_null(error);
	error_free(error);
	is_untouched();
	empty();
}

static void honest_ones_come(void **state)
{
	char path[128];
	struct stat about;

	(void)state;
	begin();
	add_entry(S_IFLNK | 0777, "link", outside, 0);
	add_entry(S_IFREG | 0640, "file", "", WIRE_MARK_MORE);
	add_content(0, "text");
	add_end();
	add_short(S_IFDIR | 0755, "folder");
	assert_int_equal(put_all(NULL), 0);
	(void)snprintf(path, sizeof(path), "%s/file", inside);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_size, 4);
	assert_int_equal(about.st_mode, S_IFREG | 0640);
	is_untouched();
	empty();
}

/* A link first, and then something that would be put behind it. */
static void links_are_not_followed(void **state)
{
	char victim[128];

	(void)state;
	(void)snprintf(victim, sizeof(victim), "%s/victim", outside);
	begin();
	add_entry(S_IFLNK | 0777, "x", outside, 0);
	add_short(S_IFDIR | 0755, "x");
	is_refused();
	begin();
	add_entry(S_IFLNK | 0777, "x", victim, 0);
	add_entry(S_IFREG | 0644, "x", "", WIRE_MARK_MORE);
	add_content(0, "evil");
	add_end();
	is_refused();
}

static void disorder_is_refused(void **state)
{
	(void)state;
	begin();
	add_content(0, "evil");
	is_refused();
	begin();
	add_end();
	is_refused();
	/* More than the size that was said; before what came; never ended. */
	begin();
	add_entry(S_IFREG | 0644, "x", "", WIRE_MARK_MORE);
	add_content(1, "evil");
	is_refused();
	begin();
	add_entry(S_IFREG | 0644, "x", "", WIRE_MARK_MORE);
	add_content(2, "ev");
	add_content(0, "il");
	is_refused();
	begin();
	add_entry(S_IFREG | 0644, "x", "", WIRE_MARK_MORE);
	is_refused();
	/* A file before its directory, the directory twice, nothing at all. */
	used = 0;
	add_entry(S_IFREG | 0644, "x", "", 0);
	is_refused();
	begin();
	add_entry(S_IFDIR | 0755, "", "", 0);
	is_refused();
	used = 0;
	is_refused();
}

static void noise_stays_inside(void **state)
{
	static uint8_t good[sizeof(buf)];
	unsigned int refused = 0;
	size_t length;

	(void)state;
	begin();
	add_entry(S_IFLNK | 0777, "link", outside, 0);
	add_short(S_IFDIR | 0755, "folder");
	for (unsigned int i = 0; i < 4; i++) {
		char name[8];

		(void)snprintf(name, sizeof(name), "f%u", i);
		add_entry(S_IFREG | 0644, name, "", WIRE_MARK_MORE);
		add_content(0, "text");
		add_end();
	}
	length = used;
	memcpy(good, buf, length);
	srandom(4242);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct error *error = NULL;

		memcpy(buf, good, length);
		used = length;
		for (long n = random() % 5; n >= 0; n--)
			buf[(size_t)random() % length] = (uint8_t)random();
		refused += put_all(&error) < 0;
		error_free(error);
		if (i % 20 == 0)
			empty();
	}
	empty();
	is_untouched();
	assert_true(refused > ROUNDS / 10);
}

/* Zeroes for terabytes of swap come from nowhere, and so does no answer that
 * the order to give up would be looked for at. */
static void swap_is_given_up_at_once(void **state)
{
	const struct rlimit some = {1 << 26, RLIM_INFINITY};
	struct error *error = NULL;
	struct rlimit before;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	/* Who writes all of it is told so soon. */
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &some), 0);
	entry_size = (uint64_t)1 << 40;
	begin();
	add_entry(S_IFREG | 0600, "swap", "", WIRE_MARK_MORE | WIRE_MARK_SWAP);
	add_content(0, "head");
	add_end();
	atomic_store(&stop, true);
	assert_true(put_all(&error) < 0);
	assert_int_equal(error->kind, ERROR_ABORTED);
	assert_int_equal(error->code, ECANCELED);
	error_free(error);
	atomic_store(&stop, false);
	entry_size = 4;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	is_untouched();
	empty();
}

static int set_up(void **state)
{
	char path[128];
	int fd;

	(void)state;
	if (!mkdtemp(top))
		return -1;
	(void)snprintf(inside, sizeof(inside), "%s/in", top);
	(void)snprintf(outside, sizeof(outside), "%s/out", top);
	(void)snprintf(path, sizeof(path), "%s/victim", outside);
	if (mkdir(inside, 0755) < 0 || mkdir(outside, 0755) < 0)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, "safe", 4) != 4)
		return -1;
	return close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	empty();
	run("rm -rf ", top, "");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(honest_ones_come),
		cmocka_unit_test(links_are_not_followed),
		cmocka_unit_test(disorder_is_refused),
		cmocka_unit_test(noise_stays_inside),
		cmocka_unit_test(swap_is_given_up_at_once),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
