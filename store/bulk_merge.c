// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/bulk_merge.h"

#include <stdlib.h>
#include <string.h>

#include "store/glass_postlist.h"
#include "store/postings.h"
#include "store/run_merge.h"
#include "store/schema.h"
#include "store/work_queue.h"

enum {
    RANGES_MIN = 64, /* where the runs are many; else as many as their bytes ask for */
    RANGES_MAX = 4096,
    SEEKS_MAX = 500000, /* each range enters each run */
    CHUNKS_AT_ONCE = 32,
    RANGE_BYTES_MIN = 64 * 1024, /* of runs; more where memory allows */
    RANGE_BYTES_MAX = 2 * 1024 * 1024,
    /* Of the memory: what a range reads at most, and its windows; each thread has one, and some
       wait. */
    RANGE_SHARE = 16,
    WINDOW_SHARE = 8,
};

struct merge {
    const struct bulk_postlist *in;
    struct glass_table *table;
    uint8_t *single_wdf; /* of a term that occurs once, by docid: most do */
    uint32_t *doclens;   /* by docid */
    struct bulk_stats stats;
};

static inline uint32_t wdf_of(const struct merge *m, uint32_t docid, uint32_t tf)
{
    if (tf == 1)
        return m->single_wdf[docid];
    return schema_wdf(tf, m->in->lens[docid], m->in->average_length);
}

/* Adds the entries to the table and clears them. */
static enum status write_entries(struct merge *m, struct buf *entries, struct error *err)
{
    enum status s = glass_entries_add(m->table, entries, err);
    buf_clear(entries);
    return s;
}

/* ---- lengths ---- */

static enum status weigh_singles(struct merge *m, struct error *err)
{
    size_t n = (size_t)m->in->n_docs + 1;
    m->single_wdf = malloc(n);
    m->doclens = calloc(n, sizeof *m->doclens);
    if (!m->single_wdf || !m->doclens)
        return error_no_memory(err);
    /* At most WDF_SCALE / (1 - BM25_B), which is 20. */
    for (size_t docid = 1; docid < n; docid++)
        m->single_wdf[docid] = (uint8_t)schema_wdf(1, m->in->lens[docid], m->in->average_length);
    return STATUS_OK;
}

/* The sum of the wdfs of a passage, read from *in. */
static uint32_t read_length(const struct merge *m, uint32_t docid, struct bytes *in)
{
    uint32_t len = (uint32_t)bytes_varint(in) * wdf_of(m, docid, 1);
    for (uint64_t n = bytes_varint(in); n && !in->is_broken; n--)
        len += wdf_of(m, docid, (uint32_t)bytes_varint(in) + 2);
    return len;
}

/* A job is the number of a run, on the heap. Runs share no passage, so threads write to different
 * lengths. */
static enum status add_lengths(void *context, void *job, unsigned thread, struct error *err)
{
    (void)thread;
    struct merge *m = context;
    struct buf scratch;
    struct bytes in;
    buf_init(&scratch, SIZE_MAX);
    enum status s = run_store_tfs(m->in->runs, *(const size_t *)job, &scratch, &in, err);
    if (s == STATUS_OK) {
        uint64_t docid = bytes_varint(&in), n = bytes_varint(&in);
        for (; n && docid <= m->in->n_docs && !in.is_broken; n--, docid++)
            m->doclens[docid] = read_length(m, (uint32_t)docid, &in);
        if (n || in.is_broken)
            s = error_set(err, STATUS_INTERNAL, "broken run of postings");
    }
    buf_release(&scratch);
    return s;
}

static enum status submit_runs(struct merge *m, struct work_queue *q, struct error *err)
{
    for (size_t i = 0; i < run_store_count(m->in->runs); i++) {
        size_t *job = malloc(sizeof *job);
        if (!job)
            return error_no_memory(err);
        *job = i;
        if (work_queue_submit(q, job, err) != STATUS_OK)
            return err->status;
    }
    return work_queue_wait(q, err);
}

static enum status compute_lengths(struct merge *m, struct error *err)
{
    const struct work_kind kind = {.work = add_lengths, .free_job = free, .context = m};
    struct work_queue *q;
    if (weigh_singles(m, err) != STATUS_OK)
        return err->status;
    if (work_queue_open(m->in->n_threads, 2 * m->in->n_threads, &kind, &q, err) != STATUS_OK)
        return err->status;
    enum status s = submit_runs(m, q, err);
    work_queue_close(q);
    return s;
}

static void count_length(struct bulk_stats *stats, uint32_t len)
{
    stats->total_doclen += len;
    if (len > stats->doclen_upper)
        stats->doclen_upper = len;
    if (len && (stats->doclen_lower == 0 || len < stats->doclen_lower))
        stats->doclen_lower = len;
}

static enum status put_lengths(
    struct merge *m, struct glass_list *list, struct buf *entries, struct error *err)
{
    for (uint32_t docid = 1; docid <= m->in->n_docs; docid++) {
        uint32_t len = m->doclens[docid];
        bool is_end = docid == m->in->n_docs;
        count_length(&m->stats, len);
        if (glass_list_add(list, docid, len, err) != STATUS_OK)
            return err->status;
        if (!is_end && list->n_chunks < CHUNKS_AT_ONCE)
            continue;
        if (glass_list_put_lengths(list, is_end, entries, err) != STATUS_OK ||
            write_entries(m, entries, err) != STATUS_OK)
            return err->status;
    }
    return STATUS_OK;
}

static enum status write_lengths(struct merge *m, struct error *err)
{
    struct glass_list list;
    struct buf entries;
    glass_list_init(&list);
    buf_init(&entries, SIZE_MAX);
    enum status s = put_lengths(m, &list, &entries, err);
    glass_list_release(&list);
    buf_release(&entries);
    return s;
}

/* ---- terms ---- */

/* The terms of a range, low <= prefix < high (0: no end), and the entries they give; or the lengths, which stand before
 * all terms: written while the first ranges are at work. */
struct range {
    bool is_lengths;
    uint64_t low, high;
    struct glass_list list;
    struct buf entries;
    uint32_t wdf_upper;
};

static void free_range(void *job)
{
    struct range *r = job;
    glass_list_release(&r->list);
    buf_release(&r->entries);
    free(r);
}

static struct range *make_range(uint64_t low, uint64_t high)
{
    struct range *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->low = low;
    r->high = high;
    glass_list_init(&r->list);
    buf_init(&r->entries, SIZE_MAX);
    return r;
}

/* Postings read ahead, so that what is known of their passages is on its way from memory. */
enum { AHEAD = 64 };

struct ahead {
    struct glass_posting postings[AHEAD];
    size_t n, n_often;
    /* Which have a tf past 1: few, and none can foretell which. */
    struct {
        uint32_t at, tf;
    } often[AHEAD];
};

/* All but the wdfs. */
static void read_ahead(const struct merge *m, struct posting_cursor *from, struct ahead *a)
{
    size_t n = 0, n_often = 0;
    while (n < AHEAD && posting_cursor_next(from)) {
        a->postings[n].docid = from->docid;
        __builtin_prefetch(&m->single_wdf[from->docid]);
        if (from->tf > 1) {
            __builtin_prefetch(&m->in->lens[from->docid]);
            a->often[n_often].at = (uint32_t)n;
            a->often[n_often++].tf = from->tf;
        }
        n++;
    }
    a->n = n;
    a->n_often = n_often;
}

/* Returns the highest wdf, or `most`. */
static uint32_t weigh(const struct merge *m, struct ahead *a, uint32_t most)
{
    for (size_t i = 0; i < a->n; i++) {
        uint32_t wdf = m->single_wdf[a->postings[i].docid];
        a->postings[i].wdf = wdf;
        most = wdf > most ? wdf : most;
    }
    for (size_t i = 0; i < a->n_often; i++) {
        struct glass_posting *p = &a->postings[a->often[i].at];
        p->wdf = wdf_of(m, p->docid, a->often[i].tf);
        most = p->wdf > most ? p->wdf : most;
    }
    return most;
}

static enum status put_body(
    const struct merge *m, struct range *r, const struct merged_body *body, struct error *err)
{
    struct ahead a;
    struct posting_cursor from;
    posting_cursor_init(&from, body->bytes, body->n);
    for (read_ahead(m, &from, &a); a.n; read_ahead(m, &from, &a)) {
        r->wdf_upper = weigh(m, &a, r->wdf_upper);
        if (glass_list_add_all(&r->list, a.postings, a.n, err) != STATUS_OK)
            return err->status;
    }
    return STATUS_OK;
}

static enum status put_term(
    const struct merge *m, struct range *r, const struct merged_term *term, struct error *err)
{
    for (size_t i = 0; i < term->n_bodies; i++) {
        if (put_body(m, r, &term->bodies[i], err) != STATUS_OK)
            return err->status;
    }
    return glass_list_finish_term(&r->list, term->term, term->term_len, &r->entries, err);
}

static enum status put_terms(
    const struct merge *m, struct range *r, struct run_merge *runs, struct error *err)
{
    struct merged_term term;
    bool has_one;
    enum status s;
    while ((s = run_merge_next(runs, &term, &has_one, err)) == STATUS_OK && has_one) {
        if (put_term(m, r, &term, err) != STATUS_OK)
            return err->status;
    }
    return s;
}

static enum status work_on_range(void *context, void *job, unsigned thread, struct error *err)
{
    (void)thread;
    const struct merge *m = context;
    struct range *r = job;
    struct run_merge *runs;
    if (r->is_lengths)
        return STATUS_OK;
    size_t window_bytes = m->in->memory_bytes / WINDOW_SHARE / m->in->n_threads;
    if (run_merge_open(m->in->runs, r->low, r->high, window_bytes, &runs, err) != STATUS_OK)
        return err->status;
    enum status s = put_terms(m, r, runs, err);
    run_merge_close(runs);
    return s;
}

static enum status commit_range(void *context, void *job, struct error *err)
{
    struct merge *m = context;
    const struct range *r = job;
    if (r->is_lengths)
        return write_lengths(m, err);
    if (r->wdf_upper > m->stats.wdf_upper)
        m->stats.wdf_upper = r->wdf_upper;
    return glass_entries_add(m->table, &r->entries, err);
}

static size_t clamp(size_t n, size_t low, size_t high)
{
    return n < low ? low : n > high ? high : n;
}

static size_t count_ranges(const struct bulk_postlist *in)
{
    size_t size = in->memory_bytes / RANGE_SHARE / (in->n_threads + 1);
    size_t n = run_store_bytes(in->runs) / clamp(size, RANGE_BYTES_MIN, RANGE_BYTES_MAX) + 1;
    size_t most = clamp(SEEKS_MAX / (run_store_count(in->runs) + 1), RANGES_MIN, RANGES_MAX);
    return n < most ? n : most;
}

static enum status submit_ranges(struct merge *m, struct work_queue *q, struct error *err)
{
    uint64_t bounds[RANGES_MAX];
    size_t n;
    struct range *lengths = make_range(0, 0);
    if (!lengths)
        return error_no_memory(err);
    lengths->is_lengths = true;
    if (work_queue_submit(q, lengths, err) != STATUS_OK)
        return err->status;
    if (run_store_split(m->in->runs, count_ranges(m->in), bounds, &n, err) != STATUS_OK)
        return err->status;
    for (size_t i = 0; i <= n; i++) {
        struct range *r = make_range(i ? bounds[i - 1] : 0, i < n ? bounds[i] : 0);
        if (!r)
            return error_no_memory(err);
        if (work_queue_submit(q, r, err) != STATUS_OK)
            return err->status;
    }
    return work_queue_wait(q, err);
}

static enum status write_terms(struct merge *m, struct error *err)
{
    const struct work_kind kind = {
        .work = work_on_range, .commit = commit_range, .free_job = free_range, .context = m};
    struct work_queue *q;
    if (work_queue_open(m->in->n_threads, m->in->n_threads + 1, &kind, &q, err) != STATUS_OK)
        return err->status;
    enum status s = submit_ranges(m, q, err);
    work_queue_close(q);
    return s;
}

enum status bulk_merge(const struct bulk_postlist *in, struct glass_table *table,
    struct bulk_stats *out, struct error *err)
{
    struct merge m = {.in = in, .table = table};
    enum status s = compute_lengths(&m, err);
    if (s == STATUS_OK)
        s = write_terms(&m, err);
    *out = m.stats;
    free(m.single_wdf);
    free(m.doclens);
    return s;
}
