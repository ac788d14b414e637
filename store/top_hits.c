// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/top_hits.h"

#include <stdlib.h>

size_t top_hits_wanted(const struct xsearch *how)
{
    if (how->limit == 0)
        return 0;
    return how->limit < SIZE_MAX - how->offset ? how->limit + how->offset : SIZE_MAX;
}

int xhit_by_place(const void *a, const void *b)
{
    const struct xhit *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return (x->docid > y->docid) - (x->docid < y->docid);
}

void top_hits_init(struct top_hits *t, size_t k)
{
    *t = (struct top_hits){.k = k};
}

void top_hits_release(struct top_hits *t)
{
    free(t->hits);
    top_hits_init(t, 0);
}

/* Negative where a stands before b. */
static int compare(const struct top_hit *a, const struct top_hit *b)
{
    if (a->key != b->key)
        return a->key > b->key ? -1 : 1;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return (a->docid > b->docid) - (a->docid < b->docid);
}

int64_t top_hits_threshold(const struct top_hits *t)
{
    return t->n == t->k && t->k ? t->hits[0].score : -1;
}

static void sift_up(struct top_hit *hits, size_t i)
{
    struct top_hit hit = hits[i];
    while (i && compare(&hits[(i - 1) / 2], &hit) < 0) {
        hits[i] = hits[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    hits[i] = hit;
}

static void sift_down(struct top_hit *hits, size_t n, struct top_hit hit)
{
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && compare(&hits[child], &hits[child + 1]) < 0)
            child++;
        if (compare(&hit, &hits[child]) >= 0)
            break;
        hits[i] = hits[child];
    }
    hits[i] = hit;
}

bool top_hits_add(struct top_hits *t, struct top_hit hit)
{
    if (t->k == 0)
        return true;
    if (t->n == t->k) {
        if (compare(&hit, &t->hits[0]) < 0)
            sift_down(t->hits, t->n, hit);
        return true;
    }
    if (t->n == t->n_max) {
        size_t max = t->n_max ? 2 * t->n_max : 64;
        struct top_hit *more = realloc(t->hits, max * sizeof *more);
        if (!more)
            return false;
        t->hits = more;
        t->n_max = max;
    }
    t->hits[t->n] = hit;
    sift_up(t->hits, t->n++);
    return true;
}

static int by_place_in_page(const void *a, const void *b)
{
    return compare(a, b);
}

enum status top_hits_finish(
    struct top_hits *t, size_t offset, double unit, struct xhits *out, struct error *err)
{
    size_t from = offset < t->n ? offset : t->n, n = t->n - from;
    if (t->n)
        qsort(t->hits, t->n, sizeof *t->hits, by_place_in_page);
    out->hits = n ? malloc(n * sizeof *out->hits) : NULL;
    if (n && !out->hits)
        return error_no_memory(err);
    for (size_t i = 0; i < n; i++) {
        const struct top_hit *hit = &t->hits[from + i];
        out->hits[i] = (struct xhit){hit->segment, hit->docid, (double)hit->score / unit};
    }
    out->n = n;
    return STATUS_OK;
}
