// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/evaluate_node.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EVALUATION_BYTES_MAX = 1 << 30 };

/* Beyond what sums of rounded weights may differ. */
#define UPPER_SLACK (1 + 1e-9)
/* Scores take up to so much of their 63 bits. */
#define SCORE_BITS 60

struct maker {
    struct evaluation *e;
    struct error *err;
    bool in_synonym;
};

static struct node *make(struct maker *m, const struct xnode *x, double factor);

static struct node *no_memory(struct maker *m)
{
    error_no_memory(m->err);
    return NULL;
}

static struct node *new_node(struct maker *m, enum node_kind kind)
{
    struct node *n = arena_alloc(&m->e->arena, sizeof *n);
    if (!n)
        return no_memory(m);
    n->kind = kind;
    n->counts_wdf = m->in_synonym;
    return n;
}

/* ---- weights ---- */

static double weight_of(const struct evaluation *e, double df, double factor)
{
    double q = (e->n_passages - df + 0.5) / (df + 0.5);
    return log(q < 2 ? q * 0.5 + 1 : q) * factor * (e->k1 + 1);
}

static double saturated(const struct evaluation *e, double wdf)
{
    return wdf / (e->k1 + wdf);
}

/* A leaf or a synonym is weighed once its df and the upper bound of its wdf are known. */
static void weigh(struct maker *m, struct node *n, double factor, double wdf_upper)
{
    if (m->in_synonym) {
        n->upper = wdf_upper;
        return;
    }
    if (m->e->is_boolean || factor == 0 || n->kind == NODE_NOTHING)
        return;
    n->weight = weight_of(m->e, n->df, factor);
    n->upper = n->weight * saturated(m->e, wdf_upper) * UPPER_SLACK;
}

/* Never above the node's bound, on which the unit rests: a table may hold a wdf that its version file does not know. */
score_t node_score_slowly(const struct evaluation *e, const struct node *n, uint64_t wdf)
{
    if (n->counts_wdf)
        return wdf < (uint64_t)n->score_upper ? (score_t)wdf : n->score_upper;
    double score = n->weight * saturated(e, (double)wdf) * e->unit;
    return score < (double)n->score_upper ? (score_t)llround(score) : n->score_upper;
}

/* ---- leaves ---- */

static bool note_opened(struct evaluation *e, struct node *n)
{
    if (e->n_opened == e->n_opened_max) {
        size_t max = e->n_opened_max ? 2 * e->n_opened_max : 64;
        struct node **more = realloc(e->opened, max * sizeof *more);
        if (!more)
            return false;
        e->opened = more;
        e->n_opened_max = max;
    }
    e->opened[e->n_opened++] = n;
    return true;
}

static struct node *make_term(struct maker *m, const struct xnode *x, double factor)
{
    struct evaluation *e = m->e;
    uint8_t key[TERM_KEY_MAX];
    struct node *n = new_node(m, NODE_TERM);
    if (!n)
        return NULL;
    n->key_len = segment_term_key(x->term, x->term_len, key);
    n->key = (uint8_t *)arena_copy(&e->arena, (const char *)key, n->key_len);
    n->lists = arena_alloc(&e->arena, e->n_segments * sizeof *n->lists);
    if (!n->key || !n->lists || !note_opened(e, n))
        return no_memory(m);
    uint64_t wdf_upper = 0;
    for (size_t i = 0; i < e->n_segments && n->key_len; i++) {
        struct term_list *l = &n->lists[i];
        if (term_list_open(l, &e->segments[i], n->key, n->key_len, &e->arena, &e->faults, m->err) !=
            STATUS_OK)
            return NULL;
        uint64_t upper = e->segments[i].version.wdf_upper;
        upper = l->cf < upper ? l->cf : upper;
        wdf_upper = upper > wdf_upper ? upper : wdf_upper;
        n->df += (double)l->df;
    }
    if (n->df == 0)
        n->kind = NODE_NOTHING;
    weigh(m, n, factor, (double)wdf_upper);
    return n;
}

/* In one segment; how many of its passages match goes to *df. */
static enum status open_prefix(
    struct maker *m, struct node *n, size_t segment, const struct xnode *x, double *df)
{
    struct evaluation *e = m->e;
    struct prefix_union *u = &n->unions[segment];
    prefix_union_init(u, &e->segments[segment], x->term, x->term_len, e->n_passages, &e->faults);
    const struct champion_list **champions = &n->champions[segment];
    if (segment_reader_champions(u->segment, x->term, x->term_len, champions, m->err) != STATUS_OK)
        return m->err->status;
    if (*champions) {
        *df = (*champions)->df;
        return STATUS_OK;
    }
    enum status s = prefix_union_list(u, &e->arena, m->err);
    *df = fmin(e->n_passages * (1 - u->absent), u->segment->version.n_docs);
    return s;
}

static struct node *make_prefix(struct maker *m, const struct xnode *x, double factor)
{
    struct evaluation *e = m->e;
    struct node *n = new_node(m, NODE_PREFIX);
    if (!n)
        return NULL;
    n->unions = arena_alloc(&e->arena, e->n_segments * sizeof *n->unions);
    n->champions = arena_alloc(&e->arena, e->n_segments * sizeof *n->champions);
    if (!n->unions || !n->champions)
        return no_memory(m);
    double df = 0, sum = 0, wdf_upper = 0;
    bool is_any = false;
    for (size_t i = 0; i < e->n_segments; i++) {
        if (open_prefix(m, n, i, x, &df) != STATUS_OK)
            return NULL;
        sum += df;
        is_any |= n->unions[i].last > 0;
        wdf_upper = fmax(wdf_upper, e->segments[i].version.doclen_upper);
    }
    if (!is_any)
        n->kind = NODE_NOTHING;
    n->df = floor(sum + 0.5);
    weigh(m, n, factor, wdf_upper);
    return n;
}

static struct node *make_ranges(struct maker *m, const struct xnode *x)
{
    struct node *n = new_node(m, NODE_RANGES);
    if (!n)
        return NULL;
    n->ranges = x->ranges;
    for (size_t i = 0; i < m->e->n_segments; i++)
        n->df += docid_ranges_count(&x->ranges[i]);
    if (n->df == 0)
        n->kind = NODE_NOTHING;
    return n;
}

/* ---- inner nodes ---- */

static int by_df(const void *a, const void *b)
{
    const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
    return (x->df > y->df) - (x->df < y->df);
}

/* The children from x->children[from] on under one node; those that match nothing dropped from an
 * OR, and making nothing of an AND. */
static struct node *join(
    struct maker *m, enum node_kind kind, const struct xnode *x, size_t from, double factor)
{
    struct node *n = new_node(m, kind);
    if (!n)
        return NULL;
    n->children = arena_alloc(&m->e->arena, (x->n_children + 1) * sizeof(struct node *));
    if (!n->children)
        return no_memory(m);
    n->is_of_terms = true;
    bool is_or = kind == NODE_OR, is_empty = false;
    double share = 1;
    for (size_t i = from; i < x->n_children; i++) {
        struct node *child = make(m, x->children[i], factor);
        if (!child)
            return NULL;
        double p = child->df / m->e->n_passages;
        share *= is_or ? 1 - p : p;
        is_empty |= child->kind == NODE_NOTHING;
        if (is_or && child->kind == NODE_NOTHING)
            continue;
        n->children[n->n_children++] = child;
        n->upper += child->upper;
        n->is_of_terms &= child->kind == NODE_TERM;
    }
    n->df = floor(m->e->n_passages * (is_or ? 1 - share : share) + 0.5);
    if (n->n_children == 0 || (!is_or && is_empty)) {
        *n = (struct node){.kind = NODE_NOTHING, .counts_wdf = m->in_synonym};
        return n;
    }
    if (n->n_children == 1)
        return n->children[0];
    if (!is_or)
        qsort(n->children, n->n_children, sizeof *n->children, by_df);
    return n;
}

/* The first child, and the others under one right side. */
static struct node *split(struct maker *m, enum node_kind kind, enum node_kind right_kind,
    const struct xnode *x, double factor)
{
    struct node *n = new_node(m, kind);
    struct node **pair = arena_alloc(&m->e->arena, 2 * sizeof *pair);
    if (!n || !pair)
        return no_memory(m);
    pair[0] = make(m, x->children[0], factor);
    if (!pair[0] || x->n_children == 1)
        return pair[0];
    pair[1] = join(m, right_kind, x, 1, kind == NODE_AND_MAYBE ? factor : 0);
    if (!pair[1])
        return NULL;
    double p = pair[1]->df / m->e->n_passages;
    bool is_filter = kind == NODE_FILTER, is_nothing = pair[1]->kind == NODE_NOTHING;
    if (pair[0]->kind == NODE_NOTHING || (is_nothing && !is_filter))
        return pair[0];
    if (is_nothing)
        return pair[1];
    n->children = pair;
    n->n_children = 2;
    n->upper = pair[0]->upper + (kind == NODE_AND_MAYBE ? pair[1]->upper : 0);
    n->df = floor(pair[0]->df * (is_filter ? p : kind == NODE_AND_NOT ? 1 - p : 1) + 0.5);
    return n;
}

static struct node *make_synonym(struct maker *m, const struct xnode *x, double factor)
{
    const struct xnode *only = x->n_children == 1 ? x->children[0] : NULL;
    if (m->in_synonym || (only && (only->op == XOP_TERM || only->op == XOP_PREFIX ||
                                      only->op == XOP_SYNONYM || only->op == XOP_ALL)))
        return join(m, NODE_OR, x, 0, factor);
    struct maker inside = *m;
    inside.in_synonym = true;
    struct node *n = new_node(m, NODE_SYNONYM);
    struct node **child = arena_alloc(&m->e->arena, sizeof *child);
    if (!n || !child)
        return no_memory(m);
    *child = join(&inside, NODE_OR, x, 0, factor);
    if (!*child)
        return NULL;
    if ((*child)->kind == NODE_NOTHING)
        n->kind = NODE_NOTHING;
    n->children = child;
    n->n_children = 1;
    n->df = (*child)->df;
    weigh(m, n, factor, (*child)->upper);
    return n;
}

static struct node *make(struct maker *m, const struct xnode *x, double factor)
{
    if (x->op >= XOP_AND && x->op <= XOP_SCALE && x->n_children == 0)
        return new_node(m, NODE_NOTHING);
    switch (x->op) {
    case XOP_TERM:
        return make_term(m, x, factor);
    case XOP_PREFIX:
        return make_prefix(m, x, factor);
    case XOP_RANGES:
        return make_ranges(m, x);
    case XOP_AND:
        return join(m, NODE_AND, x, 0, factor);
    case XOP_OR:
        return join(m, NODE_OR, x, 0, factor);
    case XOP_SYNONYM:
        return make_synonym(m, x, factor);
    case XOP_AND_NOT:
        return split(m, NODE_AND_NOT, NODE_OR, x, factor);
    case XOP_AND_MAYBE:
        return split(m, NODE_AND_MAYBE, NODE_OR, x, factor);
    case XOP_FILTER:
        return split(m, NODE_FILTER, NODE_AND, x, factor);
    case XOP_SCALE:
        return make(m, x->children[0], factor * x->weight);
    default:
        break;
    }
    struct node *n = new_node(m, NODE_ALL);
    if (n)
        n->df = m->e->n_passages;
    return n;
}

/* Turns weights into whole numbers. */
static void measure(struct evaluation *e, struct node *n)
{
    for (size_t i = 0; i < n->n_children; i++)
        measure(e, n->children[i]);
    n->score_upper = (score_t)ceil(n->counts_wdf ? n->upper : n->upper * e->unit);
    if (n->kind != NODE_TERM && n->kind != NODE_PREFIX && n->kind != NODE_SYNONYM)
        return;
    for (uint64_t wdf = 0; wdf < WEIGHTS_KEPT; wdf++)
        n->scores[wdf] = node_score_slowly(e, n, wdf);
}

size_t node_count(const struct node *n)
{
    size_t sum = 1;
    for (size_t i = 0; i < n->n_children; i++)
        sum += node_count(n->children[i]);
    return sum;
}

enum status evaluation_begin(struct evaluation *e, struct segment_reader *segments,
    size_t n_segments, const struct xnode *query, double k1, bool is_boolean, struct node **out,
    struct error *err)
{
    struct maker m = {.e = e, .err = err};
    *e = (struct evaluation){.segments = segments,
        .n_segments = n_segments,
        .k1 = k1,
        .is_boolean = is_boolean,
        .faults.err = err,
        .err = err};
    arena_init(&e->arena, EVALUATION_BYTES_MAX);
    for (size_t i = 0; i < n_segments; i++)
        e->n_passages += segments[i].version.n_docs;
    if (e->n_passages < 1)
        e->n_passages = 1;
    enum status s = xnode_check(query, err);
    if (s != STATUS_OK)
        return s;
    *out = make(&m, query, 1);
    if (!*out)
        return err->status;
    int exponent;
    frexp((*out)->upper + 1, &exponent);
    e->unit = ldexp(1, SCORE_BITS - exponent);
    measure(e, *out);
    return STATUS_OK;
}

void evaluation_end(struct evaluation *e)
{
    for (size_t i = 0; i < e->n_opened; i++)
        for (size_t s = 0; s < e->n_segments; s++)
            term_list_release(&e->opened[i]->lists[s]);
    free(e->opened);
    arena_release(&e->arena);
}
