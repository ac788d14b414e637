// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/search.h"

#include <stdlib.h>
#include <string.h>

#include "search/condition.h"
#include "search/plan.h"
#include "search/rank.h"
#include "search/section_evidence.h"
#include "store/schema.h"
#include "store/section.h"
#include "store/top_hits.h"

enum {
    RANKED_CANDIDATES =
        50, /* are looked at a second time (100: the same nDCG@10 on two sets, 60 % more time) */
    RANKED_DEEP = 200,    /* for a page that ends further down: for the recall */
    VERIFIED_SPARE = 32,  /* beyond those wanted: some will not hold what the terms promise */
    VERIFIED_BATCH = 256, /* candidates fetched at a time while the text has to decide */
    RESULTS_BYTES_MAX = 512 << 20,
    SECTION_DEPTH_MAX = 16,
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

static enum status fold_passage(
    struct search *s, uint32_t segment, uint32_t docid, struct stored_passage *out)
{
    enum status status = index_passage(s->ix, segment, docid, out, s->err);
    if (status == STATUS_OK &&
        !folded_passage_set(&s->folded, out->passage.text, out->passage.text_len))
        return error_no_memory(s->err);
    return status;
}

/* ---- retrieving ---- */

static int by_score(const void *a, const void *b)
{
    const struct xhit *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->docid < y->docid ? -1 : x->docid > y->docid;
}

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
    enum status status = fold_passage(s, hit->segment, hit->docid, &p);
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
        enum status status = fold_passage(s, hits->hits[i].segment, hits->hits[i].docid, &p);
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
    *out = (struct xhits){.hits = malloc(wanted * sizeof *out->hits)};
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

/* The best `wanted` passages by Xapian's score, verified where the terms do not decide. */
static enum status retrieve(
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

static enum status rank_hit(struct search *s, const struct ranker *ranker,
    struct section_evidence *sections, struct xhit *hit)
{
    struct stored_passage p;
    uint64_t terms;
    enum status status = index_passage(s->ix, hit->segment, hit->docid, &p, s->err);
    if (status != STATUS_OK)
        return status;
    if (p.is_unranked) {
        hit->score = 0;
        return STATUS_OK;
    }
    const char *text = p.passage.text;
    size_t n = p.passage.text_len;
    status = unstuffer_fold(&sections->unstuffer, &p, &s->folded, &text, &n, s->err);
    if (status != STATUS_OK)
        return status;
    bool is_less = n < p.passage.text_len;
    hit->score = ranker_score(ranker, &s->folded, text, n, is_less ? -1 : hit->score);
    status = section_evidence_terms(sections, &p, &terms, s->err);
    hit->score += ranker_section_score(ranker, terms);
    return status;
}

/* Looks again at hits[from..to) and orders them among themselves. */
static enum status rank_tier(struct search *s, const struct ranker *ranker,
    struct section_evidence *sections, struct xhit *hits, size_t from, size_t to)
{
    enum status status = STATUS_OK;
    qsort(hits + from, to - from, sizeof *hits,
        xhit_by_place); /* so that a text block is decoded once */
    for (size_t i = from; status == STATUS_OK && i < to; i++)
        status = rank_hit(s, ranker, sections, &hits[i]);
    qsort(hits + from, to - from, sizeof *hits, by_score);
    return status;
}

/* Hits from `from` on stay behind those before: their scores go on where the others end. */
static void put_behind(struct xhits *hits, size_t from)
{
    if (from == 0 || from >= hits->n)
        return;
    double last = hits->hits[from - 1].score, first = hits->hits[from].score;
    double scale = last + first > 0 ? last / (last + first) : 1;
    for (size_t i = from; i < hits->n; i++)
        hits->hits[i].score *= scale;
}

/* In two tiers, so that what stands on a page does not depend on how far down the reader goes: the first
 * RANKED_CANDIDATES among themselves, and behind them, for a page that reaches there, the others up to n_ranked. */
static enum status rank(struct search *s, struct xhits *hits, size_t n_ranked)
{
    struct ranker ranker;
    struct section_evidence sections;
    enum status status = STATUS_OK;
    ranker_init(&ranker, &s->plan);
    section_evidence_init(&sections, s->ix, &ranker);
    for (size_t from = 0; status == STATUS_OK && from < hits->n && from < n_ranked;) {
        size_t to = from == 0 ? RANKED_CANDIDATES : n_ranked;
        if (to > hits->n)
            to = hits->n;
        status = rank_tier(s, &ranker, &sections, hits->hits, from, to);
        put_behind(hits, from);
        from = to;
    }
    section_evidence_release(&sections);
    put_behind(hits, n_ranked);
    return status;
}

/* ---- describing ---- */

static enum status copy_report(
    struct search *s, struct search_hit *hit, const struct stored_report *from, struct arena *arena)
{
    hit->report = from->report;
    hit->report.title = arena_copy(arena, from->report.title, from->report.title_len);
    hit->report.id = arena_copy(arena, from->report.id, from->report.id_len);
    hit->report.fields = arena_copy(arena, from->report.fields, from->report.fields_len);
    hit->path = arena_copy(arena, from->source.path, from->source.path_len);
    hit->path_len = from->source.path_len;
    hit->place_unit = from->source.place_unit;
    bool ok = hit->report.title && hit->report.id && hit->report.fields && hit->path;
    return ok ? STATUS_OK : error_no_memory(s->err);
}

/* Follows the headings upwards from passage number `section` of the hit's report. */
static enum status collect_section(
    struct search *s, struct search_hit *hit, uint32_t section, struct arena *arena)
{
    const char *labels[SECTION_DEPTH_MAX];
    size_t n = 0;
    while (section && n < SECTION_DEPTH_MAX) {
        struct stored_passage heading;
        char label[SECTION_LABEL_MAX];
        enum status status = index_passage(
            s->ix, hit->segment, hit->report.first_docid + section - 1, &heading, s->err);
        if (status != STATUS_OK)
            return status;
        size_t len = section_label(heading.passage.text, heading.passage.text_len, label);
        labels[n] = arena_copy(arena, label, len);
        if (!labels[n++])
            return error_no_memory(s->err);
        section = heading.passage.section < section ? heading.passage.section : 0;
    }
    hit->section = arena_alloc(arena, (n + 1) * sizeof *hit->section);
    if (!hit->section)
        return error_no_memory(s->err);
    for (size_t i = 0; i < n; i++)
        hit->section[i] = labels[n - 1 - i];
    hit->n_section = n;
    return STATUS_OK;
}

/* An article that goes on in its line (第一条 为了…) opens a section, but is body text all the
 * same. */
static bool is_heading(const struct passage *p)
{
    struct opener o;
    if (p->level == 0)
        return false;
    return !opener_parse(p->text, p->text_len, &o) || o.level != OPENER_ARTICLE ||
           o.text >= p->text_len;
}

static enum status describe(
    struct search *s, bool is_brief, struct arena *arena, struct search_hit *hit)
{
    struct stored_report report;
    struct stored_passage p;
    enum status status = index_report_of(s->ix, hit->segment, hit->docid, &report, s->err);
    if (status == STATUS_OK)
        status = copy_report(s, hit, &report, arena);
    if (status != STATUS_OK)
        return status;
    hit->passage = hit->docid - hit->report.first_docid + 1;
    if (is_brief)
        return STATUS_OK;
    status = index_passage(s->ix, hit->segment, hit->docid, &p, s->err);
    if (status != STATUS_OK)
        return status;
    hit->line = p.passage.line;
    if (hit->place_unit == PLACE_PAGE && hit->line)
        hit->last_page = hit->line + passage_pages(p.passage.text, p.passage.text_len);
    hit->is_heading = is_heading(&p.passage);
    return collect_section(s, hit, p.passage.section, arena);
}

enum status search_describe(struct index *ix, uint32_t segment, uint32_t docid, bool is_brief,
    struct arena *arena, struct search_hit *out, struct error *err)
{
    struct search s = {.ix = ix, .err = err};
    *out = (struct search_hit){.segment = segment, .docid = docid};
    return describe(&s, is_brief, arena, out);
}

/* Narrows the pages of the passage down to those that its marks stand on. */
static void find_pages(struct search_hit *hit, const char *text, const struct ranges *marks)
{
    if (hit->last_page == hit->line || marks->n == 0)
        return;
    hit->last_page = hit->line + passage_pages(text, marks->at[marks->n - 1].end);
    hit->line += passage_pages(text, marks->at[0].start);
}

static enum status show(struct search *s, bool is_raw, struct arena *arena, struct search_hit *hit)
{
    struct stored_passage p;
    struct ranges marks;
    enum status status = fold_passage(s, hit->segment, hit->docid, &p);
    const char *text = p.passage.text;
    size_t n = p.passage.text_len;
    if (status == STATUS_OK)
        status = highlight_find(s->query, &s->plan, &s->folded, text, n, arena, &marks, s->err);
    if (status == STATUS_OK)
        find_pages(hit, text, &marks);
    if (status == STATUS_OK)
        status = shown_text_make(text, n, &marks, is_raw, arena, &hit->shown, s->err);
    return status;
}

static enum status make_page(struct search *s, const struct search_options *options,
    const struct xhits *hits, struct search_results *out)
{
    arena_init(&out->arena, RESULTS_BYTES_MAX);
    size_t n = hits->n > options->offset ? hits->n - options->offset : 0;
    if (n > options->limit)
        n = options->limit;
    out->hits = arena_alloc(&out->arena, (n + 1) * sizeof *out->hits);
    enum status status = out->hits ? STATUS_OK : error_no_memory(s->err);
    for (size_t i = 0; status == STATUS_OK && i < n; i++) {
        const struct xhit *from = &hits->hits[options->offset + i];
        struct search_hit *hit = &out->hits[i];
        hit->segment = from->segment;
        hit->docid = from->docid;
        hit->score = from->score;
        status = describe(s, options->is_brief, &out->arena, hit);
        if (status == STATUS_OK && !options->is_brief)
            status = show(s, options->is_raw, &out->arena, hit);
    }
    out->n = n;
    if (status != STATUS_OK)
        search_results_release(out);
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
    enum status status = retrieve(s, s->plan.narrow, wanted, &hits);
    if (status == STATUS_OK && is_ranked && hits.n < page_end && s->plan.n_terms) {
        xhits_release(&hits);
        if (s->seen_reports)
            memset(s->seen_reports, 0, seen_bytes(s->ix));
        status = retrieve(s, s->plan.wide, wanted, &hits);
    }
    if (status != STATUS_OK)
        return status;
    if (n_ranked)
        status = rank(s, &hits, n_ranked);
    if (status == STATUS_OK)
        status = make_page(s, options, &hits, out);
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
