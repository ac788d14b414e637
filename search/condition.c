// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/condition.h"

#include "search/literal.h"
#include "search/report_match.h"

/* Deeper conditions have every passage as candidate: Xapian's trees are bounded. */
enum { CANDIDATES_DEPTH_MAX = 24 };

struct maker {
    struct index *ix;
    const struct query *query;
    bool words;
    struct arena *arena;
    struct error *err;
};

static enum status make(
    struct maker *m, const struct query_node *node, size_t depth, struct candidates *out);

static enum status all_passages(struct maker *m, bool is_decided, struct candidates *out)
{
    *out = (struct candidates){
        xnode_combine(m->arena, XOP_ALL, NULL, 0), .is_decided = is_decided, .is_all = true};
    return out->node ? STATUS_OK : error_no_memory(m->err);
}

static enum status make_clause(struct maker *m, const struct clause *c, struct candidates *out)
{
    *out = (struct candidates){.node = NULL};
    if (c->is_soft && !m->words) {
        enum status soft = all_passages(m, true, out);
        out->is_soft = true;
        return soft;
    }
    if (c->kind == CLAUSE_FIELD || c->kind == CLAUSE_DATES) {
        out->is_decided = true;
        return report_candidates(m->ix, c, m->arena, &out->node, m->err);
    }
    struct literal l;
    enum status s = literal_make(m->ix, c, m->arena, &l, m->err);
    if (s != STATUS_OK || !l.candidates)
        return s;
    *out = (struct candidates){
        l.candidates, .is_decided = l.is_decided, .is_all = l.candidates->op == XOP_ALL};
    if (c->kind != CLAUSE_WORD || out->is_all)
        return s;
    out->node = xnode_scale(m->arena, 0, l.candidates);
    return out->node ? s : error_no_memory(m->err);
}

static enum status make_not(
    struct maker *m, const struct query_node *node, size_t depth, struct candidates *out)
{
    struct candidates child;
    enum status s = make(m, node->first, depth + 1, &child);
    if (s == STATUS_OK)
        s = all_passages(m, !child.node, out);
    if (s != STATUS_OK || !child.node || !child.is_decided)
        return s;
    const struct xnode *pair[2] = {out->node, child.node};
    *out = (struct candidates){xnode_combine(m->arena, XOP_AND_NOT, pair, 2), .is_decided = true};
    return out->node ? s : error_no_memory(m->err);
}

static size_t count_children(const struct query_node *node)
{
    size_t n = 0;
    for (const struct query_node *child = node->first; child; child = child->next)
        n++;
    return n;
}

static enum status make_and(
    struct maker *m, const struct query_node *node, size_t depth, struct candidates *out)
{
    size_t n = 0;
    const struct xnode **nodes = arena_alloc(m->arena, (count_children(node) + 1) * sizeof *nodes);
    if (!nodes)
        return error_no_memory(m->err);
    bool is_decided = node->kind != NODE_NEAR, is_impossible = false, is_soft = true;
    for (const struct query_node *child = node->first; child; child = child->next) {
        struct candidates c;
        enum status s = make(m, child, depth + 1, &c);
        if (s != STATUS_OK)
            return s;
        is_impossible |= !c.node;
        is_decided &= c.is_decided;
        is_soft &= c.is_soft;
        if (c.node && !c.is_all)
            nodes[n++] = c.node;
    }
    *out = (struct candidates){.is_decided = true};
    if (is_impossible)
        return STATUS_OK;
    if (n == 0) {
        enum status s = all_passages(m, is_decided, out);
        out->is_soft = is_soft;
        return s;
    }
    *out =
        (struct candidates){xnode_combine(m->arena, XOP_AND, nodes, n), .is_decided = is_decided};
    return out->node ? STATUS_OK : error_no_memory(m->err);
}

static enum status make_or(
    struct maker *m, const struct query_node *node, size_t depth, struct candidates *out)
{
    size_t n = 0;
    const struct xnode **nodes = arena_alloc(m->arena, (count_children(node) + 1) * sizeof *nodes);
    if (!nodes)
        return error_no_memory(m->err);
    bool is_decided = true, is_all = false, is_soft = false;
    for (const struct query_node *child = node->first; child; child = child->next) {
        struct candidates c;
        enum status s = make(m, child, depth + 1, &c);
        if (s != STATUS_OK)
            return s;
        is_all |= c.is_all && c.node;
        is_soft |= c.is_soft;
        is_decided &= c.is_decided || !c.node;
        if (c.node)
            nodes[n++] = c.node;
    }
    if (is_all) {
        enum status s = all_passages(m, is_decided, out);
        out->is_soft = is_soft;
        return s;
    }
    *out = (struct candidates){.is_decided = true};
    if (n == 0)
        return STATUS_OK;
    *out = (struct candidates){xnode_combine(m->arena, XOP_OR, nodes, n), .is_decided = is_decided};
    return out->node ? STATUS_OK : error_no_memory(m->err);
}

static enum status make(
    struct maker *m, const struct query_node *node, size_t depth, struct candidates *out)
{
    if (depth > CANDIDATES_DEPTH_MAX)
        return all_passages(m, false, out);
    switch (node->kind) {
    case NODE_CLAUSE:
        return make_clause(m, &m->query->clauses[node->clause], out);
    case NODE_NOT:
        return make_not(m, node, depth, out);
    case NODE_OR:
        return make_or(m, node, depth, out);
    default:
        return make_and(m, node, depth, out);
    }
}

enum status condition_candidates(struct index *ix, const struct query *q,
    const struct query_node *node, bool words, struct arena *arena, struct candidates *out,
    struct error *err)
{
    struct maker m = {ix, q, words, arena, err};
    return make(&m, node, 0, out);
}

/* ---- judging ---- */

void judge_init(
    struct judge *j, struct index *ix, const struct query *q, bool words, struct error *err)
{
    *j = (struct judge){.ix = ix, .query = q, .words = words, .err = err};
    folded_passage_init(&j->scratch);
}

void judge_release(struct judge *j)
{
    folded_passage_release(&j->scratch);
}

static bool report_meets(struct judge *j, const struct clause *c)
{
    bool found = false;
    if (!j->has_report)
        j->status = index_report_of(j->ix, j->segment, j->docid, &j->report, j->err);
    j->has_report = j->status == STATUS_OK;
    if (j->has_report)
        j->status =
            report_matches(c, &j->report.report, &j->report.source, &j->scratch, &found, j->err);
    return found;
}

static size_t find_clause(const struct clause *c, struct folded_passage *f, size_t from)
{
    return folded_passage_find(f, c->folded, c->n_folded, !c->is_quoted, from);
}

static size_t apart(size_t p, size_t p_end, size_t q, size_t q_end)
{
    return q >= p_end ? q - p_end : p >= q_end ? p - q_end : SIZE_MAX;
}

/* Do a and b stand with at most so many characters between them? */
static bool stand_near(
    const struct clause *a, const struct clause *b, size_t distance, struct folded_passage *f)
{
    size_t reach = distance + b->n_folded, first = find_clause(b, f, 0);
    for (size_t p = find_clause(a, f, 0); p < f->n; p = find_clause(a, f, p + 1)) {
        size_t p_end = p + a->n_folded;
        while (first < f->n && first + reach < p)
            first = find_clause(b, f, first + 1);
        for (size_t q = first; q < f->n && q <= p_end + distance; q = find_clause(b, f, q + 1))
            if (apart(p, p_end, q, q + b->n_folded) <= distance)
                return true;
    }
    return false;
}

static bool meets(struct judge *j, const struct query_node *node)
{
    if (node->kind == NODE_CLAUSE) {
        const struct clause *c = &j->query->clauses[node->clause];
        if (c->kind == CLAUSE_FIELD || c->kind == CLAUSE_DATES)
            return report_meets(j, c);
        return (c->is_soft && !j->words) || literal_stands_in(c, j->folded);
    }
    if (node->kind == NODE_NOT)
        return !meets(j, node->first);
    if (node->kind == NODE_NEAR) {
        const struct clause *all = j->query->clauses;
        return stand_near(
            &all[node->first->clause], &all[node->first->next->clause], node->distance, j->folded);
    }
    for (const struct query_node *child = node->first; child; child = child->next)
        if (meets(j, child) == (node->kind == NODE_OR))
            return node->kind == NODE_OR;
    return node->kind == NODE_AND;
}

enum status judge_passage(
    struct judge *j, uint32_t segment, uint32_t docid, struct folded_passage *f, bool *out)
{
    j->folded = f;
    j->segment = segment;
    j->docid = docid;
    j->has_report = false;
    j->status = STATUS_OK;
    *out = meets(j, j->query->root);
    return j->status;
}
