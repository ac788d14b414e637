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
#include "tests/torture/shim.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
const char *const shim_names[N_CALLS] = {"create", "open", "opendir", "readdir", "read", "pread",
    "mmap", "stat", "fread", "close", "flock", "thread", "socketpair", "memfd", "write", "pwrite",
    "writev", "fwrite", "fflush", "fsync", "rename", "unlink", "mkdir", "rmdir", "truncate",
    "alloc"};

bool shim_is_recording;
char shim_root[PATH_MAX];
static bool is_on, is_counted[N_CALLS];
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
        size_t n = strlen(shim_names[c]);
        for (const char *p = list; (p = strstr(p, shim_names[c])); p += n)
            is_counted[c] |= (p == list || p[-1] == ',') && (p[n] == ',' || p[n] == '\0');
    }
}

__attribute__((constructor)) static void set_up(void)
{
    const char *text = getenv("TORTURE_ROOT");
    if (strcmp(program_invocation_short_name, "duan") != 0)
        return;
    if (text)
        root_len = (size_t)snprintf(shim_root, sizeof shim_root, "%s", text);
    choose_calls(getenv("TORTURE_CALLS"));
    if ((text = getenv("TORTURE_NTH")))
        nth = atol(text);
    if ((text = getenv("TORTURE_REPEAT")))
        is_repeated = atol(text);
    if ((text = getenv("TORTURE_ACTION")))
        action = text;
    count_fd = open_log("TORTURE_COUNT");
    record_fd = open_log("TORTURE_RECORD");
    shim_is_recording = record_fd >= 0;
    is_on = true;
}

/* ---- which path is it ---- */

bool is_ours(const char *path)
{
    return root_len == 0 || (strncmp(path, shim_root, root_len) == 0 &&
                                (path[root_len] == '/' || path[root_len] == '\0'));
}

const char *path_of_fd(int fd, char out[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long n = syscall(SYS_readlinkat, AT_FDCWD, link, out, PATH_MAX - 1);
    out[n > 0 ? n : 0] = '\0';
    return out;
}

const char *path_at(int folder, const char *path, char out[PATH_MAX])
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
    int len = snprintf(line, sizeof line, "%ld %s %s\n", n, shim_names[call], path);
    syscall(SYS_write, count_fd, line, (size_t)len);
}

static void die(void)
{
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    for (;;)
        syscall(SYS_pause);
}

/* What shall become of a call; for FAIL errno is set. half is done before the process is killed half-way. */
enum action strike(enum call call, const char *path, void (*half)(void *), void *arg)
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

enum action strike_fd(enum call call, int fd, void (*half)(void *), void *arg)
{
    char path[PATH_MAX];
    return is_on && is_counted[call] ? strike(call, path_of_fd(fd, path), half, arg) : PASS;
}

enum action strike_at(enum call call, int folder, const char *name)
{
    char path[PATH_MAX];
    return is_on && is_counted[call] ? strike(call, path_at(folder, name, path), NULL, NULL) : PASS;
}

/* ---- the record ---- */

void record(const void *bytes, size_t n, const char *format, ...)
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

unsigned long inode_of(int fd)
{
    struct stat st;
    return syscall(SYS_newfstatat, fd, "", &st, AT_EMPTY_PATH) == 0 ? (unsigned long)st.st_ino : 0;
}

void record_open(int fd, int flags)
{
    char path[PATH_MAX];
    if (record_fd >= 0 && fd >= 0 && (flags & O_CREAT) && is_ours(path_of_fd(fd, path)))
        record(NULL, 0, "create %lu %s", inode_of(fd), path);
    if (record_fd >= 0 && fd >= 0 && (flags & O_TRUNC) && is_ours(path_of_fd(fd, path)))
        record(NULL, 0, "truncate %lu 0", inode_of(fd));
}

void record_write(int fd, const void *bytes, ssize_t n, off_t at)
{
    char path[PATH_MAX];
    if (record_fd >= 0 && n > 0 && is_ours(path_of_fd(fd, path)))
        record(bytes, (size_t)n, "write %lu %ld %ld\n", inode_of(fd), (long)at, (long)n);
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
