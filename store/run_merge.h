// SPDX-License-Identifier: GPL-2.0-or-later
/* All runs of a store merged by term, in a range of terms. */
#ifndef DUAN_STORE_RUN_MERGE_H
#define DUAN_STORE_RUN_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/run_store.h"

struct run_merge;

/* Terms with low <= prefix, and prefix < high unless high is 0. memory_bytes is for the windows. */
enum status run_merge_open(const struct run_store *s, uint64_t low, uint64_t high,
    size_t memory_bytes, struct run_merge **out, struct error *err);
void run_merge_close(struct run_merge *m);

/* A term, and its bodies, of which each holds higher docids than the one before. */
struct merged_term {
    const char *term;
    size_t term_len;
    struct merged_body {
        const char *bytes;
        size_t n;
    } * bodies;
    size_t n_bodies;
};
/* Fills *out and sets *has_one; what it points to lives until the next call. False at the end. */
enum status run_merge_next(
    struct run_merge *m, struct merged_term *out, bool *has_one, struct error *err);

#endif
