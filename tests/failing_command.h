// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a command of duan in this process, with a call of it failing (failures.h); whatever else is wrong with it fails the
 * test. For a program that is linked as failures.h says. */
#ifndef DUAN_TESTS_FAILING_COMMAND_H
#define DUAN_TESTS_FAILING_COMMAND_H

#include <limits.h>

#include "tests/failures.h"

enum { FAILING_OUT_BYTES = 1 << 16, FAILING_LINE_BYTES = PATH_MAX * 3 };

struct result {
    int status;
    char out[FAILING_OUT_BYTES], err[FAILING_OUT_BYTES];
};

/* A line of words parted by blanks; the nth call of that kind fails, and all behind it where is_lasting. Returns how many
 * there were. No descriptor may stay open. SIGINT and SIGTERM end the program. */
long run_failing(
    const char *line, enum failing kind, long nth, bool is_lasting, int cause, struct result *out);
/* The same without failures; it must end with 0. */
void run_rightly(const char *line, struct result *out);
long n_descriptors(void);

#endif
