// SPDX-License-Identifier: GPL-2.0-or-later
/* A query as both engines take it (evaluate.h, xapian_c.h): a tree of nodes that the caller owns.
 *
 * 营商 发展 -电梯, where 发展 is common, may be AND_NOT(AND_MAYBE(营商, 发展), 电梯). A node without children where it needs
 * some matches nothing. */
#ifndef DUAN_STORE_XNODE_H
#define DUAN_STORE_XNODE_H

#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"
#include "store/docid_ranges.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { XTERM_MAX = 245, XNODE_DEPTH_MAX = 64 };

enum xop {
    XOP_TERM,      /* term */
    XOP_PREFIX,    /* all terms that begin with term, as one synonym */
    XOP_ALL,       /* every passage */
    XOP_AND,       /* all children */
    XOP_OR,        /* any child, weights added */
    XOP_SYNONYM,   /* any child, counted as one term */
    XOP_AND_NOT,   /* the first child and none of the others */
    XOP_AND_MAYBE, /* the first child; the others only add weight */
    XOP_FILTER,    /* the first child, where the others match too; those add no weight */
    XOP_SCALE,     /* the one child, its weight times `weight` */
    XOP_RANGES,    /* the passages in ranges[segment]; adds no weight */
};
struct xnode {
    enum xop op;
    const char *term;
    size_t term_len;
    const struct docid_ranges *ranges; /* XOP_RANGES: one a segment */
    double weight;
    const struct xnode *const *children;
    size_t n_children;
};

/* Make a node in an arena, terms and lists of children copied; NULL when it is full, or for a child that is NULL to be
 * scaled. A node of one child is that child. */
const struct xnode *xnode_term(struct arena *arena, enum xop op, const char *term, size_t n);
const struct xnode *xnode_combine(
    struct arena *arena, enum xop op, const struct xnode *const *children, size_t n);
const struct xnode *xnode_scale(struct arena *arena, double weight, const struct xnode *child);

/* STATUS_BAD_INPUT: deeper than XNODE_DEPTH_MAX; a term that is empty or longer than XTERM_MAX; a weight below 0, or
 * none that can be multiplied with. */
enum status xnode_check(const struct xnode *query, struct error *err);
/* Of one term alone. */
enum status xterm_check(const char *term, size_t n, struct error *err);

#ifdef __cplusplus
}
#endif
#endif
