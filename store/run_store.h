// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs of postings (postings.h) kept until the end, and read back record by record.
 *
 * Runs are added in the order of their docids; those that do not fit the memory go into one
 * temporary file that has no name. The term space can be cut into ranges of about equal size, which
 * threads then merge independently. A range is two *prefixes*: the first 8 bytes of a term as a
 * big-endian number, short terms padded with 0. */
#ifndef DUAN_STORE_RUN_STORE_H
#define DUAN_STORE_RUN_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/buf.h"
#include "common/error.h"

/* A run, and at which offsets its records can be entered. */
struct run {
    struct buf bytes; /* empty once it was spilled */
    struct run_mark *marks;
    size_t n_marks, file_at;
    /* While it is made: where the next mark may be; and the last record's prefix. */
    size_t mark_due;
    uint64_t last_prefix;
    size_t size, n_records; /* all its bytes, and those of the records */
    bool is_spilled;
};

static inline uint64_t run_prefix(const char *term, size_t n)
{
    uint64_t prefix = 0;
    /* A bigram of Han, nearly all of them; in two parts, since memcpy of a length not known is a call. */
    if (n == 6)
        memcpy(&prefix, term, 4), memcpy((char *)&prefix + 4, term + 4, 2);
    else
        memcpy(&prefix, term, n < sizeof prefix ? n : sizeof prefix);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    prefix = __builtin_bswap64(prefix);
#endif
    return prefix;
}

/* An empty run, whose bytes may be appended to. */
void run_init(struct run *r);
/* Told of the prefix of each record before it is appended; false when memory is out. */
bool run_enter(struct run *r, uint64_t prefix);
void run_release(struct run *r);

struct run_store;

/* The temporary file is made in dir when it is needed. keep_bytes of runs stay in memory. */
enum status run_store_open(
    const char *dir, size_t keep_bytes, struct run_store **out, struct error *err);
void run_store_close(struct run_store *s);
/* Takes the run over, also when it fails; *r is empty then. */
enum status run_store_add(struct run_store *s, struct run *r, struct error *err);
size_t run_store_count(const struct run_store *s);
/* Of all runs, kept or spilled. */
size_t run_store_bytes(const struct run_store *s);

/* At most n_most - 1 prefixes that cut the terms into ranges of about equal size, rising; returns
 * how many. */
enum status run_store_split(const struct run_store *s, size_t n_most, uint64_t *bounds,
    size_t *n_bounds, struct error *err);

/* What stands behind the records of a run: borrowed from it, or read into *scratch (cleared first). */
enum status run_store_tfs(const struct run_store *s, size_t run, struct buf *scratch,
    struct bytes *out, struct error *err);

/* Reads one run, record by record, from any thread. */
struct run_cursor {
    const struct run_store *store;
    const struct run *run;
    char *window; /* what of a spilled run is in memory */
    size_t window_at, window_len, window_max;
    size_t next; /* offset of the next record */
    uint64_t prefix;
    const char *term, *body; /* of the current record; until the next call */
    size_t term_len, body_len;
};
/* window_bytes: what to read at once; a longer record makes the window grow. */
void run_cursor_init(
    struct run_cursor *c, const struct run_store *s, size_t run, size_t window_bytes);
void run_cursor_release(struct run_cursor *c);
/* Goes to the next record; *has_one is false at the end. */
enum status run_cursor_next(struct run_cursor *c, bool *has_one, struct error *err);
/* Instead of the first next: goes to the first record with prefix >= low. */
enum status run_cursor_seek(struct run_cursor *c, uint64_t low, bool *has_one, struct error *err);

#endif
