// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/evaluate.h"

#include <stdlib.h>

#include "store/arranger.h"
#include "store/evaluate_all.h"
#include "store/evaluate_parts.h"
#include "store/evaluate_window.h"

enum { LOOK_UP_COST = 4 }; /* in postings gone through */

struct search {
    struct evaluation e;
    struct parts parts;
    const struct xsearch *how;
    struct node **essential; /* n_essential: any of them must match */
    size_t n_essential;
    struct node **probes; /* n_probes: only add; highest score first */
    score_t *rest;        /* what the probes from i on may add */
    size_t n_probes;
    size_t n_passive; /* of the core's children, those that are probes */
    bool is_counting;
    size_t n_found;
    bool is_arranged; /* then hits go through the arranger, and top is empty */
    struct arranger arranger;
    struct top_hits top;
    score_t threshold;   /* of top */
    uint32_t limit;      /* of a lone prefix: hopeless_wdf */
    struct xhits *plain; /* a boolean search's hits, in order */
    size_t n_plain_max;
    struct window *window;
    uint16_t *candidates;    /* of the window: offsets, and room for one */
    struct matches *matches; /* of an AND of terms; NULL until there is one */
    struct error *err;
};

/* ---- what must be gone through ---- */

static enum status prepare(struct search *s, struct node *query)
{
    size_t n = node_count(query);
    struct node **all = arena_alloc(&s->e.arena, 2 * n * sizeof *all);
    s->rest = arena_alloc(&s->e.arena, (n + 1) * sizeof *s->rest);
    s->window = arena_alloc(&s->e.arena, sizeof *s->window);
    s->candidates = arena_alloc(&s->e.arena, (WINDOW + 1) * sizeof *s->candidates);
    if (!all || !s->rest || !s->window || !s->candidates ||
        !parts_take(&s->parts, query, &s->e.arena))
        return error_no_memory(s->err);
    s->essential = all;
    s->probes = all + n;
    s->n_passive = SIZE_MAX;
    s->threshold = top_hits_threshold(&s->top);
    return STATUS_OK;
}

static int by_upper(const void *a, const void *b)
{
    const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
    return (x->score_upper < y->score_upper) - (x->score_upper > y->score_upper);
}

/* How many of the core's children, from the last on, cannot lift a passage over the threshold
 * together with all that only adds. They are in order, highest score first. */
static size_t count_passive(const struct search *s, score_t threshold)
{
    const struct node *core = s->parts.core;
    score_t sum = 0;
    size_t n = 0;
    if (core->kind != NODE_OR || s->is_counting || threshold < 0)
        return 0;
    for (size_t i = 0; i < s->parts.n_optional; i++)
        sum += s->parts.optional[i]->score_upper;
    for (; n + 1 < core->n_children; n++) {
        sum += core->children[core->n_children - 1 - n]->score_upper;
        if (sum > threshold)
            break;
    }
    return n;
}

/* Divides the nodes anew where the threshold has risen far enough. */
static void divide(struct search *s)
{
    struct node *core = s->parts.core;
    if (core->kind == NODE_OR && s->n_passive == SIZE_MAX)
        qsort(core->children, core->n_children, sizeof *core->children, by_upper);
    size_t n_passive = count_passive(s, s->threshold);
    if (n_passive == s->n_passive)
        return;
    s->n_passive = n_passive;
    s->n_essential = s->n_probes = 0;
    if (core->kind != NODE_OR)
        s->essential[s->n_essential++] = core;
    for (size_t i = 0; core->kind == NODE_OR && i < core->n_children; i++) {
        if (i < core->n_children - n_passive)
            s->essential[s->n_essential++] = core->children[i];
        else
            s->probes[s->n_probes++] = core->children[i];
    }
    for (size_t i = 0; i < s->parts.n_optional; i++)
        s->probes[s->n_probes++] = s->parts.optional[i];
    qsort(s->probes, s->n_probes, sizeof *s->probes, by_upper);
    s->rest[s->n_probes] = 0;
    for (size_t i = s->n_probes; i-- > 0;)
        s->rest[i] = s->rest[i + 1] + s->probes[i]->score_upper;
}

/* Where any of the essential nodes may match. */
static uint32_t next_essential(struct search *s, uint32_t docid)
{
    uint32_t first = DOCID_END;
    for (size_t i = 0; i < s->n_essential; i++) {
        uint32_t next = node_next(&s->e, s->essential[i], docid);
        first = next < first ? next : first;
    }
    return first;
}

/* Windows in which nothing is let through are passed over. */
static uint32_t next_passage(struct search *s, uint32_t docid)
{
    for (;;) {
        uint32_t first = next_essential(s, docid);
        if (first == DOCID_END)
            return first;
        docid = parts_next_allowed(&s->parts, &s->e, first);
        if (docid == DOCID_END)
            return docid;
        if (docid / WINDOW == first / WINDOW)
            return first;
    }
}

/* ---- candidates ---- */

static void no_memory(struct search *s)
{
    if (s->e.faults.status == STATUS_OK)
        s->e.faults.status = error_no_memory(s->err);
}

/* A hit of a boolean search: those before the offset are passed over, those past the limit only
 * counted. */
static void take_plain(struct search *s, uint32_t docid)
{
    struct xhits *out = s->plain;
    if (s->n_found++ < s->how->offset || out->n >= s->how->limit)
        return;
    if (out->n == s->n_plain_max) {
        size_t max = s->n_plain_max ? 2 * s->n_plain_max : 64;
        struct xhit *more = realloc(out->hits, max * sizeof *more);
        if (!more) {
            no_memory(s);
            return;
        }
        out->hits = more;
        s->n_plain_max = max;
    }
    out->hits[out->n++] = (struct xhit){.segment = (uint32_t)s->e.segment, .docid = docid};
}

/* A passage that matches, its whole score known. */
static void take(struct search *s, uint32_t docid, score_t score)
{
    if (s->is_arranged && !arranger_add(&s->arranger, (uint32_t)s->e.segment, docid, score))
        no_memory(s);
    if (s->is_arranged || score <= s->threshold)
        return;
    const struct top_hit hit = {.segment = (uint32_t)s->e.segment, .docid = docid, .score = score};
    if (!top_hits_add(&s->top, hit))
        no_memory(s);
    s->threshold = top_hits_threshold(&s->top);
}

/* A passage that the essential nodes match, with their score. */
static void consider(struct search *s, uint32_t docid, score_t score)
{
    if (!parts_allow(&s->parts, &s->e, docid))
        return;
    if (s->plain) {
        take_plain(s, docid);
        return;
    }
    s->n_found++;
    for (size_t i = 0; i < s->n_probes && score + s->rest[i] > s->threshold; i++)
        node_probe(&s->e, s->probes[i], docid, &score);
    take(s, docid, score);
}

/* A passage with such a score cannot be a hit. */
static inline bool is_hopeless(const struct search *s, score_t score)
{
    return score + s->rest[0] <= s->threshold && !s->is_counting;
}

static bool has_enough(const struct search *s)
{
    return s->plain && s->plain->n >= s->how->limit && s->n_found >= s->how->check_at_least &&
           s->n_found >= s->how->offset + s->how->limit;
}

/* Each passage of the window by itself. */
static void count_window(struct search *s)
{
    struct window *w = s->window;
    for (uint32_t word = 0; word < WINDOW_WORDS; word++) {
        for (uint64_t bits = w->bits[word]; bits; bits &= bits - 1) {
            uint32_t i = word * 64 + (uint32_t)__builtin_ctzll(bits);
            if (!has_enough(s) && s->e.faults.status == STATUS_OK)
                consider(s, w->base + i, w->scores[i]);
        }
    }
    window_clear(w);
}

/* Those of the window that the probes could still lift over the threshold. */
static size_t gather(struct search *s)
{
    const struct window *w = s->window;
    const score_t hopeless = s->threshold - s->rest[0];
    size_t n = 0;
    for (uint32_t word = 0; word < WINDOW_WORDS; word++) {
        for (uint64_t bits = w->bits[word]; bits; bits &= bits - 1) {
            uint32_t i = word * 64 + (uint32_t)__builtin_ctzll(bits);
            s->candidates[n] = (uint16_t)i;
            n += w->scores[i] > hopeless;
        }
    }
    return n;
}

static size_t keep_hopeful(struct search *s, size_t n, score_t rest)
{
    const score_t hopeless = s->threshold - rest;
    size_t n_kept = 0;
    for (size_t k = 0; k < n; k++) {
        uint16_t i = s->candidates[k];
        s->candidates[n_kept] = i;
        n_kept += s->window->scores[i] > hopeless;
    }
    return n_kept;
}

/* About how many postings of a term lie in a window; of another node it is not known. */
static uint64_t postings_in_window(const struct search *s, const struct node *n)
{
    bool is_term = n->kind == NODE_TERM;
    return is_term ? n->lists[s->e.segment].df / (s->e.n_docs / WINDOW + 1) : UINT64_MAX;
}

/* Adds what a probe gives to the candidates: going through a list costs less than looking up as
 * long as its postings in the window are not many more than they. */
static void add_probe(struct search *s, struct node *n, size_t n_candidates)
{
    struct window *w = s->window;
    if (n->kind == NODE_TERM && postings_in_window(s, n) < LOOK_UP_COST * n_candidates) {
        node_add_term(&s->e, n, w);
        return;
    }
    if (n->kind == NODE_PREFIX) {
        node_add_prefix(&s->e, n, w, s->candidates, n_candidates);
        return;
    }
    for (size_t k = 0; k < n_candidates; k++) {
        uint32_t i = s->candidates[k];
        node_probe(&s->e, n, w->base + i, &w->scores[i]);
    }
}

/* The window as a whole: probe by probe, while any of its passages has hopes. To see which have
 * costs as much as to go through as many postings, and is left out before a list of fewer. */
static void rank_window(struct search *s)
{
    struct window *w = s->window;
    size_t n = gather(s);
    for (size_t k = 0; k < s->n_probes && n; k++) {
        add_probe(s, s->probes[k], n);
        if (k + 1 == s->n_probes || postings_in_window(s, s->probes[k + 1]) >= n)
            n = keep_hopeful(s, n, s->rest[k + 1]);
    }
    for (size_t k = 0; k < n; k++) {
        uint32_t i = s->candidates[k];
        if (w->scores[i] > s->threshold && parts_allow(&s->parts, &s->e, w->base + i))
            take(s, w->base + i, w->scores[i]);
    }
    window_clear(w);
}

static void work_on_window(struct search *s, uint32_t base)
{
    s->window->base = base;
    for (size_t i = 0; i < s->n_essential; i++)
        node_fill(&s->e, s->essential[i], s->window, 0);
    if (s->is_counting)
        count_window(s);
    else
        rank_window(s);
}

/* What is left of the window's part of a lone term's list. */
static void work_on_term(struct search *s, const struct node *n, uint32_t base)
{
    struct term_list *l = &n->lists[s->e.segment];
    for (uint32_t docid = l->docid; docid < base + WINDOW;) {
        const uint32_t *wdfs = l->wdfs, *docids = l->docids;
        uint32_t i = l->at;
        for (; i < l->n && docids[i] < base + WINDOW; i++) {
            score_t score = node_score(&s->e, n, wdfs[i]);
            if (!is_hopeless(s, score))
                consider(s, docids[i], score);
        }
        l->at = i < l->n ? i : l->n - 1;
        l->docid = docids[l->at];
        docid = i < l->n ? l->docid : term_list_seek(l, l->docid + 1);
    }
}

/* The same of an AND of terms, from docid on up to `end`. Returns where to go on. */
static uint32_t work_on_terms(struct search *s, struct node *n, uint32_t docid, uint32_t end)
{
    if (!s->matches && !(s->matches = arena_alloc(&s->e.arena, sizeof *s->matches))) {
        no_memory(s);
        return end;
    }
    struct matches *m = s->matches;
    score_t hopeless = s->is_counting ? -1 : s->threshold - s->rest[0];
    uint32_t next = all_of_terms(&s->e, n, docid, end, hopeless, m);
    for (size_t i = 0; i < m->n && s->e.faults.status == STATUS_OK && !has_enough(s); i++)
        if (!is_hopeless(s, m->scores[i]))
            consider(s, m->docids[i], m->scores[i]);
    return next;
}

/* What a lone AND matches from docid on up to `end`: passage by passage, since that is mostly little.
 * Returns where to go on: those before were looked at, and nodes are only asked forwards. */
static uint32_t work_on_all(struct search *s, struct node *n, uint32_t docid, uint32_t end)
{
    score_t score;
    for (;; docid++) {
        score_t hopeless = s->is_counting ? -1 : s->threshold - s->rest[0];
        docid = node_next_of_all(&s->e, n, docid, hopeless, &score);
        if (docid >= end || has_enough(s))
            return docid;
        if (!is_hopeless(s, score))
            consider(s, docid, score);
    }
}

/* The highest sum of wdf that is hopeless, with PREFIX_IS_THERE; 0: none is. */
static uint32_t hopeless_wdf(const struct search *s, const struct node *n)
{
    uint32_t low = 0, high = PREFIX_WDF_MAX;
    if (!is_hopeless(s, node_score(&s->e, n, 0)))
        return 0;
    while (low < high) {
        uint32_t middle = (low + high + 1) / 2;
        if (is_hopeless(s, node_score(&s->e, n, middle)))
            low = middle;
        else
            high = middle - 1;
    }
    return low | PREFIX_IS_THERE;
}

/* A lone prefix: whole strides of its row are passed over by their highest sum. */
static void work_on_prefix(struct search *s, const struct node *n, uint32_t base)
{
    const uint16_t *span = prefix_union_span(&n->unions[s->e.segment], base, &s->e.arena);
    if (!span)
        return;
    span += base % PREFIX_SPAN;
    for (uint32_t at = 0; at < WINDOW; at += PREFIX_STRIDE) {
        if (!prefix_is_any_above(span + at, s->limit))
            continue;
        for (uint32_t i = at; i < at + PREFIX_STRIDE; i++) {
            if (span[i] <= s->limit)
                continue;
            score_t before = s->threshold;
            consider(s, base + i, node_score(&s->e, n, span[i] & PREFIX_WDF_MAX));
            if (s->threshold != before)
                s->limit = hopeless_wdf(s, n);
        }
    }
}

/* The best of the segment are among the champions, where as many as are wanted are let through. */
static bool take_champions(struct search *s)
{
    struct champion champions[CHAMPIONS];
    size_t n = s->is_counting ? 0 : parts_champions(&s->parts, &s->e, champions);
    if (n == 0 || n < s->top.k)
        return s->e.faults.status != STATUS_OK;
    for (size_t i = 0; i < n; i++)
        take(s, champions[i].docid, node_score(&s->e, s->parts.core, champions[i].wdf));
    s->n_found += n;
    return true;
}

/* Passages from docid on, up to the end of its window. Returns where to go on. */
static uint32_t work_from(struct search *s, uint32_t docid)
{
    uint32_t base = docid - docid % WINDOW, end = base + WINDOW;
    struct node *only = s->n_essential == 1 ? s->essential[0] : NULL;
    const struct node *lone = s->plain ? NULL : only;
    if (only && only->kind == NODE_AND && only->is_of_terms)
        return work_on_terms(s, only, docid, s->parts.n_filters ? end : DOCID_END);
    if (only && only->kind == NODE_AND)
        return work_on_all(s, only, docid, end);
    if (lone && lone->kind == NODE_TERM) {
        work_on_term(s, lone, base);
    } else if (lone && lone->kind == NODE_PREFIX && !s->is_counting) {
        s->limit = hopeless_wdf(s, lone);
        work_on_prefix(s, lone, base);
    } else {
        work_on_window(s, base);
    }
    return end;
}

static void work_on_segment(struct search *s, size_t segment)
{
    s->e.segment = segment;
    s->e.n_docs = s->e.segments[segment].version.n_docs;
    if (take_champions(s))
        return;
    for (uint32_t docid = 1; docid <= s->e.n_docs;) {
        divide(s);
        if (has_enough(s))
            return;
        docid = next_passage(s, docid);
        if (s->e.faults.status != STATUS_OK || docid > s->e.n_docs)
            return;
        docid = work_from(s, docid);
    }
}

/* ---- the whole ---- */

static enum status run(struct search *s, struct node *query, struct xhits *out)
{
    enum status status = prepare(s, query);
    for (size_t i = 0; status == STATUS_OK && i < s->e.n_segments; i++) {
        work_on_segment(s, i);
        status = s->e.faults.status;
    }
    if (status == STATUS_OK && !s->plain)
        status = s->is_arranged ? arranger_finish(&s->arranger, s->e.unit, out, s->err)
                                : top_hits_finish(&s->top, s->how->offset, s->e.unit, out, s->err);
    out->n_estimated = s->n_found;
    return status;
}

enum status evaluate(struct segment_reader *segments, size_t n_segments, const struct xnode *query,
    const struct xsearch *how, struct xhits *out, struct error *err)
{
    struct search s = {.how = how, .err = err};
    struct xhits hits = {.hits = NULL};
    struct node *root;
    s.is_arranged = !how->is_boolean && arranger_is_needed(how);
    s.is_counting = how->is_boolean || how->check_at_least > 0 || s.is_arranged;
    if (how->is_boolean)
        s.plain = &hits;
    arranger_init(&s.arranger, how);
    top_hits_init(&s.top, how->is_boolean || s.is_arranged ? 0 : top_hits_wanted(how));
    enum status status =
        evaluation_begin(&s.e, segments, n_segments, query, how->k1, how->is_boolean, &root, err);
    if (status == STATUS_OK)
        status = run(&s, root, &hits);
    evaluation_end(&s.e);
    arranger_release(&s.arranger);
    top_hits_release(&s.top);
    if (status == STATUS_OK)
        *out = hits;
    else
        xhits_release(&hits);
    return status;
}
