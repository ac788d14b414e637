// SPDX-License-Identifier: GPL-2.0-or-later
/* A search under way; shared by search.c (what is asked for and found), best.c (in which order, as far down as it goes),
 * second_look.c (what is best) and page.c (what is shown of it). */
#ifndef DUAN_SEARCH_SEARCH_PARTS_H
#define DUAN_SEARCH_SEARCH_PARTS_H

#include "search/condition.h"
#include "search/plan.h"
#include "search/search.h"

enum {
    RANKED_CANDIDATES =
        50, /* are looked at a second time (100: the same nDCG@10 on two sets, 60 % more time) */
    RANKED_DEEP = 400, /* of each kind, for a page that ends further down: for the recall */
};

struct search {
    struct index *ix;
    const struct query *query;
    const struct search_options *options;
    struct plan plan;
    struct folded_passage folded;
    struct judge judge;
    bool is_one_a_report;  /* what is retrieved: the best passage of each report */
    uint8_t *seen_reports; /* a bit each: those that had theirs. NULL where hits are not grouped */
    struct error *err;
};

/* Reads a passage, and folds it into s->folded. */
enum status search_fold_passage(
    struct search *s, uint32_t segment, uint32_t docid, struct stored_passage *out);

/* Do the texts say which of the passages that match are hits, and not their terms alone? */
static inline bool search_is_decided_by_text(const struct search *s)
{
    return s->plan.needs_text || s->plan.needs_evidence;
}

/* The best `wanted` passages of the node by its score, verified where the terms do not decide. */
enum status search_retrieve(
    struct search *s, const struct xnode *node, size_t wanted, struct xhits *out);

/* Ranks hits of the node from their text: the first RANKED_CANDIDATES, together with those that titles of reports and
 * headings bring, among themselves, and the others behind them. */
enum status search_look_again(struct search *s, const struct xnode *node, struct xhits *hits);
/* Makes hits from `from` on stay behind those before: their scores go on where the others end. */
void search_put_behind(struct xhits *hits, size_t from);

/* The best hits of a query of words, as many as there are of page_end, in an order that does not depend on page_end; of each report
 * one where they are grouped. */
enum status search_best(struct search *s, size_t page_end, struct xhits *out);
/* Notes that a report has a hit; false when it had one. The notes take so many bytes. */
bool search_is_first_of_report(struct search *s, uint32_t report);
size_t search_seen_bytes(const struct search *s);

/* The first `wanted` hits or more, in the order that the options ask for. */
enum status search_hits(struct search *s, size_t wanted, struct xhits *out);

/* Hits whose text is that of hit number `of`, from 0; by `of`, and those of one hit as the list has them. */
struct twins {
    struct twin {
        size_t of;
        uint32_t segment, docid;
    } * at; /* n, the caller's to free */
    size_t n;
};

/* As search_hits, the first page_end texts: what repeats one is among the twins. */
enum status search_distinct(
    struct search *s, size_t page_end, struct xhits *out, struct twins *twins);

/* The hits of the page that the options ask for, with what is shown of each. */
enum status search_make_page(struct search *s, const struct search_options *options,
    const struct xhits *hits, const struct twins *twins, struct search_results *out);

#endif
