// SPDX-License-Identifier: GPL-2.0-or-later
/* A progress bar on stderr: bytes done of all, rate, time left, what is at work. Only where stderr
 * is a terminal; elsewhere every call does nothing. Drawn at most ten times a second. Anything else
 * written to stderr must be preceded by progress_clear. */
#ifndef DUAN_COMMON_PROGRESS_H
#define DUAN_COMMON_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    bool is_on, is_drawn;
    uint64_t done, total; /* bytes; total 0: not known */
    int64_t started_ns, drawn_ns;
    int64_t (*now_ns)(void); /* CLOCK_MONOTONIC; a test sets another behind progress_init */
};

/* quiet: never draw. */
void progress_init(struct progress *p, uint64_t total, bool quiet);
/* `n` bytes more are done; name (a path, UTF-8 or not) is shown, shortened from the left. */
void progress_add(struct progress *p, uint64_t n, const char *name, size_t name_len);
/* Takes the bar off the screen; the next progress_add draws it again. */
void progress_clear(struct progress *p);

/* Seconds since progress_init. */
double progress_seconds(const struct progress *p);

#endif
