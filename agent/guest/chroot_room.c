/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of a copied system's namespaces: the mounts, and the first process
 * there, which waits for the program and takes all others with it.  It runs in
 * the child of a program with threads, so it takes no memory and no lock.  It
 * refuses a system whose /dev, /proc or /sys are not directories.
 */
#include "guest/chroot_room.h"

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CANNOT_FURNISH 125
#define CANNOT_RUN     127
#define QUIET	       (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static void put(const char *text)
{
	if (text && write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

/* -1, and a line that says why. */
static int complain(const char *what, const char *where)
{
	const char *why = strerrordesc_np(errno);

	put("lander: ");
	put(what);
	put(" ");
	put(where);
	put(": ");
	put(why ? why : "unknown error");
	put("\n");
	return -1;
}

/* A link in the copied system must not lead the mount out of it. */
static bool is_directory(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return false;
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode);
}

static int mount_on(const char *source, const char *place, const char *fs,
		    unsigned long flags, const char *options)
{
	if (!is_directory(place) ||
	    mount(source, place, fs, flags, options) < 0)
		return complain("mount", place);
	return 0;
}

/* Nothing that is mounted from here on is seen elsewhere. */
static int be_private(const struct chroot_room *room)
{
	/* In a chroot there is no such mount; then nothing may be shared. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 &&
	    room->shared)
		return complain("make private", "/");
	return mount_on(room->job->root, room->job->root, NULL,
			MS_BIND | MS_REC, NULL);
}

static int furnish_sys(const struct chroot_room *room)
{
	if (mount_on("sysfs", room->sys, "sysfs", QUIET | MS_RDONLY, NULL) < 0)
		return -1;
	if (!room->job->uefi && access(room->efi, F_OK) == 0)
		return mount_on("tmpfs", room->firmware, "tmpfs",
				QUIET | MS_RDONLY, "size=4k");
	/* Without them a boot entry can't be made; all else can. */
	if (room->job->uefi && access(room->efivars, F_OK) == 0)
		(void)mount_on("efivarfs", room->efivars, "efivarfs", QUIET,
			       NULL);
	return 0;
}

static int furnish(const struct chroot_room *room)
{
	struct stat st;

	if (be_private(room) < 0 ||
	    mount_on("/dev", room->dev, NULL, MS_BIND | MS_REC, NULL) < 0 ||
	    mount_on("proc", room->proc, "proc", QUIET, NULL) < 0 ||
	    furnish_sys(room) < 0)
		return -1;
	/* Systems from before 2012 have none. */
	if (lstat(room->run, &st) < 0 && errno == ENOENT)
		return 0;
	if (mount_on("tmpfs", room->run, "tmpfs", MS_NOSUID | MS_NODEV,
		     "mode=755,size=10%") < 0)
		return -1;
	/* What udev knows of this machine's disks, for the guest's udevadm. */
	if (access("/run/udev", F_OK) == 0 && mkdir(room->udev, 0755) == 0 &&
	    mount("/run/udev", room->udev, NULL, MS_BIND, NULL) == 0)
		(void)mount(NULL, room->udev, NULL,
			    MS_BIND | MS_REMOUNT | MS_RDONLY | QUIET, NULL);
	return 0;
}

/* A file without a name yet, in the directory of path. */
static int open_nameless(const char *path, mode_t mode)
{
	char directory[PATH_MAX];
	size_t length = (size_t)(strrchr(path, '/') - path);

	memcpy(directory, path, length);
	directory[length] = '\0';
	return open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

/* 0, or -1 when one is there or can't be made.  It appears with its text, where
 * the file system can do that: after a cut an empty one would not be known
 * again as ours. */
static int make_file(const char *path, const char *text, mode_t mode)
{
	int fd = open_nameless(path, mode);
	bool named = fd < 0;
	int r = -1;

	if (named)
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return -1;
	if (write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
	    (named || linkat(fd, "", AT_FDCWD, path, AT_EMPTY_PATH) == 0))
		r = 0;
	(void)close(fd);
	return r;
}

/* A guest's services are not started by its own scripts. */
static void forbid_services(void)
{
	if (mount(CHROOT_SCRATCH "/policy-rc.d", "/usr/sbin/policy-rc.d", NULL,
		  MS_BIND, NULL) < 0 &&
	    errno == ENOENT && access("/usr/sbin/invoke-rc.d", F_OK) == 0 &&
	    make_file("/usr/sbin/policy-rc.d", CHROOT_ROOM_POLICY, 0755) < 0)
		(void)complain("write", "/usr/sbin/policy-rc.d");
}

/* What /etc/resolv.conf names in /run, which is empty now. */
static int make_in_run(char *link)
{
	static const char *const forms[] = {"/run/", "../run/", "/var/run/",
					    "../var/run/"};
	char path[PATH_MAX] = "/run/";
	const char *rest = NULL;

	for (size_t i = 0; !rest && i < sizeof(forms) / sizeof(*forms); i++)
		if (!strncmp(link, forms[i], strlen(forms[i])))
			rest = link + strlen(forms[i]);
	if (!rest || strstr(rest, "..") ||
	    strlen(rest) + strlen(path) >= sizeof(path))
		return -1;
	memcpy(path + strlen(path), rest, strlen(rest) + 1);
	for (char *slash = path + 5; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
	return make_file(path, CHROOT_ROOM_RESOLV, 0644);
}

/* A mount does what a write can't: over a link's target, over a file that may
 * not be changed, and without a trace. */
static void lend_names(void)
{
	static const char place[] = "/etc/resolv.conf";

	for (int i = 0; i < 2; i++) {
		char link[PATH_MAX];
		ssize_t length;
		int r;

		if (mount(CHROOT_SCRATCH "/resolv.conf", place, NULL, MS_BIND,
			  NULL) == 0)
			return;
		if (errno != ENOENT || i)
			break;
		length = readlink(place, link, sizeof(link) - 1);
		link[length > 0 ? length : 0] = '\0';
		r = length > 0 ? make_in_run(link)
			       : make_file(place, CHROOT_ROOM_RESOLV, 0644);
		if (r < 0)
			break;
	}
	(void)complain("lend this machine's name servers as", place);
}

__attribute__((noreturn)) static void become(const struct chroot_room *room)
{
	const struct chroot_job *job = room->job;

	if (chroot(job->root) < 0 || chdir("/") < 0) {
		(void)complain("enter", job->root);
		_exit(CANNOT_FURNISH);
	}
	(void)umask(022);
	forbid_services();
	if (room->names)
		lend_names();
	if (job->file && make_file(CHROOT_FILE, job->file, 0700) < 0) {
		(void)complain("write", CHROOT_FILE);
		_exit(CANNOT_FURNISH);
	}
	(void)execve(job->argv[0], (char *const *)job->argv, room->environment);
	(void)complain("run", job->argv[0]);
	_exit(CANNOT_RUN);
}

/* Whoever started us may have gone before prctl(2) could tell us: then nobody
 * reads what we print. */
static bool is_orphan(void)
{
	struct pollfd reader = {.fd = STDERR_FILENO};

	return poll(&reader, 1, 0) > 0 && (reader.revents & POLLERR);
}

/* So that a shortage of memory ends the guest's program, not lander. */
static void be_first_to_go(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1000", 4) < 0)
		(void)complain("write", "oom_score_adj");
	(void)close(fd);
}

/* Until it has ended; whatever else ends here had no parent but us. */
static int wait_for(pid_t pid)
{
	int status = 0;
	pid_t ended;

	do
		ended = waitpid(-1, &status, 0);
	while (ended != pid && (ended > 0 || errno == EINTR));
	if (ended != pid)
		return CANNOT_RUN;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

int chroot_room_live(const void *context)
{
	const struct chroot_room *room = context;
	pid_t pid;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (is_orphan())
		return CANNOT_FURNISH;
	be_first_to_go();
	if (furnish(room) < 0)
		return CANNOT_FURNISH;
	/* The first process stays outside, so that programs can see that they
	 * are in a chroot; and it has no signals but those it handles. */
	pid = _Fork();
	if (pid == 0)
		become(room);
	if (pid < 0) {
		(void)complain("start", room->job->argv[0]);
		return CANNOT_RUN;
	}
	return wait_for(pid);
}
