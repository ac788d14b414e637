// SPDX-License-Identifier: GPL-2.0-or-later
/* The best k of many hits: a heap with the worst of them in front, to be compared with what comes.
 *
 * Higher keys come first (a date, or 0 for all), then higher scores, then what came in first. */
#ifndef DUAN_STORE_TOP_HITS_H
#define DUAN_STORE_TOP_HITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/xapian_c.h"

struct top_hit {
    uint32_t key, segment, docid;
    int64_t score;
};

struct top_hits {
    struct top_hit *hits;
    size_t n, n_max, k;
};

/* How many a search must keep for its page: those that are passed over, and its own; none where its limit is 0. */
size_t top_hits_wanted(const struct xsearch *how);

/* For qsort and bsearch: struct xhit by segment and docid. */
int xhit_by_place(const void *a, const void *b);

void top_hits_init(struct top_hits *t, size_t k);
void top_hits_release(struct top_hits *t);

/* Must a hit with this key beat a score to get in? -1: none. Scores are not negative. */
int64_t top_hits_threshold(const struct top_hits *t);

/* False when memory is out. Hits come in the order of segments and docids. */
bool top_hits_add(struct top_hits *t, struct top_hit hit);

/* Puts them in order, the best first, and copies those from `offset` on to *out, whose counts are left
 * alone: a score is divided by `unit`. Nothing can be added afterwards. */
enum status top_hits_finish(
    struct top_hits *t, size_t offset, double unit, struct xhits *out, struct error *err);

#endif
