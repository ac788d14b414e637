// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/title_evidence.h"

#include <stdlib.h>
#include <string.h>

enum {
    NUMBERS_BYTES_MAX = 1 << 28,
    FOUND_BYTES_MAX = 1 << 28,
};
/* Of the value of the best title; a report with as much is among the best. */
#define BEST_SHARE 0.6

static const struct titled_report *reports_of(const struct title_evidence *t)
{
    return (const struct titled_report *)(const void *)t->found.data;
}

/* ---- looking up ---- */

/* Adds the reports of one segment with the term in their title, and their number to *df. */
static enum status find_in_segment(struct title_evidence *t, struct index *ix, uint32_t segment,
    const struct plan_term *term, uint64_t bit, uint64_t *df, struct buf *numbers,
    struct error *err)
{
    buf_clear(numbers);
    if (index_title_reports(ix, segment, term->bytes, term->n, numbers, err) != STATUS_OK)
        return err->status;
    size_t n = numbers->len / sizeof(uint32_t);
    *df += n;
    for (size_t i = 0; i < n; i++) {
        struct titled_report found = {.segment = segment, .terms = bit};
        memcpy(&found.report, numbers->data + i * sizeof found.report, sizeof found.report);
        if (!buf_append(&t->found, &found, sizeof found))
            return error_no_memory(err);
    }
    return STATUS_OK;
}

static int by_place(const void *a, const void *b)
{
    const struct titled_report *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->report < y->report ? -1 : x->report > y->report;
}

/* One entry a report, with all its terms and what they are worth. */
static void join_found(struct title_evidence *t, const double values[TITLE_TERMS_MAX])
{
    struct titled_report *all = (struct titled_report *)(void *)t->found.data;
    size_t n = t->found.len / sizeof *all;
    if (n == 0)
        return;
    qsort(all, n, sizeof *all, by_place);
    t->n = 1;
    for (size_t i = 1; i < n; i++) {
        if (by_place(&all[i], &all[t->n - 1]) == 0)
            all[t->n - 1].terms |= all[i].terms;
        else
            all[t->n++] = all[i];
    }
    for (size_t i = 0; i < t->n; i++)
        for (uint64_t bits = all[i].terms; bits; bits &= bits - 1)
            all[i].value += values[__builtin_ctzll(bits)];
}

enum status title_evidence_find(
    struct title_evidence *t, struct index *ix, const struct plan *plan, struct error *err)
{
    const struct manifest *m = index_manifest(ix);
    const double n_reports = (double)index_totals(ix).n_reports;
    double values[TITLE_TERMS_MAX] = {0};
    struct buf numbers;
    enum status s = STATUS_OK;
    *t = (struct title_evidence){.n = 0};
    buf_init(&t->found, FOUND_BYTES_MAX);
    buf_init(&numbers, NUMBERS_BYTES_MAX);
    for (size_t i = 0; i < plan->n_terms && i < TITLE_TERMS_MAX; i++) {
        const struct plan_term *term = &plan->terms[i];
        uint64_t df = 0;
        if (term->is_prefix)
            continue;
        for (uint32_t segment = 0; segment < m->n_segments && s == STATUS_OK; segment++)
            s = find_in_segment(t, ix, segment, term, (uint64_t)1 << i, &df, &numbers, err);
        values[i] = plan_idf(n_reports, (double)df) * term->weight;
    }
    buf_release(&numbers);
    if (s == STATUS_OK)
        join_found(t, values);
    return s;
}

void title_evidence_release(struct title_evidence *t)
{
    buf_release(&t->found);
}

/* ---- asking ---- */

uint64_t title_evidence_terms(const struct title_evidence *t, uint32_t segment, uint32_t report)
{
    const struct titled_report key = {.segment = segment, .report = report};
    const struct titled_report *found =
        t->n ? bsearch(&key, t->found.data, t->n, sizeof key, by_place) : NULL;
    return found ? found->terms : 0;
}

enum status title_evidence_best(const struct title_evidence *t, struct index *ix,
    struct arena *arena, const struct xnode **out, struct error *err)
{
    const struct titled_report *all = reports_of(t);
    double best = 0;
    size_t n_best = 0;
    *out = NULL;
    for (size_t i = 0; i < t->n; i++)
        best = fmax(best, all[i].value);
    for (size_t i = 0; i < t->n; i++)
        n_best += all[i].value >= BEST_SHARE * best;
    if (n_best == 0 || n_best > TITLE_BEST_MAX)
        return STATUS_OK;
    struct docid_ranges *ranges = index_ranges_make(ix, arena);
    if (!ranges)
        return error_no_memory(err);
    enum status s = STATUS_OK;
    for (size_t i = 0; i < t->n && s == STATUS_OK; i++)
        if (all[i].value >= BEST_SHARE * best)
            s = index_ranges_add_reports(ix, ranges, all[i].segment, all[i].report, 1, arena, err);
    return s == STATUS_OK ? index_ranges_node(ix, ranges, arena, out, err) : s;
}
