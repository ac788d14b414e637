// SPDX-License-Identifier: GPL-2.0-or-later
/* What the commands that write an index share: how many threads, how to stop, what a merge did. */
#ifndef DUAN_INDEXER_WRITE_COMMAND_H
#define DUAN_INDEXER_WRITE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "store/merge.h"

enum { WRITE_THREADS_MAX = 256 };

/* As many as there are processors, at most WRITE_THREADS_MAX. */
uint64_t write_command_threads(void);

/* From now on the first Ctrl-C asks for an orderly end; the second one ends the process. */
void write_command_catch_signals(void);
/* Was one asked for? arg is not used. */
bool write_command_is_stopped(void *arg);

/* Says on stderr what a merge did. */
void write_command_put_merge(const struct merge_counts *counts, double seconds);

#endif
