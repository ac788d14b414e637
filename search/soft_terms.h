// SPDX-License-Identifier: GPL-2.0-or-later
/* The terms that the words of a query ask for, none of which must be there: the bigrams, words and
 * numbers of the text; of a question, those that are left when its question words are cut out. */
#ifndef DUAN_SEARCH_SOFT_TERMS_H
#define DUAN_SEARCH_SOFT_TERMS_H

#include "search/plan.h"

/* Puts the terms in the plan, in its arena: with n_passages set, weights not yet. */
enum status soft_terms_collect(
    struct index *ix, const struct query *q, struct plan *p, struct error *err);

#endif
