// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/xnode.h"

#include <math.h>
#include <string.h>

#include "common/utf8.h"

/* ---- making ---- */

const struct xnode *xnode_term(struct arena *arena, enum xop op, const char *term, size_t n)
{
    struct xnode *node = arena_alloc(arena, sizeof *node);
    char *copy = arena_copy(arena, term, n);
    if (!node || !copy)
        return NULL;
    *node = (struct xnode){.op = op, .term = copy, .term_len = n};
    return node;
}

const struct xnode *xnode_combine(
    struct arena *arena, enum xop op, const struct xnode *const *children, size_t n)
{
    if (n == 1)
        return children[0];
    struct xnode *node = arena_alloc(arena, sizeof *node);
    const struct xnode **copy = arena_alloc(arena, (n ? n : 1) * sizeof *copy);
    if (!node || !copy)
        return NULL;
    if (n)
        memcpy(copy, children, n * sizeof *copy);
    *node = (struct xnode){.op = op, .children = copy, .n_children = n};
    return node;
}

const struct xnode *xnode_scale(struct arena *arena, double weight, const struct xnode *child)
{
    struct xnode *node = arena_alloc(arena, sizeof *node);
    const struct xnode **copy = arena_alloc(arena, sizeof *copy);
    if (!node || !copy || !child)
        return NULL;
    *copy = child;
    *node = (struct xnode){.op = XOP_SCALE, .weight = weight, .children = copy, .n_children = 1};
    return node;
}

/* ---- bounds ---- */

enum status xterm_check(const char *term, size_t n, struct error *err)
{
    if (n == 0)
        return error_set(err, STATUS_BAD_INPUT, "empty term");
    if (n > XTERM_MAX)
        return error_set(err, STATUS_BAD_INPUT, "term of %zu bytes, more than %d: '%.*s…'", n,
            XTERM_MAX, (int)utf8_floor(term, n, 60), term);
    return STATUS_OK;
}

static enum status check(const struct xnode *x, int depth, struct error *err)
{
    enum status s = STATUS_OK;
    if (depth > XNODE_DEPTH_MAX)
        return error_set(
            err, STATUS_BAD_INPUT, "query nested deeper than %d levels", XNODE_DEPTH_MAX);
    if (x->op == XOP_TERM || x->op == XOP_PREFIX)
        return xterm_check(x->term, x->term_len, err);
    if (x->op == XOP_SCALE && (!(x->weight >= 0) || isinf(x->weight)))
        return error_set(err, STATUS_BAD_INPUT, "weight %g in query", x->weight);
    for (size_t i = 0; i < x->n_children && s == STATUS_OK; i++)
        s = check(x->children[i], depth + 1, err);
    return s;
}

enum status xnode_check(const struct xnode *query, struct error *err)
{
    return check(query, 1, err);
}
