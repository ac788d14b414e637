// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls that the shim stands before. */
#include "tests/torture/shim.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
/* ---- making, opening ---- */

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
    if (strike_at(flags & O_CREAT ? CREATE : OPEN, folder, path) == FAIL)
        return -1;
    int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    record_open(fd, flags);
    return fd;
}

#define MODE_OF(flags, mode)                                                                       \
    mode_t mode = 0;                                                                               \
    if ((flags)&O_CREAT) {                                                                         \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode = (mode_t)va_arg(arguments, int);                                                     \
        va_end(arguments);                                                                         \
    }

OURS int open(const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_at(AT_FDCWD, path, flags, mode);
}

OURS int open64(const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_at(AT_FDCWD, path, flags, mode);
}

OURS int openat(int folder, const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_at(folder, path, flags, mode);
}

/* The library's function of that name, found when it is first needed. */
#define REAL(type, name, ...)                                                                      \
    static type (*real)(__VA_ARGS__);                                                              \
    if (!real)                                                                                     \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

OURS DIR *opendir(const char *path)
{
    REAL(DIR *, opendir, const char *);
    return strike_at(OPENDIR, AT_FDCWD, path) == FAIL ? NULL : real(path);
}

OURS DIR *fdopendir(int fd)
{
    REAL(DIR *, fdopendir, int);
    return strike_fd(OPENDIR, fd, NULL, NULL) == FAIL ? NULL : real(fd);
}

OURS struct dirent *readdir(DIR *d)
{
    REAL(struct dirent *, readdir, DIR *);
    return strike_fd(READDIR, dirfd(d), NULL, NULL) == FAIL ? NULL : real(d);
}

OURS FILE *fopen(const char *path, const char *mode)
{
    REAL(FILE *, fopen, const char *, const char *);
    if (strike_at(strpbrk(mode, "wa+") ? CREATE : OPEN, AT_FDCWD, path) == FAIL)
        return NULL;
    FILE *f = real(path, mode);
    if (f)
        record_open(fileno(f), strpbrk(mode, "wa") ? O_CREAT : 0);
    return f;
}

/* The library opens a temporary file without coming by open. */
OURS int mkstemp(char *pattern)
{
    REAL(int, mkstemp, char *);
    return strike_at(CREATE, AT_FDCWD, pattern) == FAIL ? -1 : real(pattern);
}

OURS int mkostemp(char *pattern, int flags)
{
    REAL(int, mkostemp, char *, int);
    return strike_at(CREATE, AT_FDCWD, pattern) == FAIL ? -1 : real(pattern, flags);
}

OURS int memfd_create(const char *name, unsigned flags)
{
    return strike(MEMFD, shim_root, NULL, NULL) == FAIL
               ? -1
               : (int)syscall(SYS_memfd_create, name, flags);
}

OURS int socketpair(int domain, int type, int protocol, int fds[2])
{
    return strike(SPAWNED, shim_root, NULL, NULL) == FAIL
               ? -1
               : (int)syscall(SYS_socketpair, domain, type, protocol, fds);
}

OURS int close(int fd)
{
    enum action a = strike_fd(CLOSE, fd, NULL, NULL);
    int saved = errno, status = (int)syscall(SYS_close, fd);
    if (a != FAIL)
        return status;
    errno = saved; /* closed all the same, as Linux does */
    return -1;
}

/* ---- reading ---- */

OURS ssize_t read(int fd, void *bytes, size_t n)
{
    enum action a = strike_fd(READ, fd, NULL, NULL);
    return a == FAIL ? -1 : (ssize_t)syscall(SYS_read, fd, bytes, a == SHORT && n > 1 ? n / 2 : n);
}

OURS ssize_t pread(int fd, void *bytes, size_t n, off_t at)
{
    enum action a = strike_fd(PREAD, fd, NULL, NULL);
    return a == FAIL
               ? -1
               : (ssize_t)syscall(SYS_pread64, fd, bytes, a == SHORT && n > 1 ? n / 2 : n, at);
}

OURS ssize_t pread64(int fd, void *bytes, size_t n, off_t at)
{
    return pread(fd, bytes, n, at);
}

OURS size_t fread(void *bytes, size_t size, size_t n, FILE *f)
{
    REAL(size_t, fread, void *, size_t, size_t, FILE *);
    if (strike_fd(FREAD, fileno(f), NULL, NULL) != FAIL)
        return real(bytes, size, n, f);
    *(int *)f |= 0x20; /* _IO_ERR_SEEN: ferror(f) */
    return 0;
}

OURS void *mmap(void *where, size_t n, int protection, int flags, int fd, off_t at)
{
    enum action a = fd < 0 ? strike(MMAP, shim_root, NULL, NULL) : strike_fd(MMAP, fd, NULL, NULL);
    return a == FAIL ? MAP_FAILED
                     : (void *)syscall(SYS_mmap, where, n, protection, flags, fd,
                           at); // NOLINT: the kernel's address
}

OURS int fstat(int fd, struct stat *st)
{
    return strike_fd(STAT, fd, NULL, NULL) == FAIL
               ? -1
               : (int)syscall(SYS_newfstatat, fd, "", st, AT_EMPTY_PATH);
}

OURS int stat(const char *path, struct stat *st)
{
    return strike_at(STAT, AT_FDCWD, path) == FAIL
               ? -1
               : (int)syscall(SYS_newfstatat, AT_FDCWD, path, st, 0);
}

OURS int lstat(const char *path, struct stat *st)
{
    return strike_at(STAT, AT_FDCWD, path) == FAIL
               ? -1
               : (int)syscall(SYS_newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

OURS int fstatat(int folder, const char *path, struct stat *st, int flags)
{
    return strike_at(STAT, folder, path) == FAIL
               ? -1
               : (int)syscall(SYS_newfstatat, folder, path, st, flags);
}

OURS int flock(int fd, int operation)
{
    return strike_fd(FLOCK, fd, NULL, NULL) == FAIL ? -1 : (int)syscall(SYS_flock, fd, operation);
}

OURS int pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *arg)
{
    REAL(int, pthread_create, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    return strike(THREAD, shim_root, NULL, NULL) == FAIL ? errno
                                                         : real(thread, attributes, run, arg);
}

/* ---- writing ---- */

struct put {
    int fd;
    const void *bytes;
    size_t n;
    off_t at; /* -1: where the file stands */
};

static ssize_t put(const struct put *p)
{
    off_t at = p->at >= 0 || !shim_is_recording ? p->at : lseek(p->fd, 0, SEEK_CUR);
    ssize_t n = p->at < 0 ? (ssize_t)syscall(SYS_write, p->fd, p->bytes, p->n)
                          : (ssize_t)syscall(SYS_pwrite64, p->fd, p->bytes, p->n, p->at);
    record_write(p->fd, p->bytes, n, at);
    return n;
}

static void put_half(void *arg)
{
    struct put p = *(struct put *)arg;
    p.n /= 2;
    put(&p);
}

static ssize_t put_struck(enum call call, struct put p)
{
    enum action a = strike_fd(call, p.fd, put_half, &p);
    if (a == FAIL)
        return -1;
    if (a == SHORT && p.n > 1)
        p.n /= 2;
    return put(&p);
}

OURS ssize_t write(int fd, const void *bytes, size_t n)
{
    return put_struck(WRITE, (struct put){fd, bytes, n, -1});
}

OURS ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return put_struck(PWRITE, (struct put){fd, bytes, n, at});
}

OURS ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at)
{
    return pwrite(fd, bytes, n, at);
}

/* The first part only where it is cut short. */
OURS ssize_t writev(int fd, const struct iovec *parts, int n)
{
    struct put first = {fd, parts[0].iov_base, parts[0].iov_len, -1};
    enum action a = strike_fd(WRITEV, fd, put_half, &first);
    if (a == FAIL)
        return -1;
    if (a == SHORT)
        return put(&first);
    if (!shim_is_recording)
        return (ssize_t)syscall(SYS_writev, fd, parts, n);
    ssize_t done = 0, got = 0;
    for (int i = 0; i < n && got >= 0; i++, done += got)
        got = put(&(struct put){fd, parts[i].iov_base, parts[i].iov_len, -1});
    return got < 0 ? got : done;
}

OURS size_t fwrite(const void *bytes, size_t size, size_t n, FILE *f)
{
    REAL(size_t, fwrite, const void *, size_t, size_t, FILE *);
    if (f == stdout || f == stderr || strike_fd(FWRITE, fileno(f), NULL, NULL) != FAIL)
        return real(bytes, size, n, f);
    *(int *)f |= 0x20;
    return 0;
}

OURS int fflush(FILE *f)
{
    REAL(int, fflush, FILE *);
    return f && f != stdout && f != stderr && strike_fd(FFLUSH, fileno(f), NULL, NULL) == FAIL
               ? EOF
               : real(f);
}

OURS int ftruncate(int fd, off_t n)
{
    char path[PATH_MAX];
    if (strike_fd(TRUNCATE, fd, NULL, NULL) == FAIL)
        return -1;
    int status = (int)syscall(SYS_ftruncate, fd, n);
    if (status == 0 && is_ours(path_of_fd(fd, path)))
        record(NULL, 0, "truncate %lu %ld", inode_of(fd), (long)n);
    return status;
}

OURS int fsync(int fd)
{
    char path[PATH_MAX];
    if (strike_fd(FSYNC, fd, NULL, NULL) == FAIL)
        return -1;
    int status = (int)syscall(SYS_fsync, fd);
    if (status == 0 && is_ours(path_of_fd(fd, path)))
        record(NULL, 0, "sync %lu", inode_of(fd));
    return status;
}

OURS int fdatasync(int fd)
{
    return fsync(fd);
}

/* ---- names ---- */

static int named(enum call call, int folder, const char *name, long status)
{
    char path[PATH_MAX];
    if (status == 0 && shim_is_recording && is_ours(path_at(folder, name, path)))
        record(NULL, 0, "%s %s", shim_names[call], path);
    return (int)status;
}

OURS int rename(const char *from, const char *to)
{
    if (strike_at(RENAME, AT_FDCWD, from) == FAIL)
        return -1;
    long status = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (status == 0 && is_ours(from))
        record(NULL, 0, "rename %s\t%s", from, to);
    return (int)status;
}

OURS int unlink(const char *path)
{
    return strike_at(UNLINK, AT_FDCWD, path) == FAIL
               ? -1
               : named(UNLINK, AT_FDCWD, path, syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

OURS int unlinkat(int folder, const char *name, int flags)
{
    enum call call = flags & AT_REMOVEDIR ? RMDIR : UNLINK;
    return strike_at(call, folder, name) == FAIL
               ? -1
               : named(call, folder, name, syscall(SYS_unlinkat, folder, name, flags));
}

OURS int rmdir(const char *path)
{
    return strike_at(RMDIR, AT_FDCWD, path) == FAIL
               ? -1
               : named(RMDIR, AT_FDCWD, path, syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}

OURS int mkdir(const char *path, mode_t mode)
{
    struct stat st;
    if (strike_at(MKDIR, AT_FDCWD, path) == FAIL)
        return -1;
    long status = syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    if (status == 0 && shim_is_recording && is_ours(path) &&
        syscall(SYS_newfstatat, AT_FDCWD, path, &st, 0) == 0)
        record(NULL, 0, "mkdir %lu %s", (unsigned long)st.st_ino, path);
    return (int)status;
}
