// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/search_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    VERIFIED_SPARE = 32,  /* beyond those wanted: some will not hold what the terms promise */
    VERIFIED_BATCH = 256, /* candidates fetched at a time while the text has to decide */
};

enum status search_fold_passage(
    struct search *s, uint32_t segment, uint32_t docid, struct stored_passage *out)
{
    enum status status = index_passage(s->ix, segment, docid, out, s->err);
    if (status == STATUS_OK &&
        !folded_passage_set(&s->folded, out->passage.text, out->passage.text_len))
        return error_no_memory(s->err);
    return status;
}

/* ---- retrieving ---- */

/* Notes that a report has a hit; false when it had one. */
static bool is_first_of_report(struct search *s, uint32_t report)
{
    if (!s->seen_reports)
        return true;
    uint8_t bit = (uint8_t)(1u << report % 8);
    bool is_first = !(s->seen_reports[report / 8] & bit);
    s->seen_reports[report / 8] |= bit;
    return is_first;
}

static enum status judge_hit(struct search *s, const struct xhit *hit, bool *meets)
{
    struct stored_passage p;
    enum status status = search_fold_passage(s, hit->segment, hit->docid, &p);
    if (status == STATUS_OK)
        status = judge_passage(&s->judge, hit->segment, hit->docid, &s->folded, meets);
    *meets = status == STATUS_OK && *meets && is_first_of_report(s, p.report);
    return status;
}

/* How the index is to order what matches, and whether it is to keep one passage a report: it can
 * where terms decide. */
static struct xsearch order_of(const struct search *s)
{
    static const enum xorder orders[] = {[SORT_RELEVANCE] = XORDER_SCORE,
        [SORT_DATE] = XORDER_EARLIEST,
        [SORT_DATE_LATEST] = XORDER_LATEST};
    return (struct xsearch){.order = orders[s->options->sort],
        .is_one_a_report = s->options->is_grouped && !s->plan.needs_text};
}

/* Keeps of hits[0..n) those that meet the conditions, at most `wanted`. */
static enum status keep_verified(
    struct search *s, struct xhit *hits, size_t n, struct xhits *kept, size_t wanted)
{
    for (size_t i = 0; i < n && kept->n < wanted; i++) {
        bool meets;
        enum status status = judge_hit(s, &hits[i], &meets);
        if (status != STATUS_OK)
            return status;
        if (meets)
            kept->hits[kept->n++] = hits[i];
    }
    return STATUS_OK;
}

/* Drops those of the best hits that only hold the bigrams of a number's phrase here and there
 * (四十 … 十五 for 45). */
static enum status drop_unshown(struct search *s, struct xhits *hits)
{
    size_t n = hits->n < RANKED_CANDIDATES ? hits->n : RANKED_CANDIDATES, n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct stored_passage p;
        enum status status = search_fold_passage(s, hits->hits[i].segment, hits->hits[i].docid, &p);
        if (status != STATUS_OK)
            return status;
        if (highlight_is_due(&s->plan, &s->folded, p.passage.text, p.passage.text_len))
            hits->hits[n_kept++] = hits->hits[i];
    }
    if (hits->n > n)
        memmove(hits->hits + n_kept, hits->hits + n, (hits->n - n) * sizeof *hits->hits);
    hits->n -= n - n_kept;
    return STATUS_OK;
}

/* The best `wanted` of the passages that match the node which meet the conditions. */
static enum status retrieve_judged(
    struct search *s, const struct xnode *node, size_t wanted, struct xhits *out)
{
    struct xsearch how = order_of(s);
    *out = (struct xhits){.hits = malloc((wanted ? wanted : 1) * sizeof *out->hits)};
    enum status status = out->hits ? STATUS_OK : error_no_memory(s->err);
    size_t batch = wanted < VERIFIED_BATCH ? wanted + VERIFIED_SPARE : VERIFIED_BATCH;
    for (; status == STATUS_OK && out->n < wanted; batch *= 4) {
        struct xhits candidates;
        how.limit = batch;
        status = index_search(s->ix, node, &how, &candidates, s->err);
        if (status != STATUS_OK)
            break;
        status = keep_verified(s, candidates.hits, candidates.n, out, wanted);
        how.offset += candidates.n;
        size_t got = candidates.n;
        xhits_release(&candidates);
        if (got < batch)
            break;
    }
    if (status != STATUS_OK)
        xhits_release(out);
    return status;
}

enum status search_retrieve(
    struct search *s, const struct xnode *node, size_t wanted, struct xhits *out)
{
    struct xsearch how = order_of(s);
    how.limit = wanted;
    enum status status = s->plan.needs_text ? retrieve_judged(s, node, wanted, out)
                                            : index_search(s->ix, node, &how, out, s->err);
    if (status != STATUS_OK || !s->plan.needs_evidence)
        return status;
    status = drop_unshown(s, out);
    if (status != STATUS_OK)
        xhits_release(out);
    return status;
}

/* How many candidates a second look is worth. None where nothing but exact clauses was asked: their texts hold the
 * same, and each look costs a block of text. */
static size_t n_ranked_for(const struct plan *plan, size_t page_end)
{
    if (plan->n_terms == 0)
        return 0;
    return page_end <= RANKED_CANDIDATES ? RANKED_CANDIDATES : RANKED_DEEP;
}

static size_t seen_bytes(const struct index *ix)
{
    return index_manifest(ix)->next_report / 8 + 1;
}

static enum status search_with_plan(
    struct search *s, const struct search_options *options, struct search_results *out)
{
    struct xhits hits;
    size_t page_end = options->offset + options->limit;
    bool is_ranked = options->sort == SORT_RELEVANCE;
    size_t n_ranked = is_ranked ? n_ranked_for(&s->plan, page_end) : 0;
    size_t wanted = page_end > n_ranked ? page_end : n_ranked;
    const struct xnode *const nodes[] = {s->plan.narrow, s->plan.wide, s->plan.loose};
    const struct xnode *node = nodes[0];
    enum status status = search_retrieve(s, node, wanted, &hits);
    for (size_t i = 1; i < sizeof nodes / sizeof *nodes && nodes[i]; i++) {
        if (status != STATUS_OK || !is_ranked || hits.n >= page_end || s->plan.n_terms == 0)
            break;
        xhits_release(&hits);
        if (s->seen_reports)
            memset(s->seen_reports, 0, seen_bytes(s->ix));
        node = nodes[i];
        status = search_retrieve(s, node, wanted, &hits);
    }
    if (status != STATUS_OK)
        return status;
    if (n_ranked)
        status = search_look_again(s, node, &hits, n_ranked);
    if (status == STATUS_OK)
        status = search_make_page(s, options, &hits, out);
    xhits_release(&hits);
    return status;
}

static void release(struct search *s)
{
    folded_passage_release(&s->folded);
    judge_release(&s->judge);
    plan_release(&s->plan);
    free(s->seen_reports);
}

enum status search_run(struct index *ix, const struct query *q,
    const struct search_options *options, struct search_results *out, struct error *err)
{
    struct search s = {.ix = ix, .query = q, .options = options, .err = err};
    bool is_ranked = options->sort == SORT_RELEVANCE;
    *out = (struct search_results){0};
    enum status status =
        is_ranked ? plan_make(ix, q, &s.plan, err) : plan_make_count(ix, q, &s.plan, err);
    if (status != STATUS_OK)
        return status;
    folded_passage_init(&s.folded);
    judge_init(&s.judge, ix, q, !is_ranked, err);
    if (options->is_grouped && s.plan.needs_text && !(s.seen_reports = calloc(1, seen_bytes(ix))))
        status = error_no_memory(err);
    if (status == STATUS_OK)
        status = search_with_plan(&s, options, out);
    release(&s);
    return status;
}

void search_results_release(struct search_results *r)
{
    arena_release(&r->arena);
    *r = (struct search_results){0};
}

/* ---- counting ---- */

static enum status count_verified(struct search *s, const struct xhits *candidates, uint64_t *count)
{
    for (size_t i = 0; i < candidates->n; i++) {
        bool meets;
        enum status status = judge_hit(s, &candidates->hits[i], &meets);
        if (status != STATUS_OK)
            return status;
        *count += meets;
    }
    return STATUS_OK;
}

static enum status count_with_plan(struct search *s, uint64_t *count)
{
    struct xhits hits;
    size_t all = (size_t)s->plan.n_passages;
    struct xsearch how = {.is_boolean = true, .check_at_least = all};
    how.limit = s->plan.needs_text ? all : 0;
    enum status status = index_search(s->ix, s->plan.narrow, &how, &hits, s->err);
    if (status != STATUS_OK)
        return status;
    *count = 0;
    if (s->plan.needs_text)
        status = count_verified(s, &hits, count);
    else
        *count = hits.n_estimated;
    xhits_release(&hits);
    return status;
}

enum status search_count(
    struct index *ix, const struct query *q, uint64_t *count, struct error *err)
{
    struct search s = {.ix = ix, .query = q, .err = err};
    enum status status = plan_make_count(ix, q, &s.plan, err);
    if (status != STATUS_OK)
        return status;
    folded_passage_init(&s.folded);
    judge_init(&s.judge, ix, q, true, err);
    status = count_with_plan(&s, count);
    release(&s);
    return status;
}
