// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls of the program under test that fail on purpose, inside a test program: its objects are linked with --wrap for each
 * call below (Makefile), so that their calls, not those of the libraries, come here first. What tests/torture does to whole
 * processes from outside, libraries included; here the sanitizers and gcov see it. */
#ifndef DUAN_TESTS_FAILURES_H
#define DUAN_TESTS_FAILURES_H

#include <stdbool.h>

enum failing {
    FAILING_MEMORY, /* malloc, calloc, realloc, strdup, strndup */
    FAILING_OPEN,   /* open, openat, fopen, fdopen, opendir, fdopendir, memfd_create, realpath */
    FAILING_READ,   /* read, pread, fread, readdir, mmap */
    FAILING_STAT,   /* stat, fstat, lstat, fstatat */
    FAILING_WRITE,  /* write, pwrite, writev, fwrite but to stdout and stderr, ftruncate */
    FAILING_SYNC,   /* fsync, fdatasync */
    FAILING_NAME,   /* rename, unlink, unlinkat, mkdir, rmdir */
    FAILING_THREAD, /* pthread_create, pthread_mutex_init, pthread_cond_init, flock */
    N_FAILING
};

extern const char *const failing_names[N_FAILING];

/* From now on calls of that kind are counted; the nth (from 1; 0: none) fails with errno `cause`, and all behind it where
 * is_lasting. */
void failures_begin(enum failing kind, long nth, bool is_lasting, int cause);
/* No more; how many there were. */
long failures_end(void);

#endif
