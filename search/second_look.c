// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "search/rank.h"
#include "search/search_parts.h"
#include "search/section_evidence.h"
#include "search/title_evidence.h"
#include "store/top_hits.h"
#include "store/xnode.h"

enum {
    TITLED_CANDIDATES = 50, /* are looked at beside the best, of the reports whose titles fit */
    HEADINGS_MAX = RANKED_CANDIDATES + TITLED_CANDIDATES,
    HEADINGS_BEST = 10, /* bring what stands directly under them, */
    HEADED_REACH = 20,  /* of so many passages behind each */
};
/* A heading that holds this share of the query brings candidates. */
#define HEADING_SHARE 0.6

struct look {
    struct search *search;
    struct ranker ranker;
    struct section_evidence sections;
    struct title_evidence titles;
    struct heading { /* among the hits looked at first; those that bring candidates */
        struct xhit hit;
        uint32_t number, report;
    } headings[HEADINGS_MAX];
    size_t n_headings;
};

/* ---- candidates from titles ---- */

static bool is_among(const struct xhits *hits, size_t n, const struct xhit *hit)
{
    for (size_t i = 0; i < n; i++)
        if (xhit_by_place(&hits->hits[i], hit) == 0)
            return true;
    return false;
}

/* Puts those of `more` that are not among the first n_first hits behind these, and takes them out of the rest. */
static enum status insert_hits(
    struct search *s, struct xhits *hits, size_t *n_first, const struct xhits *more)
{
    size_t n_new = 0, n = *n_first;
    struct xhit *all = malloc((hits->n + more->n) * sizeof *all);
    if (!all)
        return error_no_memory(s->err);
    memcpy(all, hits->hits, n * sizeof *all);
    for (size_t i = 0; i < more->n; i++)
        if (!is_among(hits, *n_first, &more->hits[i]))
            all[n + n_new++] = more->hits[i];
    n += n_new;
    for (size_t i = *n_first; i < hits->n; i++)
        if (!is_among(more, more->n, &hits->hits[i]))
            all[n++] = hits->hits[i];
    free(hits->hits);
    hits->hits = all;
    hits->n = n;
    *n_first += n_new;
    return STATUS_OK;
}

/* Adds candidates from the reports whose titles hold the most of the query. */
static enum status add_titled(
    struct look *l, const struct xnode *node, struct xhits *hits, size_t *n_first)
{
    struct search *s = l->search;
    const struct xnode *titled[2] = {node, NULL};
    struct xhits more;
    if (hits->n < RANKED_CANDIDATES || l->titles.n == 0)
        return STATUS_OK;
    enum status status = title_evidence_best(&l->titles, s->ix, &s->plan.arena, &titled[1], s->err);
    if (status != STATUS_OK || !titled[1])
        return status;
    const struct xnode *filter = xnode_combine(&s->plan.arena, XOP_FILTER, titled, 2);
    if (!filter)
        return error_no_memory(s->err);
    status = search_retrieve(s, filter, TITLED_CANDIDATES, &more);
    if (status != STATUS_OK)
        return status;
    status = insert_hits(s, hits, n_first, &more);
    xhits_release(&more);
    return status;
}

/* ---- ranking ---- */

static int by_score(const void *a, const void *b)
{
    const struct xhit *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return xhit_by_place(a, b);
}

/* How much of a heading may be what is asked: all of it where it is no longer. Such a heading stands under itself,
 * before a paragraph of the same text; a longer one says more than was asked, and less than what stands under it. */
static double share_asked(const struct look *l, const struct folded_passage *heading)
{
    const struct query *q = l->search->query;
    size_t n_asked = 0;
    for (size_t i = 0; i < q->n_clauses; i++)
        if (clause_is_text(&q->clauses[i]) && !q->clauses[i].is_excluded)
            n_asked += q->clauses[i].n_folded;
    return n_asked < heading->n ? (double)n_asked / (double)heading->n : 1;
}

/* p is valid but for its text. */
static void note_heading(
    struct look *l, const struct xhit *hit, const struct stored_passage *p, uint64_t found)
{
    if (l->n_headings < HEADINGS_MAX && ranker_share(&l->ranker, found) >= HEADING_SHARE)
        l->headings[l->n_headings++] = (struct heading){*hit, p->passage.number, p->report};
}

static enum status rank_hit(struct look *l, struct xhit *hit)
{
    struct search *s = l->search;
    struct stored_passage p;
    uint64_t found, headed;
    enum status status = index_passage(s->ix, hit->segment, hit->docid, &p, s->err);
    if (status != STATUS_OK)
        return status;
    if (p.is_unranked) {
        hit->score = 0;
        return STATUS_OK;
    }
    const uint64_t titled = title_evidence_terms(&l->titles, hit->segment, p.report);
    const char *text = p.passage.text;
    size_t n = p.passage.text_len;
    status = unstuffer_fold(&l->sections.unstuffer, &p, &s->folded, &text, &n, s->err);
    if (status != STATUS_OK)
        return status;
    bool is_less = n < p.passage.text_len;
    hit->score = ranker_score(&l->ranker, &s->folded, text, n, is_less ? -1 : hit->score, &found);
    status = section_evidence_terms(&l->sections, &p, &headed, s->err);
    hit->score +=
        ranker_section_score(&l->ranker, headed) + ranker_title_score(&l->ranker, titled & ~found);
    if (p.passage.level > 0) {
        hit->score +=
            share_asked(l, &s->folded) * ranker_section_score(&l->ranker, found & ~headed);
        note_heading(l, hit, &p, found);
    }
    return status;
}

/* Looks again at hits[from..to) and orders them among themselves. */
static enum status rank_tier(struct look *l, struct xhit *hits, size_t from, size_t to)
{
    enum status status = STATUS_OK;
    if (from == to) /* then there may be no hits to point at */
        return STATUS_OK;
    qsort(hits + from, to - from, sizeof *hits,
        xhit_by_place); /* so that a text block is decoded once */
    for (size_t i = from; status == STATUS_OK && i < to; i++)
        status = rank_hit(l, &hits[i]);
    qsort(hits + from, to - from, sizeof *hits, by_score);
    return status;
}

/* ---- candidates from headings ---- */

static int by_score_of_heading(const void *a, const void *b)
{
    return by_score(&((const struct heading *)a)->hit, &((const struct heading *)b)->hit);
}

/* Appends to *out what stands directly under a heading: passages of its section, in which sections within it are
 * passed over. */
static enum status find_headed(struct look *l, const struct heading *h, struct xhits *out)
{
    struct search *s = l->search;
    for (uint32_t i = 1; i <= HEADED_REACH; i++) {
        struct stored_passage p;
        enum status status = index_passage(s->ix, h->hit.segment, h->hit.docid + i, &p, s->err);
        if (status == STATUS_MISSING) /* the end of the segment */
            return STATUS_OK;
        if (status != STATUS_OK)
            return status;
        if (p.report != h->report || p.passage.section < h->number)
            return STATUS_OK;
        if (p.passage.section == h->number && !p.is_unranked)
            out->hits[out->n++] = (struct xhit){h->hit.segment, h->hit.docid + i, -1};
    }
    return STATUS_OK;
}

/* May a passage that need not hold a word of the query be a hit? Not where something must be in the text, or must
 * not. */
static bool may_be_headed(const struct look *l, const struct xhits *hits)
{
    const struct search *s = l->search;
    if (hits->n < RANKED_CANDIDATES || l->n_headings == 0)
        return false;
    for (size_t i = 0; i < s->query->n_clauses; i++) {
        const struct clause *c = &s->query->clauses[i];
        if (clause_is_text(c) && !c->is_empty && !c->is_soft)
            return false;
    }
    return true;
}

/* Adds what stands under the best headings to the *n_first hits that have been looked at, and orders them all. */
static enum status add_headed(struct look *l, struct xhits *hits, size_t *n_first)
{
    struct xhit found[HEADINGS_BEST * HEADED_REACH];
    struct xhits more = {.hits = found};
    const size_t n_ranked = *n_first;
    enum status status = STATUS_OK;
    if (!may_be_headed(l, hits))
        return STATUS_OK;
    qsort(l->headings, l->n_headings, sizeof *l->headings, by_score_of_heading);
    for (size_t i = 0; i < l->n_headings && i < HEADINGS_BEST && status == STATUS_OK; i++)
        status = find_headed(l, &l->headings[i], &more);
    if (status == STATUS_OK)
        status = insert_hits(l->search, hits, n_first, &more);
    if (status != STATUS_OK)
        return status;
    status = rank_tier(l, hits->hits, n_ranked, *n_first);
    qsort(hits->hits, *n_first, sizeof *hits->hits, by_score);
    return status;
}

/* ---- the whole ---- */

void search_put_behind(struct xhits *hits, size_t from)
{
    if (from == 0 || from >= hits->n)
        return;
    double last = hits->hits[from - 1].score, first = hits->hits[from].score;
    double scale = last + first > 0 ? last / (last + first) : 1;
    for (size_t i = from; i < hits->n; i++)
        hits->hits[i].score *= scale;
}

/* In two tiers, so that what stands on a page does not depend on how far down the reader goes: the n_first
 * candidates and what their headings bring among themselves, and the others behind them. */
static enum status rank(struct look *l, struct xhits *hits, size_t n_first)
{
    enum status status = rank_tier(l, hits->hits, 0, n_first);
    if (status == STATUS_OK)
        status = add_headed(l, hits, &n_first);
    if (status == STATUS_OK && n_first < hits->n)
        status = rank_tier(l, hits->hits, n_first, hits->n);
    search_put_behind(hits, n_first);
    return status;
}

enum status search_look_again(struct search *s, const struct xnode *node, struct xhits *hits)
{
    struct look l = {.search = s};
    size_t n_first = hits->n < RANKED_CANDIDATES ? hits->n : RANKED_CANDIDATES;
    ranker_init(&l.ranker, &s->plan);
    section_evidence_init(&l.sections, s->ix, &l.ranker);
    enum status status = title_evidence_find(&l.titles, s->ix, &s->plan, s->err);
    if (status == STATUS_OK)
        status = add_titled(&l, node, hits, &n_first);
    if (status == STATUS_OK)
        status = rank(&l, hits, n_first);
    section_evidence_release(&l.sections);
    title_evidence_release(&l.titles);
    return status;
}
