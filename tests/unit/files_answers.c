/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers that lack something: in a comparison nothing is equal that was not
 * compared, and nothing is asked for without end.  And what a tree that is
 * filled is opened through: no device in it, no link.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
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
#include "files/files_put.h"
#include "files/files_tree.h"

static char top[] = "/tmp/lander-answers-XXXXXX";

/* A question about the root of the directory, and its answer to be. */
struct question {
	struct files_tree tree;
	struct files_notes notes;
	struct files_stats stats;
	struct files_job job;
	struct files_work *work;
	struct files_put put;
};

static struct question *ask(bool dry, const char *names, size_t length)
{
	struct question *q = calloc(1, sizeof(*q));
	struct files_node *root = files_node_new(NULL, "");
	struct files_batch batch = {.length = length};

	assert_non_null(q);
	assert_non_null(root);
	assert_int_equal(files_tree_open(top, "/", &q->tree, NULL), 0);
	files_notes_begin(&q->notes);
	q->job.globs.place = "/";
	q->job.tree = &q->tree;
	q->job.notes = &q->notes;
	q->job.stats = &q->stats;
	q->job.dry = dry;
	q->job.next = files_ledger_new();
	files_job_begin(&q->job);
	root->fd = openat(q->tree.fd, ".", O_RDONLY | O_DIRECTORY);
	assert_true(root->fd >= 0);
	if (length) {
		memcpy(batch.names, names, length);
		assert_int_equal(files_job_fetch(&q->job, root, &batch,
						 WIRE_TREE_DIGEST, NULL),
				 0);
	} else {
		assert_int_equal(files_job_list(&q->job, root, NULL), 0);
	}
	files_node_drop(root, files_job_finish, &q->job);
	q->work = files_job_take(&q->job);
	files_put_begin(&q->put, &q->job, q->work);
	return q;
}

static uint64_t finish(struct question *q, enum files_note kind)
{
	uint64_t noted = q->notes.count[kind];

	files_put_done(&q->put);
	files_job_did(&q->job, q->work);
	files_job_done(&q->job);
	files_ledger_free(q->job.next);
	files_notes_done(&q->notes);
	files_tree_close(&q->tree);
	free(q);
	return noted;
}

/* A regular file, without anything that would come behind it. */
static size_t entry(uint8_t *buf, const char *name)
{
	struct wire_entry entry = {.mode = S_IFREG | 0644,
				   .name = (uint16_t)strlen(name),
				   .inode = 7,
				   .size = 4,
				   .links = 1};
	uint8_t *at = wire_put_record(buf, WIRE_ENTRY,
				      WIRE_ENTRY_BYTES + (uint32_t)entry.name);

	at = wire_put_entry(at, &entry);
	memcpy(at, name, entry.name);
	return (size_t)(at - buf) + entry.name;
}

static void what_was_not_told_of_was_not_compared(void **state)
{
	struct question *q = ask(true, "a\0bc", 5);

	(void)state;
	assert_int_equal(files_put_end(&q->put, NULL), 0);
	assert_int_equal(finish(q, FILES_NOTE_DIFFERENT), 2);
	/* A copy has a next pass. */
	q = ask(false, "a\0bc", 5);
	assert_int_equal(files_put_end(&q->put, NULL), 0);
	assert_int_equal(finish(q, FILES_NOTE_DIFFERENT), 0);
}

static void a_directory_that_is_gone_is_not_equal(void **state)
{
	struct question *q = ask(true, NULL, 0);

	(void)state;
	files_put_failed(&q->put, ENOENT, "gone");
	assert_int_equal(finish(q, FILES_NOTE_DIFFERENT), 1);
	q = ask(false, NULL, 0);
	files_put_failed(&q->put, ENOENT, "gone");
	assert_int_equal(finish(q, FILES_NOTE_DIFFERENT), 0);
}

/* … and one that can't be read is not different: it comes no other time. */
static void what_cannot_be_read_is_told_so(void **state)
{
	static const bool dry[] = {true, false};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct question *q = ask(dry[i], NULL, 0);

		files_put_failed(&q->put, EIO, "broken");
		assert_int_equal(q->notes.count[FILES_NOTE_DIFFERENT], 0);
		assert_string_equal(
			q->notes.kept[FILES_NOTE_UNREADABLE][0].words,
			"broken");
		assert_int_equal(finish(q, FILES_NOTE_UNREADABLE), 1);
	}
}

static void a_digest_is_asked_for_once(void **state)
{
	struct question *q = ask(false, "file", 5);
	struct error *error = NULL;
	uint8_t buf[256];
	char path[64];
	int fd;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/file", top);
	fd = open(path, O_WRONLY | O_CREAT, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "text", 4), 4);
	(void)close(fd);
	assert_true(files_put_frame(&q->put, buf, entry(buf, "file"), &error) <
		    0);
	assert_int_equal(error->kind, ERROR_SOURCE);
	error_free(error);
	assert_null(q->job.work);
	(void)finish(q, FILES_NOTE_DIFFERENT);
	(void)unlink(path);
}

/* Between a look and an opening one may become the other. */
static void no_device_no_link(void **state)
{
	struct files_tree tree;
	struct stat about;
	char text[8];

	(void)state;
	assert_int_equal(files_tree_open(top, "/", &tree, NULL), 0);
	assert_int_equal(
		mknodat(tree.fd, "null", S_IFCHR | 0666, makedev(1, 3)), 0);
	assert_int_equal(openat(tree.fd, "null", O_RDONLY), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(symlinkat("/dev/null", tree.fd, "link"), 0);
	assert_int_equal(openat(tree.fd, "link", O_RDONLY), -1);
	assert_int_equal(errno, ELOOP);
	assert_int_equal(fchmodat(tree.fd, "link", 0600, 0), -1);
	/* What they are is seen all the same. */
	assert_int_equal(readlinkat(tree.fd, "link", text, sizeof(text)), 8);
	assert_int_equal(fstatat(tree.fd, "null", &about, 0), 0);
	assert_true(S_ISCHR(about.st_mode));
	assert_int_equal(unlinkat(tree.fd, "null", 0), 0);
	assert_int_equal(unlinkat(tree.fd, "link", 0), 0);
	files_tree_close(&tree);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(top) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_told_of_was_not_compared),
		cmocka_unit_test(a_directory_that_is_gone_is_not_equal),
		cmocka_unit_test(what_cannot_be_read_is_told_so),
		cmocka_unit_test(a_digest_is_asked_for_once),
		cmocka_unit_test(no_device_no_link),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
