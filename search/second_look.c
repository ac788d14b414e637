// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "search/literal.h"
#include "search/rank.h"
#include "search/search_parts.h"
#include "search/section_evidence.h"
#include "search/title_evidence.h"
#include "store/top_hits.h"

enum {
    TITLED_CANDIDATES = 50
}; /* are looked at beside the best, of the reports whose titles fit */

struct look {
    struct search *search;
    struct ranker ranker;
    struct section_evidence sections;
    struct title_evidence titles;
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

/* Adds candidates from the reports whose titles hold the most of the query. Not where hits are grouped and the text
 * decides: a report has had its passage then. */
static enum status add_titled(
    struct look *l, const struct xnode *node, struct xhits *hits, size_t *n_first)
{
    struct search *s = l->search;
    const struct xnode *titled[2] = {node, NULL};
    struct xhits more;
    if (hits->n < RANKED_CANDIDATES || l->titles.n == 0 || s->seen_reports)
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
    return status;
}

/* Looks again at hits[from..to) and orders them among themselves. */
static enum status rank_tier(struct look *l, struct xhit *hits, size_t from, size_t to)
{
    enum status status = STATUS_OK;
    qsort(hits + from, to - from, sizeof *hits,
        xhit_by_place); /* so that a text block is decoded once */
    for (size_t i = from; status == STATUS_OK && i < to; i++)
        status = rank_hit(l, &hits[i]);
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

/* In two tiers, so that what stands on a page does not depend on how far down the reader goes: the n_first
 * candidates among themselves, and behind them, for a page that reaches there, the others up to n_ranked. */
static enum status rank(struct look *l, struct xhits *hits, size_t n_first, size_t n_ranked)
{
    enum status status = STATUS_OK;
    for (size_t from = 0; status == STATUS_OK && from < hits->n && from < n_ranked;) {
        size_t to = from == 0 ? n_first : n_ranked;
        if (to > hits->n)
            to = hits->n;
        status = rank_tier(l, hits->hits, from, to);
        put_behind(hits, from);
        from = to;
    }
    put_behind(hits, n_ranked);
    return status;
}

enum status search_look_again(
    struct search *s, const struct xnode *node, struct xhits *hits, size_t n_ranked)
{
    struct look l = {.search = s};
    const size_t n_best = hits->n < RANKED_CANDIDATES ? hits->n : RANKED_CANDIDATES;
    size_t n_first = n_best;
    ranker_init(&l.ranker, &s->plan);
    section_evidence_init(&l.sections, s->ix, &l.ranker);
    enum status status = title_evidence_find(&l.titles, s->ix, &s->plan, s->err);
    if (status == STATUS_OK)
        status = add_titled(&l, node, hits, &n_first);
    if (status == STATUS_OK)
        status = rank(&l, hits, n_first, n_ranked + n_first - n_best);
    section_evidence_release(&l.sections);
    title_evidence_release(&l.titles);
    return status;
}
