// SPDX-License-Identifier: GPL-2.0-or-later
/* Preloaded into duan (LD_PRELOAD), stands before the C library and counts the calls chosen; at the n-th it kills the
 * process, writes half, or fails the call. tests/torture/torture.py drives it through the environment:
 *   TORTURE_ROOT    calls count that touch a path below it; without it all do
 *   TORTURE_CALLS   which count, by name (see names), comma-separated
 *   TORTURE_NTH     the one that is struck, from 1; 0: none
 *   TORTURE_REPEAT  1: that one and all that follow, as on a full disk
 *   TORTURE_ACTION  kill (before the call), half (a half of a write, then kill), short (a half of a read or write), or the
 *                   number of an errno that the call fails with
 *   TORTURE_COUNT   a file for "n NAME PATH" of each call counted, in their order
 *   TORTURE_RECORD  a file for what was done to the disk, with data (tests/torture/replay.py reads it)
 * The program's children are left alone. Of files that are written through FILE only fwrite and fflush are seen, not what
 * the library does for them. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define OURS __attribute__((visibility("default")))

enum call {
    CREATE,
    OPEN,
    OPENDIR,
    READDIR,
    READ,
    PREAD,
    MMAP,
    STAT,
    FREAD,
    CLOSE,
    FLOCK,
    THREAD,
    SPAWNED,
    MEMFD,
    WRITE,
    PWRITE,
    WRITEV,
    FWRITE,
    FFLUSH,
    FSYNC,
    RENAME,
    UNLINK,
    MKDIR,
    RMDIR,
    TRUNCATE,
    ALLOC,
    N_CALLS
};

static const char *const names[N_CALLS] = {"create", "open", "opendir", "readdir", "read", "pread",
    "mmap", "stat", "fread", "close", "flock", "thread", "socketpair", "memfd", "write", "pwrite",
    "writev", "fwrite", "fflush", "fsync", "rename", "unlink", "mkdir", "rmdir", "truncate",
    "alloc"};

enum action { PASS, FAIL, SHORT };

static bool is_on, is_counted[N_CALLS];
static char root[PATH_MAX];
static size_t root_len;
static long nth, is_repeated;
static const char *action = "";
static int count_fd = -1, record_fd = -1;
static atomic_long n_counted;
static pthread_mutex_t record_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- set up ---- */

static int open_log(const char *variable)
{
    const char *path = getenv(variable);
    if (!path)
        return -1;
    int fd =
        (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int high = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 900); /* out of the program's way */
    syscall(SYS_close, fd);
    return high;
}

static void choose_calls(const char *list)
{
    for (int c = 0; c < N_CALLS && list; c++) {
        size_t n = strlen(names[c]);
        for (const char *p = list; (p = strstr(p, names[c])); p += n)
            is_counted[c] |= (p == list || p[-1] == ',') && (p[n] == ',' || p[n] == '\0');
    }
}

__attribute__((constructor)) static void set_up(void)
{
    const char *text = getenv("TORTURE_ROOT");
    if (strcmp(program_invocation_short_name, "duan") != 0)
        return;
    if (text)
        root_len = (size_t)snprintf(root, sizeof root, "%s", text);
    choose_calls(getenv("TORTURE_CALLS"));
    if ((text = getenv("TORTURE_NTH")))
        nth = atol(text);
    if ((text = getenv("TORTURE_REPEAT")))
        is_repeated = atol(text);
    if ((text = getenv("TORTURE_ACTION")))
        action = text;
    count_fd = open_log("TORTURE_COUNT");
    record_fd = open_log("TORTURE_RECORD");
    is_on = true;
}

/* ---- which path is it ---- */

static bool is_ours(const char *path)
{
    return root_len == 0 || (strncmp(path, root, root_len) == 0 &&
                                (path[root_len] == '/' || path[root_len] == '\0'));
}

static const char *path_of_fd(int fd, char out[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long n = syscall(SYS_readlinkat, AT_FDCWD, link, out, PATH_MAX - 1);
    out[n > 0 ? n : 0] = '\0';
    return out;
}

static const char *path_at(int folder, const char *path, char out[PATH_MAX])
{
    char base[PATH_MAX];
    if (path[0] == '/' || folder == AT_FDCWD)
        snprintf(out, PATH_MAX, "%s", path);
    else if ((size_t)snprintf(out, PATH_MAX, "%s/%s", path_of_fd(folder, base), path) >= PATH_MAX)
        out[0] = '\0';
    return out;
}

/* ---- the stroke ---- */

static void log_call(long n, enum call call, const char *path)
{
    char line[PATH_MAX + 64];
    int len = snprintf(line, sizeof line, "%ld %s %s\n", n, names[call], path);
    syscall(SYS_write, count_fd, line, (size_t)len);
}

static void die(void)
{
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    for (;;)
        syscall(SYS_pause);
}

/* What shall become of a call; for FAIL errno is set. half is done before the process is killed half-way. */
static enum action strike(enum call call, const char *path, void (*half)(void *), void *arg)
{
    if (!is_on || !is_counted[call] || (call != ALLOC && !is_ours(path)))
        return PASS;
    long n = atomic_fetch_add(&n_counted, 1) + 1;
    if (count_fd >= 0)
        log_call(n, call, path);
    if (nth == 0 || !(n == nth || (is_repeated && n > nth)))
        return PASS;
    if (strcmp(action, "kill") == 0)
        die();
    if (strcmp(action, "half") == 0) {
        if (half)
            half(arg);
        die();
    }
    if (strcmp(action, "short") == 0)
        return SHORT;
    errno = atoi(action);
    return FAIL;
}

static enum action strike_fd(enum call call, int fd, void (*half)(void *), void *arg)
{
    char path[PATH_MAX];
    return is_on && is_counted[call] ? strike(call, path_of_fd(fd, path), half, arg) : PASS;
}

static enum action strike_at(enum call call, int folder, const char *name)
{
    char path[PATH_MAX];
    return is_on && is_counted[call] ? strike(call, path_at(folder, name, path), NULL, NULL) : PASS;
}

/* ---- the record ---- */

static void record(const void *bytes, size_t n, const char *format, ...)
{
    char line[2 * PATH_MAX + 64];
    int saved = errno;
    va_list arguments;
    if (!is_on || record_fd < 0)
        return;
    va_start(arguments, format);
    int len = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    const struct iovec parts[] = {{line, (size_t)len}, {(void *)bytes, n}, {"\n", 1}};
    pthread_mutex_lock(&record_lock);
    syscall(SYS_writev, record_fd, parts, 3);
    pthread_mutex_unlock(&record_lock);
    errno = saved;
}

static unsigned long inode_of(int fd)
{
    struct stat st;
    return syscall(SYS_newfstatat, fd, "", &st, AT_EMPTY_PATH) == 0 ? (unsigned long)st.st_ino : 0;
}

static void record_open(int fd, int flags)
{
    char path[PATH_MAX];
    if (record_fd >= 0 && fd >= 0 && (flags & O_CREAT) && is_ours(path_of_fd(fd, path)))
        record(NULL, 0, "create %lu %s", inode_of(fd), path);
    if (record_fd >= 0 && fd >= 0 && (flags & O_TRUNC) && is_ours(path_of_fd(fd, path)))
        record(NULL, 0, "truncate %lu 0", inode_of(fd));
}

static void record_write(int fd, const void *bytes, ssize_t n, off_t at)
{
    char path[PATH_MAX];
    if (record_fd >= 0 && n > 0 && is_ours(path_of_fd(fd, path)))
        record(bytes, (size_t)n, "write %lu %ld %ld\n", inode_of(fd), (long)at, (long)n);
}

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
    return strike(MEMFD, root, NULL, NULL) == FAIL ? -1
                                                   : (int)syscall(SYS_memfd_create, name, flags);
}

OURS int socketpair(int domain, int type, int protocol, int fds[2])
{
    return strike(SPAWNED, root, NULL, NULL) == FAIL
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
    char path[PATH_MAX];
    if (is_on && is_counted[MMAP] &&
        strike(MMAP, fd < 0 ? root : path_of_fd(fd, path), NULL, NULL) == FAIL)
        return MAP_FAILED;
    return (void *)syscall(
        SYS_mmap, where, n, protection, flags, fd, at); // NOLINT: the kernel's address
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
    return strike(THREAD, root, NULL, NULL) == FAIL ? errno : real(thread, attributes, run, arg);
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
    off_t at = p->at >= 0 || record_fd < 0 ? p->at : lseek(p->fd, 0, SEEK_CUR);
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
    if (record_fd < 0)
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
    if (status == 0 && record_fd >= 0 && is_ours(path_at(folder, name, path)))
        record(NULL, 0, "%s %s", names[call], path);
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
    if (status == 0 && record_fd >= 0 && is_ours(path) &&
        syscall(SYS_newfstatat, AT_FDCWD, path, &st, 0) == 0)
        record(NULL, 0, "mkdir %lu %s", (unsigned long)st.st_ino, path);
    return (int)status;
}

/* ---- memory: operator new comes to malloc ---- */

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t n);
extern void *__libc_memalign(size_t alignment, size_t n);

static bool is_refused(void)
{
    return is_on && is_counted[ALLOC] && strike(ALLOC, "", NULL, NULL) == FAIL;
}

OURS void *malloc(size_t n)
{
    return is_refused() ? NULL : __libc_malloc(n);
}

OURS void *calloc(size_t n, size_t size)
{
    return is_refused() ? NULL : __libc_calloc(n, size);
}

OURS void *realloc(void *old, size_t n)
{
    return is_refused() ? NULL : __libc_realloc(old, n);
}

OURS void *aligned_alloc(size_t alignment, size_t n)
{
    return is_refused() ? NULL : __libc_memalign(alignment, n);
}

OURS int posix_memalign(void **out, size_t alignment, size_t n)
{
    *out = is_refused() ? NULL : __libc_memalign(alignment, n);
    return *out ? 0 : ENOMEM;
}
