// SPDX-License-Identifier: GPL-2.0-or-later
/* The order of the hits of a query of words, from the first to the last.
 *
 * Three tiers: the best candidates; behind them, for who reads on, more candidates of more kinds, ranked as those are; and behind
 * these whatever else matches, by its first score. What a tier holds depends on the index and the query alone, so
 * that each page is a part of one list. */
#include <stdlib.h>
#include <string.h>

#include "search/search_parts.h"
#include "store/top_hits.h"

/* What the first tier is of, and the loosest node, which matches all that the others do. */
struct tiers {
    const struct xnode *base, *loosest;
};

/* Appends what is not among the hits yet; in its order. */
static enum status append_new(struct search *s, struct xhits *hits, const struct xhits *more)
{
    const size_t n = hits->n;
    struct xhit *all = realloc(hits->hits, (n + more->n + 1) * sizeof *all);
    struct xhit *known = malloc((n + 1) * sizeof *known);
    if (all)
        hits->hits = all;
    if (!all || !known) {
        free(known);
        return error_no_memory(s->err);
    }
    memcpy(known, all, n * sizeof *known);
    qsort(known, n, sizeof *known, xhit_by_place);
    for (size_t i = 0; i < more->n; i++)
        if (!bsearch(&more->hits[i], known, n, sizeof *known, xhit_by_place))
            all[hits->n++] = more->hits[i];
    free(known);
    return STATUS_OK;
}

static enum status append_retrieved(
    struct search *s, const struct xnode *node, size_t wanted, struct xhits *hits)
{
    struct xhits more;
    enum status status = search_retrieve(s, node, wanted, &more);
    if (status != STATUS_OK)
        return status;
    status = append_new(s, hits, &more);
    xhits_release(&more);
    return status;
}

/* The hits of the first node that fills the first tier. */
static enum status retrieve_base(
    struct search *s, size_t wanted, struct tiers *t, struct xhits *out)
{
    const struct xnode *const nodes[] = {s->plan.narrow, s->plan.wide, s->plan.loose};
    enum { N_NODES = sizeof nodes / sizeof *nodes };
    enum status status = search_retrieve(s, nodes[0], wanted, out);
    t->base = t->loosest = nodes[0];
    for (size_t i = 1; i < N_NODES && nodes[i]; i++) {
        t->loosest = nodes[i];
        if (status != STATUS_OK || out->n >= RANKED_CANDIDATES || nodes[i] == t->base)
            continue;
        xhits_release(out);
        status = search_retrieve(s, nodes[i], wanted, out);
        t->base = nodes[i];
    }
    return status;
}

/* The first tier, and where is_deep the second. */
static enum status rank_tiers(struct search *s, bool is_deep, struct tiers *t, struct xhits *out)
{
    enum status status = retrieve_base(s, is_deep ? RANKED_DEEP : RANKED_CANDIDATES, t, out);
    if (status != STATUS_OK)
        return status;
    const bool is_short = out->n < RANKED_DEEP || s->plan.is_question;
    if (is_deep && t->base != t->loosest && is_short)
        status = append_retrieved(s, t->loosest, RANKED_DEEP, out);
    if (status == STATUS_OK)
        status = search_look_again(s, t->base, out);
    if (status != STATUS_OK)
        xhits_release(out);
    return status;
}

static enum status append_rest(
    struct search *s, const struct tiers *t, size_t page_end, struct xhits *hits)
{
    const size_t n = hits->n;
    enum status status = append_retrieved(s, t->loosest, page_end, hits);
    search_put_behind(hits, n);
    return status;
}

/* ---- one a report ---- */

static enum status keep_first_of_reports(struct search *s, struct xhits *hits, size_t from)
{
    size_t n = from;
    for (size_t i = from; i < hits->n; i++) {
        struct stored_report report;
        enum status status =
            index_report_of(s->ix, hits->hits[i].segment, hits->hits[i].docid, &report, s->err);
        if (status != STATUS_OK)
            return status;
        if (search_is_first_of_report(s, report.report.number))
            hits->hits[n++] = hits->hits[i];
    }
    hits->n = n;
    return STATUS_OK;
}

/* Of what lies behind the tiers the index itself keeps one passage a report, or the judge does. */
static enum status append_rest_of_reports(
    struct search *s, const struct tiers *t, size_t page_end, struct xhits *hits)
{
    const size_t n = hits->n;
    s->is_one_a_report = true;
    enum status status = append_retrieved(s, t->loosest, page_end + n, hits);
    s->is_one_a_report = false;
    if (status == STATUS_OK && !search_is_decided_by_text(s))
        status = keep_first_of_reports(s, hits, n);
    search_put_behind(hits, n);
    return status;
}

static enum status best_of_reports(struct search *s, size_t page_end, struct xhits *out)
{
    struct tiers t;
    enum status status = STATUS_OK;
    for (int is_deep = page_end > RANKED_CANDIDATES; is_deep < 2; is_deep++) {
        memset(s->seen_reports, 0, search_seen_bytes(s));
        status = rank_tiers(s, is_deep, &t, out);
        if (status != STATUS_OK)
            return status;
        status = keep_first_of_reports(s, out, 0);
        if (status != STATUS_OK || out->n >= page_end || is_deep)
            break;
        xhits_release(out);
    }
    if (status == STATUS_OK && out->n < page_end)
        status = append_rest_of_reports(s, &t, page_end, out);
    if (status != STATUS_OK)
        xhits_release(out);
    return status;
}

enum status search_best(struct search *s, size_t page_end, struct xhits *out)
{
    struct tiers t;
    if (s->options->is_grouped)
        return best_of_reports(s, page_end, out);
    enum status status = rank_tiers(s, page_end > RANKED_CANDIDATES, &t, out);
    if (status == STATUS_OK && page_end > RANKED_CANDIDATES && out->n < page_end) {
        status = append_rest(s, &t, page_end, out);
        if (status != STATUS_OK)
            xhits_release(out);
    }
    return status;
}
