// SPDX-License-Identifier: GPL-2.0-or-later
/* How good a ranking is, and whether one is better than another.
 *
 * Of one query, whose ranked documents have the relevance r_1, r_2, … (0: not judged or not
 * relevant) and whose judged documents are R in number above 0:
 *
 *   nDCG@10      the sum over ranks 1 to 10 of r_i / log2(i + 1), divided by the same sum over the
 *                judged relevances in falling order: the gain is the relevance itself
 *
 *   MRR@10       1 / i of the first r_i > 0 among the first ten, else 0
 *
 *   Recall@100   how many of the first hundred have r_i > 0, divided by R
 *
 * All are means over the queries that have a relevant document; one without an answer counts 0. */
#ifndef DUAN_SEARCH_METRICS_H
#define DUAN_SEARCH_METRICS_H

#include <stddef.h>

enum { METRICS_CUT = 10, METRICS_RECALL_CUT = 100 };

enum metric { METRIC_NDCG, METRIC_MRR, METRIC_RECALL, METRIC_COUNT };
struct metrics {
    double of[METRIC_COUNT];
};

/* "nDCG@10" */
const char *metric_name(enum metric m);

/* ranked: the relevances in rank order; judged: those of all judged documents, none negative, which
 * is put into falling order. All 0 where no judged relevance is above 0. */
struct metrics metrics_of_query(
    const double *ranked, size_t n_ranked, double *judged, size_t n_judged);

/* The two-sided paired randomisation test: how likely a mean difference at least as large is when
 * the sign of each query's difference is a coin's throw. METRICS_PERMUTATIONS throws of a fixed
 * seed; (hits + 1) / (throws + 1), so never 0. 1 for no differences. */
enum { METRICS_PERMUTATIONS = 10000 };
double metrics_p_value(const double *differences, size_t n);

#endif
