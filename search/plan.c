// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "search/condition.h"
#include "search/numerals.h"
#include "search/soft_terms.h"
#include "search/stop_words.h"
#include "store/xnode.h"

enum { PLAN_BYTES_MAX = 256 << 20 };

/* Terms select until those left over could add no more than this share of the whole query's weight.
 */
#define ADDING_SHARE 0.25
/* How much a bigram loses by the depth of the valley that it lies in, and what it keeps in any case (weigh_terms). */
#define STICKINESS_SLOPE 1.5
#define STICKINESS_FLOOR 0.3
/* A character of a question selects by itself, where nothing better is left, if at most one of so many passages holds
 * it, or so few that going through them costs little. */
enum { LOOSE_CHAR_RARITY = 10, LOOSE_PASSAGES_MAX = 10000 };
#define LOOSE_CHAR_WEIGHT 0.25 /* a bigram counts 1 */

struct planner {
    struct index *ix;
    const struct query *query;
    struct plan *plan;
    struct error *err;
};

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
 * in a valley between two stickier neighbours and counts less. */
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

/* Is the term asked for together with others of its number? */
static bool is_grouped(const struct plan_term *t)
{
    return t->number && !t->number->is_single;
}

/* Does the term's character lie within a number? By itself it says nothing. */
static bool is_of_number(const struct plan_term *t, size_t at)
{
    const ptrdiff_t place = t->number_at + (ptrdiff_t)at;
    return is_grouped(t) && place >= 0 && place < (ptrdiff_t)t->number->n;
}

static void weigh_variants(struct plan *p)
{
    const bool is_lone = p->n_terms == 1 && is_ascii_digit((unsigned char)p->terms[0].bytes[0]);
    for (size_t i = 0; i < p->n_terms; i++)
        p->terms[i].variant_factor = is_lone ? LONE_VARIANT_FACTOR : VARIANT_FACTOR;
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
        if (is_of_number(t, i % 2))
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
        p->chars[p->n_chars++] =
            (struct plan_char){cp, df, plan_idf((double)p->n_passages, (double)df)};
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

/* A variant's term, or all terms of a phrase. */
static const struct xnode *variant_node(struct arena *arena, const struct variant *v)
{
    const struct xnode *terms[NUMERAL_CHARS_MAX * 2];
    size_t n = 0;
    struct tokenizer tokenizer;
    struct token t;
    if (!v->phrase)
        return xnode_term(arena, XOP_TERM, v->bytes, v->n);
    tokenizer_init(&tokenizer, TOKENIZER_QUERY, v->bytes, v->n);
    while (n < sizeof terms / sizeof *terms && tokenizer_next(&tokenizer, &t)) {
        terms[n] = xnode_term(arena, XOP_TERM, t.term, t.term_len);
        if (!terms[n++])
            return NULL;
    }
    return xnode_combine(arena, XOP_AND, terms, n);
}

/* Any of a term's variants, at a part of the weight. */
static const struct xnode *variants_node(
    struct arena *arena, const struct plan_term *t, double weight)
{
    const struct xnode *nodes[VARIANTS_MAX];
    for (size_t i = 0; i < t->variants.n; i++) {
        nodes[i] = variant_node(arena, &t->variants.at[i]);
        if (!nodes[i])
            return NULL;
    }
    const struct xnode *all = xnode_combine(arena, XOP_SYNONYM, nodes, t->variants.n);
    return all ? xnode_scale(arena, t->variant_factor * weight, all) : NULL;
}

static const struct xnode *with_variants(
    struct arena *arena, const struct plan_term *t, const struct xnode *term)
{
    const struct xnode *pair[2] = {term, variants_node(arena, t, 1)};
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

/* A number of several terms: all of them, or a variant. What reaches into it only adds. */
static const struct xnode *number_node(const struct plan *p, struct arena *arena, size_t first)
{
    const struct plan_number *number = p->terms[first].number;
    size_t room = 1;
    for (size_t i = first; i < p->n_terms; i++)
        room += p->terms[i].number == number;
    const struct xnode **typed = arena_alloc(arena, 3 * room * sizeof *typed);
    if (!typed)
        return NULL;
    const struct xnode **other = typed + room, **adding = other + room;
    size_t n_typed = 0, n_other = 1, n_adding = 1;
    for (size_t i = first; i < p->n_terms; i++) {
        const struct plan_term *t = &p->terms[i];
        if (t->number != number)
            continue;
        const struct xnode *node = t->is_inner ? xnode_term(arena, XOP_TERM, t->bytes, t->n)
                                               : (adding[n_adding++] = soft_term_node(arena, t));
        if (t->is_inner && node)
            node = typed[n_typed++] = xnode_scale(arena, t->weight, node);
        if (node && t->is_inner && t->variants.n)
            node = other[n_other++] = variants_node(arena, t, t->weight);
        if (!node)
            return NULL;
    }
    other[0] = xnode_combine(arena, XOP_AND, typed, n_typed);
    adding[0] = other[0] ? xnode_combine(arena, XOP_OR, other, n_other) : NULL;
    return adding[0] ? xnode_combine(arena, XOP_AND_MAYBE, adding, n_adding) : NULL;
}

/* Is the term the first of its number? */
static bool leads_number(const struct plan *p, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (p->terms[i].number == p->terms[at].number)
            return false;
    return true;
}

/* Does the term select, or another of its number? */
static bool is_selecting(const struct plan *p, size_t at)
{
    bool is = p->terms[at].is_selecting;
    for (size_t i = at; i < p->n_terms && is_grouped(&p->terms[at]); i++)
        is |= p->terms[i].is_selecting && p->terms[i].number == p->terms[at].number;
    return is;
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
        if (is_grouped(t) ? !leads_number(p, i) : t->df == 0 && t->variants.n == 0)
            continue;
        const struct xnode *node =
            is_grouped(t) ? number_node(p, arena, i) : soft_term_node(arena, t);
        if (!node)
            return NULL;
        if (is_narrow && !is_selecting(p, i))
            adding[n_adding++] = node;
        else
            selecting[n_selecting++] = node;
    }
    adding[0] = xnode_combine(arena, XOP_OR, selecting, n_selecting);
    return adding[0] ? xnode_combine(arena, XOP_AND_MAYBE, adding, n_adding) : NULL;
}

/* A question's soft terms, or one of its characters: what a slip in a name leaves of it. */
static const struct xnode *loose_node(struct plan *p, const struct xnode *wide)
{
    const struct xnode **nodes = arena_alloc(&p->arena, (p->n_chars + 1) * sizeof *nodes);
    size_t n = 0;
    if (!nodes)
        return NULL;
    nodes[n++] = wide;
    for (size_t i = 0; i < p->n_chars; i++) {
        char bytes[UTF8_MAX_BYTES];
        const struct plan_char *c = &p->chars[i];
        if (c->df == 0 || (c->df > p->n_passages / LOOSE_CHAR_RARITY && c->df > LOOSE_PASSAGES_MAX))
            continue;
        const struct xnode *node =
            xnode_term(&p->arena, XOP_PREFIX, bytes, utf8_encode(c->cp, bytes));
        nodes[n] = node ? xnode_scale(&p->arena, LOOSE_CHAR_WEIGHT, node) : NULL;
        if (!nodes[n++])
            return NULL;
    }
    return xnode_combine(&p->arena, XOP_OR, nodes, n);
}

/* What the children of the query's root ask for. */
struct conditions {
    const struct xnode **text, **report, **excluded; /* those to be met, and those not to be */
    size_t n_text, n_report, n_excluded;
    bool is_impossible;
};

static enum status add_condition(
    struct planner *pl, const struct query_node *node, bool words, struct conditions *all)
{
    struct candidates c;
    bool is_not = node->kind == NODE_NOT;
    enum status s = condition_candidates(
        pl->ix, pl->query, is_not ? node->first : node, words, &pl->plan->arena, &c, pl->err);
    if (s != STATUS_OK)
        return s;
    pl->plan->needs_text |= !c.is_decided;
    if (is_not) {
        if (c.node && c.is_decided)
            all->excluded[all->n_excluded++] = c.node;
    } else if (!c.node) {
        all->is_impossible = true;
    } else if (c.is_soft && c.is_decided) {
        return STATUS_OK;
    } else if (query_node_has_text(pl->query, node)) {
        all->text[all->n_text++] = c.node;
    } else {
        all->report[all->n_report++] = c.node;
    }
    return STATUS_OK;
}

static enum status collect_conditions(struct planner *pl, bool words, struct conditions *all)
{
    size_t n = 1;
    for (const struct query_node *node = pl->query->root->first; node; node = node->next)
        n++;
    all->text = arena_alloc(&pl->plan->arena, 3 * n * sizeof *all->text);
    if (!all->text)
        return error_no_memory(pl->err);
    all->report = all->text + n;
    all->excluded = all->report + n;
    enum status s = STATUS_OK;
    for (const struct query_node *node = pl->query->root->first; node && s == STATUS_OK;
         node = node->next)
        s = add_condition(pl, node, words, all);
    return s;
}

static const struct xnode *joined(
    struct arena *arena, enum xop op, const struct xnode *a, const struct xnode *b)
{
    const struct xnode *pair[2] = {a, b};
    return a && b ? xnode_combine(arena, op, pair, 2) : a ? a : b;
}

/* `core`, NULL for none, among the passages that the conditions let through. */
static const struct xnode *filtered(
    struct arena *arena, const struct xnode *core, const struct conditions *all)
{
    if (all->is_impossible)
        return xnode_combine(arena, XOP_OR, NULL, 0);
    const struct xnode *node = core;
    if (all->n_text)
        node = joined(
            arena, XOP_AND_MAYBE, xnode_combine(arena, XOP_AND, all->text, all->n_text), core);
    if (all->n_report)
        node = joined(
            arena, XOP_FILTER, node, xnode_combine(arena, XOP_AND, all->report, all->n_report));
    if (!node)
        node = xnode_combine(arena, XOP_ALL, NULL, 0);
    if (!node || all->n_excluded == 0)
        return node;
    return joined(
        arena, XOP_AND_NOT, node, xnode_combine(arena, XOP_OR, all->excluded, all->n_excluded));
}

/* Are there numbers that the terms alone do not tell? A spelling is one term. */
static bool has_phrases(const struct plan *p)
{
    for (size_t i = 0; i < p->n_terms; i++) {
        if (is_grouped(&p->terms[i]))
            return true;
        for (size_t v = 0; v < p->terms[i].variants.n; v++)
            if (p->terms[i].variants.at[v].phrase && !p->terms[i].variants.at[v].is_spelling)
                return true;
    }
    return false;
}

static enum status make_nodes(struct planner *pl, bool words)
{
    struct plan *p = pl->plan;
    struct conditions all = {.n_text = 0};
    enum status s = collect_conditions(pl, words, &all);
    if (s != STATUS_OK)
        return s;
    const bool is_adding = all.n_text > 0; /* then none selects */
    const struct xnode *wide = p->n_terms ? soft_node(p, false) : NULL;
    const struct xnode *narrow = p->n_terms && !is_adding ? soft_node(p, true) : wide;
    if (p->n_terms && (!narrow || !wide))
        return error_no_memory(pl->err);
    p->needs_evidence = has_phrases(p) && !is_adding;
    p->wide = filtered(&p->arena, wide, &all);
    p->narrow = narrow == wide ? p->wide : filtered(&p->arena, narrow, &all);
    if (!p->narrow || !p->wide)
        return error_no_memory(pl->err);
    if (!p->is_question)
        return STATUS_OK;
    const struct xnode *loose = loose_node(p, wide);
    p->loose = loose ? filtered(&p->arena, loose, &all) : NULL;
    return p->loose ? STATUS_OK : error_no_memory(pl->err);
}

static enum status make(struct planner *pl, bool for_count)
{
    const struct query *q = pl->query;
    struct plan *p = pl->plan;
    struct index_totals totals = index_totals(pl->ix);
    *p = (struct plan){.n_passages = index_n_stored(pl->ix)};
    p->average_tokens = totals.n_passages ? (double)totals.n_tokens / (double)totals.n_passages : 1;
    arena_init(&p->arena, PLAN_BYTES_MAX);
    enum status s = for_count ? STATUS_OK : soft_terms_collect(pl->ix, q, p, pl->err);
    if (s == STATUS_OK)
        s = weigh_terms(pl);
    weigh_variants(p);
    if (s == STATUS_OK)
        s = collect_chars(pl);
    if (s == STATUS_OK)
        s = choose_selecting(pl);
    if (s == STATUS_OK)
        s = make_nodes(pl, for_count);
    if (s != STATUS_OK)
        plan_release(p);
    return s;
}

enum status plan_make(struct index *ix, const struct query *q, struct plan *out, struct error *err)
{
    struct planner pl = {ix, q, out, err};
    return make(&pl, false);
}

enum status plan_make_count(
    struct index *ix, const struct query *q, struct plan *out, struct error *err)
{
    struct planner pl = {ix, q, out, err};
    return make(&pl, true);
}

void plan_release(struct plan *p)
{
    arena_release(&p->arena);
    *p = (struct plan){0};
}
