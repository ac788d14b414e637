// SPDX-License-Identifier: GPL-2.0-or-later
/* Asking a node: for all that matches within a window, for one passage, for where it may go on, and
 * an AND for its next passage.
 *
 * All four only go forwards through the passages of the evaluation's segment. A node is filled or
 * probed within a window, not both. */
#ifndef DUAN_STORE_EVALUATE_WINDOW_H
#define DUAN_STORE_EVALUATE_WINDOW_H

#include "store/evaluate_node.h"

/* Sets the bits of the passages that match and adds their scores. depth: of the node, from 0. After
 * a fault what is set means nothing. */
void node_fill(struct evaluation *e, struct node *n, struct window *w, unsigned depth);

/* Adds the scores of a term to those passages whose bits are set. */
void node_add_term(struct evaluation *e, struct node *n, struct window *w);

/* Adds the scores of a prefix to the n_offsets passages that lie so far from w->base. */
void node_add_prefix(struct evaluation *e, struct node *n, struct window *w,
    const uint16_t *offsets, size_t n_offsets);

/* Does the passage match? Then its score is added to *score. */
bool node_probe(struct evaluation *e, struct node *n, uint32_t docid, score_t *score);

/* No passage from docid on matches that lies before the one returned; DOCID_END: none does. */
uint32_t node_next(struct evaluation *e, struct node *n, uint32_t docid);

/* The first passage from docid on that an AND matches, and its score; DOCID_END: none does. Passages
 * that cannot score more than `hopeless` may be left out. */
uint32_t node_next_of_all(
    struct evaluation *e, struct node *n, uint32_t docid, score_t hopeless, score_t *score);

/* Clears the bits and scores. */
void window_clear(struct window *w);

#endif
