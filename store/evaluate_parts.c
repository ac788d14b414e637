// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/evaluate_parts.h"

#include "store/evaluate_window.h"

static void add_optional(struct parts *p, struct node *n)
{
    for (size_t i = 0; n->kind == NODE_OR && i < n->n_children; i++)
        add_optional(p, n->children[i]);
    if (n->kind != NODE_OR && n->kind != NODE_NOTHING)
        p->optional[p->n_optional++] = n;
}

bool parts_take(struct parts *p, struct node *query, struct arena *arena)
{
    size_t n = node_count(query);
    struct node **all = arena_alloc(arena, 3 * n * sizeof *all), *core = query;
    if (!all)
        return false;
    *p = (struct parts){.filters = all, .excluded = all + n, .optional = all + 2 * n};
    while (
        core->kind == NODE_AND_NOT || core->kind == NODE_FILTER || core->kind == NODE_AND_MAYBE) {
        struct node *right = core->children[1];
        if (core->kind == NODE_AND_NOT)
            p->excluded[p->n_excluded++] = right;
        else if (core->kind == NODE_FILTER)
            p->filters[p->n_filters++] = right;
        else
            add_optional(p, right);
        core = core->children[0];
    }
    p->core = core;
    return true;
}

bool parts_allow(const struct parts *p, struct evaluation *e, uint32_t docid)
{
    score_t ignored = 0;
    for (size_t i = 0; i < p->n_filters; i++)
        if (!node_probe(e, p->filters[i], docid, &ignored))
            return false;
    for (size_t i = 0; i < p->n_excluded; i++)
        if (node_probe(e, p->excluded[i], docid, &ignored))
            return false;
    return true;
}

uint32_t parts_next_allowed(const struct parts *p, struct evaluation *e, uint32_t docid)
{
    for (size_t i = 0; i < p->n_filters && docid != DOCID_END; i++)
        docid = node_next(e, p->filters[i], docid);
    return docid;
}

static bool has_only_ranges(const struct parts *p)
{
    bool is_so = p->n_filters == 0 && p->n_optional == 0;
    for (size_t i = 0; i < p->n_excluded; i++)
        is_so &= p->excluded[i]->kind == NODE_RANGES;
    return is_so;
}

size_t parts_champions(const struct parts *p, struct evaluation *e, struct champion out[CHAMPIONS])
{
    const struct champion_list *l = NULL;
    size_t n = 0;
    if (p->core->kind == NODE_PREFIX && has_only_ranges(p))
        l = p->core->champions[e->segment];
    if (!l)
        return 0;
    if (!champion_list_read(l, e->n_docs, out)) {
        e->faults.status = champions_damaged(e->segments[e->segment].dir, e->faults.err);
        return 0;
    }
    for (size_t i = 0; i < CHAMPIONS; i++)
        if (parts_allow(p, e, out[i].docid))
            out[n++] = out[i];
    for (size_t i = 0; i < p->n_excluded; i++)
        p->excluded[i]->range_segment = SIZE_MAX; /* to be asked from the front again */
    return n;
}
