// SPDX-License-Identifier: GPL-2.0-or-later
/* Hits in another order than that of their scores: by the date of their reports, or the best passage
 * of each report only.
 *
 * All passages that match go through it, in the order of segments and docids. A report's passages
 * stand together, so the best of them is known when the next report begins. */
#ifndef DUAN_STORE_ARRANGER_H
#define DUAN_STORE_ARRANGER_H

#include "common/error.h"
#include "store/top_hits.h"
#include "store/xapian_c.h"

/* A report of a segment, and where its passages stand. */
struct report_span {
    uint32_t first_docid, n_passages;
    uint32_t report, source; /* numbers */
    uint32_t date;           /* schema_date */
};
struct report_spans {
    const struct report_span *at; /* rising; every docid lies in one */
    size_t n;
};

struct arranger {
    const struct xsearch *how;
    struct top_hits top;
    size_t at; /* the span of the last hit, within its segment */
    uint32_t segment;
    bool has_pending;
    struct top_hit pending; /* the best of its report so far */
};

/* Does a search ask for what an arranger does? */
bool arranger_is_needed(const struct xsearch *how);

/* how is borrowed. */
void arranger_init(struct arranger *a, const struct xsearch *how);
void arranger_release(struct arranger *a);

/* False when memory is out. */
bool arranger_add(struct arranger *a, uint32_t segment, uint32_t docid, int64_t score);

/* Those from how->offset on, at most how->limit, a score divided by `unit`, to *out, whose counts
 * are left alone. */
enum status arranger_finish(struct arranger *a, double unit, struct xhits *out, struct error *err);

#endif
