// SPDX-License-Identifier: GPL-2.0-or-later
/* What shim.c has for the calls of shim_calls.c. */
#ifndef DUAN_TESTS_TORTURE_SHIM_H
#define DUAN_TESTS_TORTURE_SHIM_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

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

extern const char *const shim_names[N_CALLS];

/* Is a record made of what is done to the disk? */
extern bool shim_is_recording;
/* TORTURE_ROOT */
extern char shim_root[PATH_MAX];

enum action { PASS, FAIL, SHORT };

/* What shall become of a call on a path; for FAIL errno is set. half is done before the process is killed half-way. */
enum action strike(enum call call, const char *path, void (*half)(void *), void *arg);
/* The same, where what is touched is an open file, or a name in a folder (AT_FDCWD: a path). */
enum action strike_fd(enum call call, int fd, void (*half)(void *), void *arg);
enum action strike_at(enum call call, int folder, const char *name);

bool is_ours(const char *path);
const char *path_of_fd(int fd, char out[PATH_MAX]);
const char *path_at(int folder, const char *path, char out[PATH_MAX]);

/* Puts down a line, and n bytes behind it. */
void record(const void *bytes, size_t n, const char *format, ...);
void record_open(int fd, int flags);
void record_write(int fd, const void *bytes, ssize_t n, off_t at);
unsigned long inode_of(int fd);

#endif
