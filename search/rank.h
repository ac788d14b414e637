// SPDX-License-Identifier: GPL-2.0-or-later
/* The second look at the best candidates, from their text (RANKING.md, "The recipe", step 5).
 *
 * To the BM25 of the terms it adds: the BM25 of the query's single characters; the best sentence
 * (the largest sum of distinct terms within one); what stands in the first 40 characters; pairs of
 * terms that stand as near each other in the text as in the query. Every weight is of the recipe;
 * none was fitted to a set here. */
#ifndef DUAN_SEARCH_RANK_H
#define DUAN_SEARCH_RANK_H

#include "search/folded_passage.h"
#include "search/plan.h"

/* Scores one passage, whose folded text is f and whose raw text is text. first_pass is Xapian's
 * score. */
double rank_score(const struct plan *plan, const struct folded_passage *f, const char *text,
    size_t n, double first_pass);

/* The soft term of the plan that a token is, or is a variant of; -1 for none. */
int plan_find_token(const struct plan *plan, const struct token *t);

#endif
