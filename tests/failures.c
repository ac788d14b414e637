// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/failures.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

const char *const failing_names[N_FAILING] = {
    "memory", "open", "read", "stat", "write", "sync", "name", "thread"};

static atomic_bool is_on;
static atomic_long n_seen;
static struct {
    enum failing kind;
    long nth;
    bool is_lasting;
    int cause;
} wanted;

void failures_begin(enum failing kind, long nth, bool is_lasting, int cause)
{
    wanted.kind = kind;
    wanted.nth = nth;
    wanted.is_lasting = is_lasting;
    wanted.cause = cause;
    atomic_store(&n_seen, 0);
    atomic_store(&is_on, true);
}

long failures_end(void)
{
    atomic_store(&is_on, false);
    return atomic_load(&n_seen);
}

/* Shall this call fail? errno is set where it shall. */
static bool fails(enum failing kind)
{
    if (!atomic_load(&is_on) || kind != wanted.kind)
        return false;
    long n = atomic_fetch_add(&n_seen, 1) + 1;
    if (wanted.nth == 0 || !(n == wanted.nth || (wanted.is_lasting && n > wanted.nth)))
        return false;
    errno = wanted.cause;
    return true;
}

/* One call: its type, its name, what stands for failure, its kind, its parameters and arguments. */
#define WRAP(type, name, failure, kind, parameters, arguments)                                     \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(kind) ? (failure) : __real_##name arguments;                                  \
    }

/* ---- memory ---- */

WRAP(void *, malloc, NULL, FAILING_MEMORY, (size_t n), (n))
WRAP(void *, calloc, NULL, FAILING_MEMORY, (size_t n, size_t size), (n, size))
WRAP(void *, realloc, NULL, FAILING_MEMORY, (void *old, size_t n), (old, n))
WRAP(char *, strdup, NULL, FAILING_MEMORY, (const char *s), (s))
WRAP(char *, strndup, NULL, FAILING_MEMORY, (const char *s, size_t n), (s, n))

/* ---- opening ---- */

#define MODE_OF(flags, mode)                                                                       \
    mode_t mode = 0;                                                                               \
    if ((flags)&O_CREAT) {                                                                         \
        va_list more;                                                                              \
        va_start(more, flags);                                                                     \
        mode = (mode_t)va_arg(more, int);                                                          \
        va_end(more);                                                                              \
    }

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return fails(FAILING_OPEN) ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return fails(FAILING_OPEN) ? -1 : __real_openat(folder, path, flags, mode);
}

WRAP(FILE *, fopen, NULL, FAILING_OPEN, (const char *path, const char *mode), (path, mode))
WRAP(FILE *, fdopen, NULL, FAILING_OPEN, (int fd, const char *mode), (fd, mode))
WRAP(DIR *, opendir, NULL, FAILING_OPEN, (const char *path), (path))
WRAP(DIR *, fdopendir, NULL, FAILING_OPEN, (int fd), (fd))
WRAP(int, memfd_create, -1, FAILING_OPEN, (const char *name, unsigned flags), (name, flags))
WRAP(char *, realpath, NULL, FAILING_OPEN, (const char *path, char *out), (path, out))

/* ---- reading ---- */

WRAP(ssize_t, read, -1, FAILING_READ, (int fd, void *bytes, size_t n), (fd, bytes, n))
WRAP(
    ssize_t, pread, -1, FAILING_READ, (int fd, void *bytes, size_t n, off_t at), (fd, bytes, n, at))
WRAP(size_t, fread, 0, FAILING_READ, (void *bytes, size_t size, size_t n, FILE *f),
    (bytes, size, n, f))
WRAP(struct dirent *, readdir, NULL, FAILING_READ, (DIR * d), (d))
WRAP(void *, mmap, MAP_FAILED, FAILING_READ,
    (void *where, size_t n, int protection, int flags, int fd, off_t at),
    (where, n, protection, flags, fd, at))
WRAP(int, stat, -1, FAILING_STAT, (const char *path, struct stat *st), (path, st))
WRAP(int, lstat, -1, FAILING_STAT, (const char *path, struct stat *st), (path, st))
WRAP(int, fstat, -1, FAILING_STAT, (int fd, struct stat *st), (fd, st))
WRAP(int, fstatat, -1, FAILING_STAT, (int folder, const char *path, struct stat *st, int flags),
    (folder, path, st, flags))

/* ---- writing ---- */

WRAP(ssize_t, write, -1, FAILING_WRITE, (int fd, const void *bytes, size_t n), (fd, bytes, n))
WRAP(ssize_t, pwrite, -1, FAILING_WRITE, (int fd, const void *bytes, size_t n, off_t at),
    (fd, bytes, n, at))
WRAP(ssize_t, writev, -1, FAILING_WRITE, (int fd, const struct iovec *parts, int n), (fd, parts, n))

size_t __real_fwrite(const void *bytes, size_t size, size_t n, FILE *f);
size_t __wrap_fwrite(const void *bytes, size_t size, size_t n, FILE *f);
size_t __wrap_fwrite(const void *bytes, size_t size, size_t n, FILE *f)
{
    return f != stdout && f != stderr && fails(FAILING_WRITE) ? 0
                                                              : __real_fwrite(bytes, size, n, f);
}

WRAP(int, ftruncate, -1, FAILING_WRITE, (int fd, off_t n), (fd, n))
WRAP(int, fsync, -1, FAILING_SYNC, (int fd), (fd))
WRAP(int, fdatasync, -1, FAILING_SYNC, (int fd), (fd))

/* ---- names ---- */

WRAP(int, rename, -1, FAILING_NAME, (const char *from, const char *to), (from, to))
WRAP(int, unlink, -1, FAILING_NAME, (const char *path), (path))
WRAP(int, unlinkat, -1, FAILING_NAME, (int folder, const char *name, int flags),
    (folder, name, flags))
WRAP(int, mkdir, -1, FAILING_NAME, (const char *path, mode_t mode), (path, mode))
WRAP(int, rmdir, -1, FAILING_NAME, (const char *path), (path))

/* ---- threads and locks ---- */

WRAP(int, flock, -1, FAILING_THREAD, (int fd, int operation), (fd, operation))
WRAP(int, pthread_create, errno, FAILING_THREAD,
    (pthread_t * thread, const pthread_attr_t *how, void *(*run)(void *), void *arg),
    (thread, how, run, arg))
WRAP(int, pthread_mutex_init, errno, FAILING_THREAD,
    (pthread_mutex_t * mutex, const pthread_mutexattr_t *how), (mutex, how))
WRAP(int, pthread_cond_init, errno, FAILING_THREAD,
    (pthread_cond_t * condition, const pthread_condattr_t *how), (condition, how))
