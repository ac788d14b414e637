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

bool search_is_first_of_report(struct search *s, uint32_t report)
{
    uint8_t bit = (uint8_t)(1u << report % 8);
    bool is_first = !(s->seen_reports[report / 8] & bit);
    s->seen_reports[report / 8] |= bit;
    return is_first;
}

/* A hit that holds but the bigrams of a number's phrase here and there (四十 … 十五 for 45) is none: the text must show
 * it, or a term. */
static enum status judge_hit(struct search *s, const struct xhit *hit, bool *meets)
{
    struct stored_passage p;
    *meets = true;
    enum status status = search_fold_passage(s, hit->segment, hit->docid, &p);
    if (status == STATUS_OK && s->plan.needs_text)
        status = judge_passage(&s->judge, hit->segment, hit->docid, &s->folded, meets);
    if (status != STATUS_OK || !*meets)
        return status;
    if (s->plan.needs_evidence)
        *meets = highlight_is_due(&s->plan, &s->folded, p.passage.text, p.passage.text_len);
    if (*meets && s->is_one_a_report)
        *meets = search_is_first_of_report(s, p.report);
    return STATUS_OK;
}

/* How the index is to order what matches, and whether it is to keep one passage a report: it can
 * where terms decide. */
static struct xsearch order_of(const struct search *s)
{
    static const enum xorder orders[] = {[SORT_RELEVANCE] = XORDER_SCORE,
        [SORT_DATE] = XORDER_EARLIEST,
        [SORT_DATE_LATEST] = XORDER_LATEST};
    return (struct xsearch){.order = orders[s->options->sort],
        .is_one_a_report = s->is_one_a_report && !search_is_decided_by_text(s)};
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
    return search_is_decided_by_text(s) ? retrieve_judged(s, node, wanted, out)
                                        : index_search(s->ix, node, &how, out, s->err);
}

size_t search_seen_bytes(const struct search *s)
{
    return index_manifest(s->ix)->next_report / 8 + 1;
}

/* Nothing but exact clauses is not ranked again: their texts hold the same, and each look costs a block of text. */
enum status search_hits(struct search *s, size_t wanted, struct xhits *out)
{
    const bool is_ranked = s->options->sort == SORT_RELEVANCE && s->plan.n_terms > 0;
    s->is_one_a_report = s->options->is_grouped && !is_ranked;
    if (s->seen_reports)
        memset(s->seen_reports, 0, search_seen_bytes(s));
    return is_ranked ? search_best(s, wanted, out)
                     : search_retrieve(s, s->plan.narrow, wanted, out);
}

static enum status search_with_plan(
    struct search *s, const struct search_options *options, struct search_results *out)
{
    struct xhits hits;
    struct twins twins = {0};
    const size_t page_end = options->offset + options->limit;
    enum status status = options->is_distinct ? search_distinct(s, page_end, &hits, &twins)
                                              : search_hits(s, page_end, &hits);
    if (status != STATUS_OK)
        return status;
    status = search_make_page(s, options, &hits, &twins, out);
    free(twins.at);
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
    if (options->is_grouped && !(s.seen_reports = calloc(1, search_seen_bytes(&s))))
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
    const bool is_listed = s->is_one_a_report && !s->plan.needs_text;
    struct xsearch how = {.is_boolean = !is_listed,
        .order = XORDER_EARLIEST,
        .is_one_a_report = is_listed,
        .check_at_least = all};
    how.limit = s->plan.needs_text || is_listed ? all : 0;
    enum status status = index_search(s->ix, s->plan.narrow, &how, &hits, s->err);
    if (status != STATUS_OK)
        return status;
    *count = 0;
    if (s->plan.needs_text)
        status = count_verified(s, &hits, count);
    else
        *count = is_listed ? hits.n : hits.n_estimated;
    xhits_release(&hits);
    return status;
}

static enum status count(
    struct index *ix, const struct query *q, bool is_grouped, uint64_t *out, struct error *err)
{
    struct search s = {.ix = ix, .query = q, .is_one_a_report = is_grouped, .err = err};
    enum status status = plan_make_count(ix, q, &s.plan, err);
    if (status != STATUS_OK)
        return status;
    folded_passage_init(&s.folded);
    judge_init(&s.judge, ix, q, true, err);
    if (is_grouped && !(s.seen_reports = calloc(1, search_seen_bytes(&s))))
        status = error_no_memory(err);
    if (status == STATUS_OK)
        status = count_with_plan(&s, out);
    release(&s);
    return status;
}

enum status search_count(struct index *ix, const struct query *q, uint64_t *out, struct error *err)
{
    return count(ix, q, false, out, err);
}

enum status search_count_reports(
    struct index *ix, const struct query *q, uint64_t *out, struct error *err)
{
    return count(ix, q, true, out, err);
}
