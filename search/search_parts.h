// SPDX-License-Identifier: GPL-2.0-or-later
/* A search under way; shared by search.c (what is asked for and found), second_look.c (what is best) and
 * page.c (what is shown of it). */
#ifndef DUAN_SEARCH_SEARCH_PARTS_H
#define DUAN_SEARCH_SEARCH_PARTS_H

#include "search/condition.h"
#include "search/plan.h"
#include "search/search.h"

enum {
    RANKED_CANDIDATES =
        50, /* are looked at a second time (100: the same nDCG@10 on two sets, 60 % more time) */
    RANKED_DEEP = 400, /* for a page that ends further down: for the recall */
};

struct search {
    struct index *ix;
    const struct query *query;
    const struct search_options *options;
    struct plan plan;
    struct folded_passage folded;
    struct judge judge;
    uint8_t *seen_reports; /* a bit each, where hits are grouped and the text decides */
    struct error *err;
};

/* Reads a passage, and folds it into s->folded. */
enum status search_fold_passage(
    struct search *s, uint32_t segment, uint32_t docid, struct stored_passage *out);

/* The best `wanted` passages of the node by its score, verified where the terms do not decide. */
enum status search_retrieve(
    struct search *s, const struct xnode *node, size_t wanted, struct xhits *out);

/* Ranks the best n_ranked hits of the node from their text, together with those that titles of reports
 * bring; the others stay behind them. */
enum status search_look_again(
    struct search *s, const struct xnode *node, struct xhits *hits, size_t n_ranked);

/* The hits that the options ask for, with what is shown of each. */
enum status search_make_page(struct search *s, const struct search_options *options,
    const struct xhits *hits, struct search_results *out);

#endif
