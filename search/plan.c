// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "search/literal.h"
#include "search/stop_words.h"

enum { PLAN_BYTES_MAX = 256 << 20 };

/* Terms select until those left over could add no more than this share of the whole query's weight.
 */
#define ADDING_SHARE 0.25
/* RANKING.md 3: the weight of a bigram that lies in a valley between two stickier ones. */
#define STICKINESS_SLOPE 1.5
#define STICKINESS_FLOOR 0.3

struct planner {
    struct index *ix;
    const struct query *query;
    struct plan *plan;
    struct error *err;
};

static double idf_of(double n_passages, double df)
{
    return log(1 + (n_passages - df + 0.5) / (df + 0.5));
}

static bool is_word_char(uint32_t cp)
{
    enum char_class class = fold_char(cp).kind;
    return class == CHAR_LETTER || class == CHAR_DIGIT || cp == '*';
}

/* ---- soft terms ---- */

/* What of a clause's folded text is asked for: everything, or a question without its question
 * words. */
struct cut {
    bool *is_cut; /* n_folded; NULL: nothing is cut */
    bool is_question;
};

static bool is_left_out(const struct cut *cut, const struct clause *c, const struct token *t)
{
    if (!cut->is_cut)
        return false;
    size_t n_chars = utf8_count(t->term, t->term_len);
    for (size_t i = t->position; i < t->position + n_chars && i < c->n_folded; i++)
        if (cut->is_cut[i])
            return true;
    return t->kind == TOKEN_BIGRAM && is_function_char(t->first_cp) &&
           is_function_char(t->second_cp);
}

static struct plan_term *find_term(struct plan *p, const struct token *t)
{
    for (size_t i = 0; i < p->n_terms; i++)
        if (p->terms[i].n == t->term_len && memcmp(p->terms[i].bytes, t->term, t->term_len) == 0)
            return &p->terms[i];
    return NULL;
}

static enum status add_term(struct planner *pl, size_t clause, const struct token *t)
{
    struct plan *p = pl->plan;
    struct plan_term *known = find_term(p, t);
    if (known) {
        known->weight += 1; /* how often it stands in the query, for now */
        return STATUS_OK;
    }
    struct plan_term *term = &p->terms[p->n_terms];
    *term = (struct plan_term){
        .bytes = arena_copy(&p->arena, t->term, t->term_len),
        .n = t->term_len,
        .first_cp = t->first_cp,
        .second_cp = t->second_cp,
        .kind = t->kind,
        .position = plan_position(clause, t->position),
        .is_prefix = t->kind == TOKEN_SINGLE,
        .weight = 1,
    };
    if (!term->bytes)
        return error_no_memory(pl->err);
    p->n_terms++;
    enum status s;
    if (term->is_prefix) {
        uint64_t cf;
        s = index_char_stats(pl->ix, term->first_cp, &term->df, &cf, pl->err);
    } else {
        s = index_term_df(pl->ix, term->bytes, term->n, &term->df, pl->err);
    }
    if (s == STATUS_OK && (t->kind == TOKEN_WORD || t->kind == TOKEN_JOINED))
        s = variants_find(pl->ix, term->bytes, term->n, &p->arena, &term->variants, pl->err);
    term->idf = idf_of((double)p->n_passages, (double)term->df);
    return s;
}

/* Does the lone Han character touch a word (the 年 of 2023年)? Then the joined term stands for
 * both. */
static bool is_part_of_joined(const struct clause *c, const struct token *t)
{
    if (t->kind != TOKEN_SINGLE)
        return false;
    uint32_t before = t->position ? c->folded[t->position - 1] : 0;
    uint32_t after = t->position + 1 < c->n_folded ? c->folded[t->position + 1] : 0;
    return is_word_char(before) || is_word_char(after);
}

static enum status add_clause_terms(
    struct planner *pl, size_t clause, const struct cut *cut, size_t *n_added)
{
    const struct clause *c = &pl->query->clauses[clause];
    struct tokenizer tokenizer;
    struct token t;
    tokenizer_init(&tokenizer, TOKENIZER_QUERY, c->text, c->text_len);
    enum status s = STATUS_OK;
    *n_added = 0;
    while (s == STATUS_OK && tokenizer_next(&tokenizer, &t)) {
        if (is_left_out(cut, c, &t) || is_part_of_joined(c, &t))
            continue;
        s = add_term(pl, clause, &t);
        ++*n_added;
    }
    return s;
}

/* A question loses its question words and particles, unless nothing would be left; a keyword loses
 * nothing. */
static enum status add_word_clause(struct planner *pl, size_t clause)
{
    const struct clause *c = &pl->query->clauses[clause];
    struct cut cut = {.is_cut = calloc(c->n_folded + 1, sizeof *cut.is_cut)};
    if (!cut.is_cut)
        return error_no_memory(pl->err);
    cut.is_question = stop_words_mark(c->folded, c->n_folded, cut.is_cut);
    bool *marks = cut.is_cut;
    if (!cut.is_question)
        cut.is_cut = NULL;
    size_t n_added = 0;
    enum status s = add_clause_terms(pl, clause, &cut, &n_added);
    if (s == STATUS_OK && n_added == 0)
        s = add_clause_terms(pl, clause, &(struct cut){0}, &n_added);
    free(marks);
    return s;
}

/* ---- weights ---- */

/* Normalised pointwise mutual information of a bigram's two characters, from passage counts; -1 if
 * unseen. */
static enum status npmi_of(struct planner *pl, const struct plan_term *t, double *out)
{
    uint64_t first, second, cf;
    double n = (double)pl->plan->n_passages;
    *out = -1;
    enum status s = index_char_stats(pl->ix, t->first_cp, &first, &cf, pl->err);
    if (s == STATUS_OK)
        s = index_char_stats(pl->ix, t->second_cp, &second, &cf, pl->err);
    if (s != STATUS_OK || t->df == 0 || first == 0 || second == 0 || (double)t->df >= n)
        return s;
    double p = (double)t->df / n;
    *out = log(p * n * n / ((double)first * (double)second)) / -log(p);
    return s;
}

static bool are_neighbours(const struct plan_term *a, const struct plan_term *b)
{
    return a->kind == TOKEN_BIGRAM && b->kind == TOKEN_BIGRAM && a->position + 1 == b->position &&
           a->second_cp == b->first_cp;
}

/* weight = frequency in the query (k3 = 1) times stickiness: a bigram across a word boundary sits
 * in a valley between two stickier neighbours and counts less (RANKING.md 3). */
static enum status weigh_terms(struct planner *pl)
{
    struct plan *p = pl->plan;
    double *npmi = arena_alloc(&p->arena, (p->n_terms + 1) * sizeof *npmi);
    if (!npmi)
        return error_no_memory(pl->err);
    for (size_t i = 0; i < p->n_terms; i++) {
        enum status s =
            p->terms[i].kind == TOKEN_BIGRAM ? npmi_of(pl, &p->terms[i], &npmi[i]) : STATUS_OK;
        if (s != STATUS_OK)
            return s;
    }
    for (size_t i = 0; i < p->n_terms; i++) {
        struct plan_term *t = &p->terms[i];
        double highest = -2;
        if (i > 0 && are_neighbours(&p->terms[i - 1], t))
            highest = fmax(highest, npmi[i - 1]);
        if (i + 1 < p->n_terms && are_neighbours(t, &p->terms[i + 1]))
            highest = fmax(highest, npmi[i + 1]);
        double depth = fmax(0, highest - npmi[i]);
        double stickiness = highest < -1 ? 1 : fmax(STICKINESS_FLOOR, 1 - STICKINESS_SLOPE * depth);
        t->weight = stickiness * 2 * t->weight / (1 + t->weight);
    }
    return STATUS_OK;
}

static enum status collect_chars(struct planner *pl)
{
    struct plan *p = pl->plan;
    p->chars = arena_alloc(&p->arena, (2 * p->n_terms + 1) * sizeof *p->chars);
    if (!p->chars)
        return error_no_memory(pl->err);
    for (size_t i = 0; i < 2 * p->n_terms; i++) {
        const struct plan_term *t = &p->terms[i / 2];
        uint32_t cp = i % 2 ? t->second_cp : t->first_cp;
        if ((t->kind != TOKEN_BIGRAM && t->kind != TOKEN_SINGLE) || cp == 0 || is_function_char(cp))
            continue;
        bool is_known = false;
        for (size_t j = 0; j < p->n_chars; j++)
            is_known = is_known || p->chars[j].cp == cp;
        if (is_known)
            continue;
        uint64_t df, cf;
        enum status s = index_char_stats(pl->ix, cp, &df, &cf, pl->err);
        if (s != STATUS_OK)
            return s;
        p->chars[p->n_chars++] = (struct plan_char){cp, idf_of((double)p->n_passages, (double)df)};
    }
    return STATUS_OK;
}

static int by_contribution(const void *a, const void *b)
{
    const struct plan_term *x = *(const struct plan_term *const *)a,
                           *y = *(const struct plan_term *const *)b;
    double d = y->idf * y->weight - x->idf * x->weight;
    return d > 0 ? 1 : d < 0 ? -1 : x->position < y->position ? -1 : x->position > y->position;
}

static enum status choose_selecting(struct planner *pl)
{
    struct plan *p = pl->plan;
    struct plan_term **order = arena_alloc(&p->arena, (p->n_terms + 1) * sizeof *order);
    if (!order)
        return error_no_memory(pl->err);
    double rest = 0;
    for (size_t i = 0; i < p->n_terms; i++) {
        order[i] = &p->terms[i];
        rest += p->terms[i].idf * p->terms[i].weight;
    }
    double may_add = ADDING_SHARE * rest;
    qsort(order, p->n_terms, sizeof *order, by_contribution);
    for (size_t i = 0; i < p->n_terms && (i == 0 || rest > may_add); i++) {
        order[i]->is_selecting = true;
        rest -= order[i]->idf * order[i]->weight;
    }
    return STATUS_OK;
}

/* ---- the query tree ---- */

/* The term, or any of its variants at a part of its weight. */
static const struct xnode *with_variants(
    struct arena *arena, const struct plan_term *t, const struct xnode *term)
{
    const struct xnode *nodes[VARIANTS_MAX], *pair[2] = {term, NULL};
    for (size_t i = 0; i < t->variants.n; i++) {
        nodes[i] = xnode_term(arena, XOP_TERM, t->variants.at[i].bytes, t->variants.at[i].n);
        if (!nodes[i])
            return NULL;
    }
    const struct xnode *all = xnode_combine(arena, XOP_SYNONYM, nodes, t->variants.n);
    pair[1] = all ? xnode_scale(arena, VARIANT_FACTOR, all) : NULL;
    return pair[1] ? xnode_combine(arena, XOP_OR, pair, 2) : NULL;
}

static const struct xnode *soft_term_node(struct arena *arena, const struct plan_term *t)
{
    const struct xnode *node =
        xnode_term(arena, t->is_prefix ? XOP_PREFIX : XOP_TERM, t->bytes, t->n);
    if (node && t->variants.n)
        node = with_variants(arena, t, node);
    return node && t->weight != 1 ? xnode_scale(arena, t->weight, node) : node;
}

/* The OR of the soft terms, or of the selecting ones with the others adding. Terms that no passage
 * holds are left out; a query of only such gives a node that matches nothing. NULL when memory is
 * out. */
static const struct xnode *soft_node(struct plan *p, bool is_narrow)
{
    struct arena *arena = &p->arena;
    const struct xnode **selecting = arena_alloc(arena, 2 * (p->n_terms + 1) * sizeof *selecting);
    if (!selecting)
        return NULL;
    const struct xnode **adding = selecting + p->n_terms + 1;
    size_t n_selecting = 0, n_adding = 1;
    for (size_t i = 0; i < p->n_terms; i++) {
        const struct plan_term *t = &p->terms[i];
        if (t->df == 0 && t->variants.n == 0)
            continue;
        const struct xnode *node = soft_term_node(arena, t);
        if (!node)
            return NULL;
        if (is_narrow && !t->is_selecting)
            adding[n_adding++] = node;
        else
            selecting[n_selecting++] = node;
    }
    adding[0] = xnode_combine(arena, XOP_OR, selecting, n_selecting);
    return adding[0] ? xnode_combine(arena, XOP_AND_MAYBE, adding, n_adding) : NULL;
}

struct hard_clauses {
    const struct xnode *exact[QUERY_CLAUSES_MAX], *words[QUERY_CLAUSES_MAX],
        *not [QUERY_CLAUSES_MAX];
    size_t n_exact, n_words, n_not;
    bool is_impossible;      /* an exact clause that no passage can hold */
    bool is_word_impossible; /* a word that no passage can hold */
    bool is_word_undecided;
};

static enum status make_hard_clauses(struct planner *pl, struct hard_clauses *out)
{
    for (size_t i = 0; i < pl->query->n_clauses; i++) {
        const struct clause *c = &pl->query->clauses[i];
        struct literal l;
        if (c->is_empty)
            continue;
        enum status s = literal_make(pl->ix, c, &pl->plan->arena, &l, pl->err);
        if (s != STATUS_OK)
            return s;
        if (c->kind == CLAUSE_WORD) {
            out->is_word_impossible |= !l.candidates;
            out->is_word_undecided |= !l.is_decided;
            out->words[out->n_words++] = l.candidates;
        } else if (c->kind == CLAUSE_EXACT) {
            out->is_impossible |= !l.candidates;
            pl->plan->needs_text |= !l.is_decided;
            out->exact[out->n_exact++] = l.candidates;
        } else if (l.candidates && l.is_decided) {
            out->not [out->n_not++] = l.candidates;
        } else if (l.candidates) {
            pl->plan->needs_text = true;
        }
    }
    return STATUS_OK;
}

/* `core` among the passages that the exact clauses let through, without those that decided
 * not-clauses name. */
static const struct xnode *filtered(struct arena *arena, const struct xnode *core,
    const struct hard_clauses *h, bool is_core_needed)
{
    const struct xnode *nodes[QUERY_CLAUSES_MAX + 1];
    const struct xnode *exact =
        h->n_exact ? xnode_combine(arena, XOP_AND, h->exact, h->n_exact) : NULL;
    if (h->is_impossible)
        return xnode_combine(arena, XOP_OR, NULL, 0);
    if (exact && core) {
        nodes[0] = is_core_needed ? core : exact;
        nodes[1] = is_core_needed ? exact : core;
        core = xnode_combine(arena, is_core_needed ? XOP_FILTER : XOP_AND_MAYBE, nodes, 2);
    } else if (exact) {
        core = exact;
    }
    if (!core || h->n_not == 0)
        return core;
    nodes[0] = core;
    memcpy(nodes + 1, h->not, h->n_not * sizeof *nodes);
    return xnode_combine(arena, XOP_AND_NOT, nodes, h->n_not + 1);
}

static enum status make_nodes(struct planner *pl)
{
    struct plan *p = pl->plan;
    struct hard_clauses *h = arena_alloc(&p->arena, sizeof *h);
    if (!h)
        return error_no_memory(pl->err);
    enum status s = make_hard_clauses(pl, h);
    if (s != STATUS_OK)
        return s;
    const struct xnode *narrow = p->n_terms ? soft_node(p, true) : NULL;
    const struct xnode *wide = p->n_terms ? soft_node(p, false) : NULL;
    if (p->n_terms && (!narrow || !wide))
        return error_no_memory(pl->err);
    /* Beside an exact clause words only add: what was quoted is what must be there. */
    p->narrow = filtered(&p->arena, narrow, h, false);
    p->wide = filtered(&p->arena, wide, h, false);
    const struct xnode *words = NULL;
    if (h->is_word_impossible)
        words = xnode_combine(&p->arena, XOP_OR, NULL, 0);
    else if (h->n_words)
        words = xnode_combine(&p->arena, XOP_AND, h->words, h->n_words);
    p->literal = filtered(&p->arena, words, h, true);
    p->is_literal_decided = !p->needs_text && !h->is_word_undecided;
    return p->narrow && p->wide && p->literal ? STATUS_OK : error_no_memory(pl->err);
}

enum status plan_make(struct index *ix, const struct query *q, struct plan *out, struct error *err)
{
    struct index_totals totals = index_totals(ix);
    *out = (struct plan){.n_passages = index_n_stored(ix)};
    out->average_tokens =
        totals.n_passages ? (double)totals.n_tokens / (double)totals.n_passages : 1;
    arena_init(&out->arena, PLAN_BYTES_MAX);
    out->terms = arena_alloc(&out->arena, 2 * (q->text_len + 1) * sizeof *out->terms);
    struct planner pl = {ix, q, out, err};
    enum status s = out->terms ? STATUS_OK : error_no_memory(err);
    for (size_t i = 0; s == STATUS_OK && i < q->n_clauses; i++)
        if (q->clauses[i].kind == CLAUSE_WORD && !q->clauses[i].is_empty)
            s = add_word_clause(&pl, i);
    if (s == STATUS_OK)
        s = weigh_terms(&pl);
    if (s == STATUS_OK)
        s = collect_chars(&pl);
    if (s == STATUS_OK)
        s = choose_selecting(&pl);
    if (s == STATUS_OK)
        s = make_nodes(&pl);
    if (s != STATUS_OK)
        plan_release(out);
    return s;
}

void plan_release(struct plan *p)
{
    arena_release(&p->arena);
    *p = (struct plan){0};
}
