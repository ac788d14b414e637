// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/evaluate_window.h"

#include <string.h>

enum {
    FEW_BITS = 6, /* of a word: are cleared one by one */
    /* So many terms under an OR are not asked one by one about each passage: "5%" may stand in any of the thousands of
     * words with a 5. What they match of the passage's window is kept instead. */
    VERY_MANY_TERMS = 257,
};

void window_clear(struct window *w)
{
    for (size_t i = 0; i < WINDOW_WORDS; i++) {
        uint64_t bits = w->bits[i];
        for (unsigned n = 0; bits && n < FEW_BITS; n++, bits &= bits - 1)
            w->scores[i * 64 + (unsigned)__builtin_ctzll(bits)] = 0;
        if (bits)
            memset(w->scores + i * 64, 0, 64 * sizeof *w->scores);
    }
    memset(w->bits, 0, sizeof w->bits);
}

static inline void put(struct window *w, uint32_t offset, score_t score)
{
    w->bits[offset / 64] |= (uint64_t)1 << offset % 64;
    w->scores[offset] += score;
}

/* A cleared window for an inner node; NULL after a fault. */
static struct window *window_at(struct evaluation *e, unsigned depth, uint32_t base)
{
    struct window **w = &e->windows[depth];
    if (!*w && !(*w = arena_alloc(&e->arena, sizeof **w)) && e->faults.status == STATUS_OK)
        e->faults.status = error_no_memory(e->err);
    if (*w)
        (*w)->base = base;
    return *w;
}

/* ---- filling ---- */

static void fill_all(const struct evaluation *e, const struct node *n, struct window *w)
{
    for (uint32_t i = w->base == 0; i < WINDOW && i + w->base <= e->n_docs; i++)
        put(w, i, n->counts_wdf);
}

/* The first range of the segment that does not end before docid; NULL where none is left. */
static const struct docid_range *range_from(
    const struct evaluation *e, struct node *n, uint32_t docid)
{
    const struct docid_ranges *ranges = &n->ranges[e->segment];
    if (n->range_segment != e->segment) {
        n->range_segment = e->segment;
        n->range = 0;
    }
    n->range = docid_ranges_seek(ranges, n->range, docid);
    return n->range < ranges->n ? &ranges->at[n->range] : NULL;
}

static void fill_ranges(const struct evaluation *e, struct node *n, struct window *w)
{
    const struct docid_range *r;
    uint32_t i = w->base == 0;
    while (i < WINDOW && (r = range_from(e, n, w->base + i))) {
        if (r->first > w->base + i)
            i = r->first - w->base;
        for (; i < WINDOW && w->base + i <= r->last; i++)
            put(w, i, 0);
    }
}

static void fill_term(const struct evaluation *e, struct node *n, struct window *w)
{
    struct term_list *l = &n->lists[e->segment];
    const uint32_t base = w->base,
                   end = base + WINDOW; /* 0 at the end of all docids: then none is */
    for (uint32_t docid = term_list_seek(l, base ? base : 1); docid < end;) {
        const uint32_t *docids = l->docids, *wdfs = l->wdfs;
        uint32_t i = l->at;
        for (; i < l->n && docids[i] < end; i++)
            put(w, docids[i] - base, node_score(e, n, wdfs[i]));
        l->at = i < l->n ? i : l->n - 1;
        l->docid = docids[l->at];
        docid = i < l->n ? l->docid : term_list_seek(l, l->docid + 1);
    }
}

void node_add_term(struct evaluation *e, struct node *n, struct window *w)
{
    struct term_list *l = &n->lists[e->segment];
    const uint32_t base = w->base, end = base + WINDOW;
    for (uint32_t docid = term_list_seek(l, base ? base : 1); docid < end;) {
        const uint32_t *docids = l->docids, *wdfs = l->wdfs;
        uint32_t i = l->at;
        for (; i < l->n && docids[i] < end; i++) {
            uint32_t offset = docids[i] - base;
            if (w->bits[offset / 64] >> offset % 64 & 1)
                w->scores[offset] += node_score(e, n, wdfs[i]);
        }
        l->at = i < l->n ? i : l->n - 1;
        l->docid = docids[l->at];
        docid = i < l->n ? l->docid : term_list_seek(l, l->docid + 1);
    }
}

static void fill_prefix(struct evaluation *e, struct node *n, struct window *w)
{
    const uint16_t *span = prefix_union_span(&n->unions[e->segment], w->base, &e->arena);
    if (!span)
        return;
    span += w->base % PREFIX_SPAN;
    for (uint32_t i = 0; i < WINDOW; i++)
        if (span[i])
            put(w, i, node_score(e, n, span[i] & PREFIX_WDF_MAX));
}

void node_add_prefix(struct evaluation *e, struct node *n, struct window *w,
    const uint16_t *offsets, size_t n_offsets)
{
    const uint16_t *span = prefix_union_span(&n->unions[e->segment], w->base, &e->arena);
    if (!span)
        return;
    span += w->base % PREFIX_SPAN;
    for (size_t k = 0; k < n_offsets; k++)
        w->scores[offsets[k]] += node_score(e, n, span[offsets[k]] & PREFIX_WDF_MAX);
}

/* The inner node's verdict on a passage that its first child lets through. */
static bool let_through(struct evaluation *e, struct node *n, uint32_t docid, score_t *score)
{
    score_t ignored = 0;
    switch (n->kind) {
    case NODE_AND:
        for (size_t i = 1; i < n->n_children; i++)
            if (!node_probe(e, n->children[i], docid, score))
                return false;
        return true;
    case NODE_AND_NOT:
        return !node_probe(e, n->children[1], docid, &ignored);
    case NODE_FILTER:
        return node_probe(e, n->children[1], docid, &ignored);
    case NODE_AND_MAYBE:
        node_probe(e, n->children[1], docid, score);
        return true;
    default: /* NODE_SYNONYM */
        *score = node_score(e, n, (uint64_t)*score);
        return true;
    }
}

static void fill_inner(struct evaluation *e, struct node *n, struct window *w, unsigned depth)
{
    struct window *t = window_at(e, depth, w->base);
    if (!t)
        return;
    node_fill(e, n->children[0], t, depth + 1);
    for (uint32_t word = 0; word < WINDOW_WORDS; word++) {
        for (uint64_t bits = t->bits[word]; bits; bits &= bits - 1) {
            uint32_t i = word * 64 + (uint32_t)__builtin_ctzll(bits);
            score_t score = t->scores[i];
            if (let_through(e, n, w->base + i, &score))
                put(w, i, score);
        }
    }
    window_clear(t);
}

static bool is_kept(const struct node *n)
{
    return n->kind == NODE_OR && n->is_of_terms && n->n_children >= VERY_MANY_TERMS;
}

/* What an OR of very many terms matches of the docid's window, from the first docid on that was asked for there; NULL after
 * a fault. */
static const struct window *kept_window(struct evaluation *e, struct node *n, uint32_t docid)
{
    const uint32_t base = docid - docid % WINDOW;
    if (n->kept && n->kept_segment == e->segment && n->kept->base == base)
        return n->kept;
    if (!n->kept && !(n->kept = arena_alloc(&e->arena, sizeof *n->kept))) {
        if (e->faults.status == STATUS_OK)
            e->faults.status = error_no_memory(e->err);
        return NULL;
    }
    window_clear(n->kept);
    n->kept->base = base;
    n->kept_segment = e->segment;
    for (size_t i = 0; i < n->n_children; i++)
        fill_term(e, n->children[i], n->kept);
    return n->kept;
}

static void fill_kept(struct evaluation *e, struct node *n, struct window *w)
{
    const struct window *kept = kept_window(e, n, w->base);
    for (uint32_t word = 0; kept && word < WINDOW_WORDS; word++)
        for (uint64_t bits = kept->bits[word]; bits; bits &= bits - 1) {
            uint32_t i = word * 64 + (uint32_t)__builtin_ctzll(bits);
            put(w, i, kept->scores[i]);
        }
}

void node_fill(struct evaluation *e, struct node *n, struct window *w, unsigned depth)
{
    if (is_kept(n)) {
        fill_kept(e, n, w);
        return;
    }
    switch (n->kind) {
    case NODE_NOTHING:
        return;
    case NODE_ALL:
        fill_all(e, n, w);
        return;
    case NODE_RANGES:
        fill_ranges(e, n, w);
        return;
    case NODE_TERM:
        fill_term(e, n, w);
        return;
    case NODE_PREFIX:
        fill_prefix(e, n, w);
        return;
    case NODE_OR:
        for (size_t i = 0; i < n->n_children; i++)
            node_fill(e, n->children[i], w, depth + 1);
        return;
    default:
        fill_inner(e, n, w, depth);
    }
}

/* ---- probing ---- */

static bool probe_prefix(struct evaluation *e, struct node *n, uint32_t docid, score_t *score)
{
    const uint16_t *span = prefix_union_span(&n->unions[e->segment], docid, &e->arena);
    uint32_t wdf = span ? span[docid % PREFIX_SPAN] : 0;
    if (wdf)
        *score += node_score(e, n, wdf & PREFIX_WDF_MAX);
    return wdf;
}

static bool probe_ranges(const struct evaluation *e, struct node *n, uint32_t docid)
{
    const struct docid_range *r = range_from(e, n, docid);
    return r && r->first <= docid;
}

static bool probe_inner(struct evaluation *e, struct node *n, uint32_t docid, score_t *score)
{
    score_t sum = 0;
    if (!node_probe(e, n->children[0], docid, &sum) || !let_through(e, n, docid, &sum))
        return false;
    *score += sum;
    return true;
}

static bool probe_kept(struct evaluation *e, struct node *n, uint32_t docid, score_t *score)
{
    const struct window *w = kept_window(e, n, docid);
    const uint32_t i = docid % WINDOW;
    if (!w || !(w->bits[i / 64] >> i % 64 & 1))
        return false;
    *score += w->scores[i];
    return true;
}

static bool probe_or(struct evaluation *e, struct node *n, uint32_t docid, score_t *score)
{
    bool found = false;
    if (is_kept(n))
        return probe_kept(e, n, docid, score);
    for (size_t i = 0; i < n->n_children; i++)
        found |= node_probe(e, n->children[i], docid, score);
    return found;
}

bool node_probe(struct evaluation *e, struct node *n, uint32_t docid, score_t *score)
{
    struct term_list *l;
    switch (n->kind) {
    case NODE_NOTHING:
        return false;
    case NODE_ALL:
        *score += n->counts_wdf;
        return true;
    case NODE_RANGES:
        return probe_ranges(e, n, docid);
    case NODE_TERM:
        l = &n->lists[e->segment];
        if (term_list_seek(l, docid) != docid)
            return false;
        *score += node_score(e, n, l->wdfs[l->at]);
        return true;
    case NODE_PREFIX:
        return probe_prefix(e, n, docid, score);
    case NODE_OR:
        return probe_or(e, n, docid, score);
    default:
        return probe_inner(e, n, docid, score);
    }
}

/* ---- skipping ---- */

/* The first passage from docid on that its window holds; the one behind the window where none is. */
static uint32_t next_kept(struct evaluation *e, struct node *n, uint32_t docid)
{
    const struct window *w = kept_window(e, n, docid);
    for (uint32_t i = docid % WINDOW; w && i < WINDOW; i = (i / 64 + 1) * 64) {
        const uint64_t bits = w->bits[i / 64] >> i % 64;
        if (bits)
            return w->base + i + (uint32_t)__builtin_ctzll(bits);
    }
    return docid - docid % WINDOW + WINDOW;
}

static uint32_t next_of_or(struct evaluation *e, struct node *n, uint32_t docid)
{
    uint32_t first = DOCID_END;
    if (is_kept(n)) {
        const uint32_t next = next_kept(e, n, docid);
        if (next / WINDOW == docid / WINDOW)
            return next;
        docid = next;
    }
    for (size_t i = 0; i < n->n_children; i++) {
        const uint32_t next = node_next(e, n->children[i], docid);
        first = next < first ? next : first;
    }
    return first;
}

uint32_t node_next(struct evaluation *e, struct node *n, uint32_t docid)
{
    const struct docid_range *range;
    switch (n->kind) {
    case NODE_NOTHING:
        return DOCID_END;
    case NODE_RANGES:
        range = range_from(e, n, docid);
        return !range ? DOCID_END : range->first > docid ? range->first : docid;
    case NODE_ALL:
        return docid <= e->n_docs ? docid : DOCID_END;
    case NODE_TERM:
        return term_list_seek(&n->lists[e->segment], docid);
    case NODE_PREFIX:
        return docid <= n->unions[e->segment].last ? docid : DOCID_END;
    case NODE_OR:
        return next_of_or(e, n, docid);
    default:
        return node_next(e, n->children[0], docid);
    }
}

uint32_t node_next_of_all(
    struct evaluation *e, struct node *n, uint32_t docid, score_t hopeless, score_t *score)
{
    struct node *lead = n->children[0];
    const score_t others = n->score_upper - lead->score_upper;
    for (;; docid++) {
        docid = node_next(e, lead, docid);
        if (docid == DOCID_END)
            return docid;
        *score = 0;
        if (!node_probe(e, lead, docid, score) || *score + others <= hopeless)
            continue;
        uint32_t next = docid;
        for (size_t i = 1; i < n->n_children && next == docid; i++)
            next = node_next(e, n->children[i], docid);
        if (next != docid) {
            if (next == DOCID_END)
                return next;
            docid = next - 1;
            continue;
        }
        bool is_match = true;
        for (size_t i = 1; i < n->n_children && is_match; i++)
            is_match = node_probe(e, n->children[i], docid, score);
        if (is_match)
            return docid;
    }
}
