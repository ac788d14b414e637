// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/evaluate_all.h"

/* In a list with so many times as many postings as there are matches left, these are looked up; one with fewer is gone
 * through. */
enum { ALIKE = 8 };

/* The next postings of the term from docid up to `end` that score more than `hopeless`. Returns the posting behind them. */
static uint32_t take_lead(struct evaluation *e, const struct node *term, uint32_t docid,
    uint32_t end, score_t hopeless, struct matches *out)
{
    struct term_list *l = &term->lists[e->segment];
    size_t n = 0;
    for (docid = term_list_seek(l, docid); docid < end && n < MATCHES_MAX;) {
        const uint32_t *docids = l->docids, *wdfs = l->wdfs;
        uint32_t i = l->at;
        for (; i < l->n && docids[i] < end && n < MATCHES_MAX; i++) {
            out->docids[n] = docids[i];
            out->scores[n] = node_score(e, term, wdfs[i]);
            n += out->scores[n] > hopeless;
        }
        l->at = i < l->n ? i : l->n - 1;
        l->docid = docids[l->at];
        docid = i < l->n ? l->docid : term_list_seek(l, l->docid + 1);
    }
    out->n = n;
    return docid;
}

/* Where a batch of a list and the matches from *from on meet: for each place its two indexes. Without a branch on which of
 * the two is behind, which would be a toss. *from and *at are left where the first of them ends. */
static size_t meet(const struct matches *m, size_t *from, const struct term_list *l, uint32_t *at,
    uint16_t in_matches[BATCH_ROOM + 1], uint16_t in_batch[BATCH_ROOM + 1])
{
    size_t n = 0, i = *from;
    uint32_t k = *at;
    while (i < m->n && k < l->n) {
        uint32_t x = m->docids[i], y = l->docids[k];
        in_matches[n] = (uint16_t)i;
        in_batch[n] = (uint16_t)k;
        n += x == y;
        i += x <= y;
        k += y <= x;
    }
    *from = i;
    *at = k;
    return n;
}

/* Keeps the match, with the score of a posting added, where it has hopes. */
static inline void keep(struct evaluation *e, const struct node *term, uint32_t wdf,
    score_t hopeless, struct matches *m, size_t match, size_t *n_kept)
{
    score_t score = m->scores[match] + node_score(e, term, wdf);
    m->docids[*n_kept] = m->docids[match];
    m->scores[*n_kept] = score;
    *n_kept += score > hopeless;
}

static void go_through(
    struct evaluation *e, const struct node *term, score_t hopeless, struct matches *m)
{
    struct term_list *l = &term->lists[e->segment];
    uint16_t in_matches[BATCH_ROOM + 1], in_batch[BATCH_ROOM + 1];
    size_t n_kept = 0;
    for (size_t i = 0; i < m->n && term_list_seek(l, m->docids[i]) != DOCID_END;) {
        uint32_t at = l->at;
        size_t n = meet(m, &i, l, &at, in_matches, in_batch);
        l->at = at < l->n ? at : l->n - 1;
        l->docid = l->docids[l->at];
        for (size_t k = 0; k < n; k++)
            keep(e, term, l->wdfs[in_batch[k]], hopeless, m, in_matches[k], &n_kept);
    }
    m->n = n_kept;
}

static void look_up(
    struct evaluation *e, const struct node *term, score_t hopeless, struct matches *m)
{
    struct term_list *l = &term->lists[e->segment];
    size_t n_kept = 0;
    for (size_t i = 0; i < m->n; i++)
        if (term_list_seek(l, m->docids[i]) == m->docids[i])
            keep(e, term, l->wdfs[l->at], hopeless, m, i, &n_kept);
    m->n = n_kept;
}

/* Has a list, spread as evenly as this guesses, but few postings among the matches? */
static bool is_alike(const struct evaluation *e, const struct term_list *l, const struct matches *m)
{
    uint64_t span = m->docids[m->n - 1] - m->docids[0];
    return l->df * span / e->n_docs < ALIKE * m->n;
}

uint32_t all_of_terms(struct evaluation *e, struct node *n, uint32_t docid, uint32_t end,
    score_t hopeless, struct matches *out)
{
    score_t rest = 0; /* what the terms still to come may add */
    for (size_t i = 1; i < n->n_children; i++)
        rest += n->children[i]->score_upper;
    docid = take_lead(e, n->children[0], docid, end, hopeless - rest, out);
    for (size_t i = 1; i < n->n_children && out->n; i++) {
        const struct node *term = n->children[i];
        rest -= term->score_upper;
        if (is_alike(e, &term->lists[e->segment], out))
            go_through(e, term, hopeless - rest, out);
        else
            look_up(e, term, hopeless - rest, out);
    }
    return docid;
}
