// SPDX-License-Identifier: GPL-2.0-or-later
/* A query made ready to be evaluated: struct xnode with its terms looked up, its weights known, its
 * children in the order in which they are best asked.
 *
 * Weights are Xapian's BM25 with b = 0: of a term that df of N passages hold
 *     ln(q < 2 ? 1 + q / 2 : q) (k1 + 1) wdf / (k1 + wdf),    q = (N - df + .5) / (df + .5)
 * times the factors of the XOP_SCALE above it. A synonym has the sum of its parts' wdfs and the df,
 * a whole number, that they would have together if they were independent; so has a prefix, but of a character with a
 * champion list the df is known. Scores are added up as whole numbers, so that
 * the sum does not depend on the order: `unit` of them are a score of 1, as many as 60 bits allow.
 */
#ifndef DUAN_STORE_EVALUATE_NODE_H
#define DUAN_STORE_EVALUATE_NODE_H

#include "store/prefix_union.h"
#include "store/term_list.h"
#include "store/xapian_c.h"

enum {
    WINDOW = 4096, /* passages that are evaluated together */
    WINDOW_WORDS = WINDOW / 64,
    WEIGHTS_KEPT = 64, /* weights of so many wdfs are at hand; those above are rare */
};

typedef int64_t score_t;

enum node_kind {
    NODE_NOTHING,
    NODE_ALL,
    NODE_RANGES,
    NODE_TERM,
    NODE_PREFIX,
    NODE_AND,
    NODE_OR,
    NODE_SYNONYM, /* children[0] gives sums of wdf */
    NODE_AND_NOT,
    NODE_AND_MAYBE,
    NODE_FILTER,
};

struct node {
    enum node_kind kind;
    struct node **children;
    size_t n_children;
    double df;                    /* over all segments, estimated but for terms */
    double weight;                /* of an endless wdf: idf * (k1 + 1) * factors; 0: adds none */
    double upper;                 /* no score is above it; of a node inside a synonym, no wdf */
    bool is_of_terms;             /* all its children are terms */
    bool counts_wdf;              /* inside a synonym: its score is its wdf, in ones */
    score_t score_upper;          /* upper, in units */
    score_t scores[WEIGHTS_KEPT]; /* by wdf, of a leaf or synonym */
    uint8_t *key;                 /* of a term */
    size_t key_len;
    struct term_list *lists;                /* of a term: one a segment */
    struct prefix_union *unions;            /* of a prefix: likewise */
    const struct champion_list **champions; /* likewise; NULL where the segment has none */
    const struct docid_ranges *ranges;      /* of a NODE_RANGES: likewise */
    size_t range, range_segment;            /* the one looked at last, and of which segment */
    struct window *kept; /* of an OR of very many terms: where it was last asked; NULL before */
    size_t kept_segment;
};

/* What all nodes share. */
struct evaluation {
    struct segment_reader *segments;
    size_t n_segments;
    double n_passages; /* of all segments */
    double k1, unit;
    bool is_boolean;
    struct arena arena;
    struct list_faults faults;
    struct error *err;
    struct node **opened; /* terms, whose lists are to be released */
    size_t n_opened, n_opened_max;
    size_t segment;  /* where we are */
    uint32_t n_docs; /* of it */
    struct window
        *windows[XNODE_DEPTH_MAX + 1]; /* for inner nodes, by depth; made when first needed */
};

/* Passages base to base + WINDOW - 1. */
struct window {
    uint32_t base;
    uint64_t bits[WINDOW_WORDS]; /* which match */
    score_t scores[WINDOW];      /* 0 where no bit is set */
};

/* Looks up all terms and weighs the nodes. STATUS_BAD_INPUT as xdb_search. */
enum status evaluation_begin(struct evaluation *e, struct segment_reader *segments,
    size_t n_segments, const struct xnode *query, double k1, bool is_boolean, struct node **out,
    struct error *err);
void evaluation_end(struct evaluation *e);

/* Nodes of a tree. */
size_t node_count(const struct node *n);

/* The score of a leaf or synonym at a wdf. */
score_t node_score_slowly(const struct evaluation *e, const struct node *n, uint64_t wdf);
static inline score_t node_score(const struct evaluation *e, const struct node *n, uint64_t wdf)
{
    return wdf < WEIGHTS_KEPT ? n->scores[wdf] : node_score_slowly(e, n, wdf);
}

#endif
