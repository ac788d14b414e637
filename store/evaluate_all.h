// SPDX-License-Identifier: GPL-2.0-or-later
/* The passages that hold all of several terms, some hundred at a time: those of the rarest term, of which each
 * other term keeps what it has too. */
#ifndef DUAN_STORE_EVALUATE_ALL_H
#define DUAN_STORE_EVALUATE_ALL_H

#include "store/evaluate_node.h"

enum { MATCHES_MAX = 256 };
struct matches {
    uint32_t docids[MATCHES_MAX];
    score_t scores[MATCHES_MAX];
    size_t n;
};

/* Puts the next ones from docid up to `end` into *out; of those that can score no more than `hopeless` some, or none. n is
 * a NODE_AND of terms alone. Returns where to go on, not before `end` if these were all. */
uint32_t all_of_terms(struct evaluation *e, struct node *n, uint32_t docid, uint32_t end,
    score_t hopeless, struct matches *out);

#endif
