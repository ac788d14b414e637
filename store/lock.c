// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/file.h"

/* How often the file may be replaced between our open and our lock; how long, in ms, a holder may take from its lock to its
 * number. */
enum { ATTEMPTS_MAX = 8, NAMELESS_MS = 50 };

/* The number in the file, 0 for none. That of a process that is no more is left over from an earlier holder. */
static long read_pid(int fd)
{
    char text[24];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    long pid = strtol(text, NULL, 10);
    return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno != ESRCH) ? pid : 0;
}

static enum status name_holder(const char *dir, long pid, struct error *err)
{
    if (pid == 0)
        return error_set(err, STATUS_LOCKED,
            "another process is writing to index '%s': wait until it is done", dir);
    return error_set(err, STATUS_LOCKED,
        "process %ld is writing to index '%s': wait until it is done", pid, dir);
}

/* Where the file names nobody alive, its holder has just begun, or was killed while a child of it was on its way to exec. */
static enum status lock_file(const char *dir, const char *path, int fd, struct error *err)
{
    const struct timespec ms = {0, 1000000};
    for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
        if (errno != EWOULDBLOCK)
            return error_errno(err, "cannot lock '%s'", path);
        long pid = read_pid(fd);
        if (pid || i == NAMELESS_MS)
            return name_holder(dir, pid, err);
        nanosleep(&ms, NULL);
    }
    return STATUS_OK;
}

/* A writer that made the folder and gave up removes the file again: is the one locked still the one
 * that others see? */
static bool is_in_place(const char *path, int fd)
{
    struct stat ours, theirs;
    return fstat(fd, &ours) == 0 && stat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
           ours.st_ino == theirs.st_ino;
}

/* Only for the message to others: a fault here is none. */
static void write_pid(int fd)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return;
}

enum status lock_take(const char *dir, struct lock *out, struct error *err)
{
    char path[PATH_MAX];
    out->fd = -1;
    if (file_join(dir, "lock", path, err) != STATUS_OK)
        return err->status;
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
        if (fd < 0)
            return error_errno(err, "cannot lock '%s'", path);
        enum status s = lock_file(dir, path, fd, err);
        if (s == STATUS_OK && is_in_place(path, fd)) {
            write_pid(fd);
            out->fd = fd;
            return STATUS_OK;
        }
        close(fd);
        if (s != STATUS_OK)
            return s;
    }
    return error_set(
        err, STATUS_LOCKED, "another process is writing to index '%s': wait until it is done", dir);
}

bool lock_is_in_place(const char *dir, const struct lock *l)
{
    char path[PATH_MAX];
    struct error ignored;
    return file_join(dir, "lock", path, &ignored) == STATUS_OK && is_in_place(path, l->fd);
}

void lock_release(struct lock *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
}
