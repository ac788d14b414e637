// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers a query from the tables of the segments, as xdb_search does through Xapian: the same
 * passages, the same scores (up to the last bits), the same order.
 *
 * Segment by segment, in windows of some thousand passages: each term that could bring a passage
 * among the best adds its scores to the window's row; the terms that could not, by their highest
 * scores, are only asked for what the row has brought close enough (MaxScore). With 20 hits of
 * 劳动合同 至于 kept, 至于 alone cannot make a hit, so its postings are not gone through but looked
 * up. Windows in which nothing can match are passed over. */
#ifndef DUAN_STORE_EVALUATE_H
#define DUAN_STORE_EVALUATE_H

#include "store/segment_reader.h"
#include "store/xapian_c.h"

/* *out is set on success only. Errors as xdb_search. */
enum status evaluate(struct segment_reader *segments, size_t n_segments, const struct xnode *query,
    const struct xsearch *how, struct xhits *out, struct error *err);

#endif
