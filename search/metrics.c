// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/metrics.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define PERMUTATION_SEED 0x6475616EULL
/* Sums of the same differences in another order may differ by rounding; they count as equal. */
#define ROUNDING 1e-9

const char *metric_name(enum metric m)
{
    static const char *const names[] = {"nDCG@10", "MRR@10", "Recall@100"};
    return names[m];
}

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

static double discounted_gain(const double *relevances, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n && i < METRICS_CUT; i++)
        sum += relevances[i] / log2((double)i + 2);
    return sum;
}

struct metrics metrics_of_query(
    const double *ranked, size_t n_ranked, double *judged, size_t n_judged)
{
    struct metrics m = {{0}};
    size_t n_relevant = 0, n_found = 0;
    qsort(judged, n_judged, sizeof *judged, falling);
    while (n_relevant < n_judged && judged[n_relevant] > 0)
        n_relevant++;
    if (n_relevant == 0)
        return m;
    m.of[METRIC_NDCG] = discounted_gain(ranked, n_ranked) / discounted_gain(judged, n_judged);
    for (size_t i = 0; i < n_ranked && i < METRICS_RECALL_CUT; i++) {
        if (ranked[i] <= 0)
            continue;
        if (n_found++ == 0 && i < METRICS_CUT)
            m.of[METRIC_MRR] = 1 / (double)(i + 1);
    }
    m.of[METRIC_RECALL] = (double)n_found / (double)n_relevant;
    return m;
}

/* xorshift64*: the same throws everywhere. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1DULL;
}

static double sum_with_random_signs(const double *differences, size_t n, uint64_t *state)
{
    double sum = 0;
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        if (i % 32 == 0)
            bits = next_random(state) >> 32; /* its high bits are the better ones */
        sum += bits & 1 ? differences[i] : -differences[i];
        bits >>= 1;
    }
    return sum;
}

double metrics_p_value(const double *differences, size_t n)
{
    uint64_t state = PERMUTATION_SEED;
    double observed = 0;
    size_t n_as_large = 0;
    for (size_t i = 0; i < n; i++)
        observed += differences[i];
    for (int i = 0; i < METRICS_PERMUTATIONS; i++)
        n_as_large +=
            fabs(sum_with_random_signs(differences, n, &state)) >= fabs(observed) - ROUNDING;
    return ((double)n_as_large + 1) / (METRICS_PERMUTATIONS + 1);
}
