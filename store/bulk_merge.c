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

struct source_term {
    char term[SOURCE_TERM_MAX];
    size_t len;
    struct passage_span passages;
};

struct merge {
    const struct bulk_postlist *in;
    struct glass_table *table;
    uint8_t *single_wdf; /* of a term that occurs once, by docid: most do */
    uint32_t *doclens;   /* by docid */
    struct source_term *source_terms;
    size_t n_source_terms;
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

/* ---- values ---- */

static size_t value_of(const struct passage_span *report, unsigned slot, char out[VALUE_MAX])
{
    return slot == SLOT_REPORT ? schema_report_value(report->number, out)
                               : schema_date_value(report->date, out);
}

/* Goes over the values of a slot, and writes the chunks if is_writing. */
static enum status walk_slot(
    struct merge *m, struct glass_values *v, bool is_writing, struct error *err)
{
    for (size_t i = 0; i < m->in->n_reports; i++) {
        const struct passage_span *report = &m->in->reports[i];
        char value[VALUE_MAX];
        size_t n = value_of(report, v->slot, value);
        for (uint32_t k = 0; n && k < report->n_passages; k++) {
            if (glass_values_add(v, report->first_docid + k, value, n, err) != STATUS_OK)
                return err->status;
            if (is_writing && write_entries(m, v->chunks, err) != STATUS_OK)
                return err->status;
            buf_clear(v->chunks);
        }
    }
    return glass_values_finish(v, err);
}

/* The statistics, or the chunks. */
static enum status write_slot(struct merge *m, unsigned slot, bool is_stats, struct error *err)
{
    struct glass_values v;
    struct buf entries;
    buf_init(&entries, SIZE_MAX);
    glass_values_init(&v, slot, &entries);
    enum status s = walk_slot(m, &v, !is_stats, err);
    if (s == STATUS_OK && is_stats) {
        buf_clear(&entries);
        s = glass_values_stats(&v, &entries, err);
    }
    if (s == STATUS_OK)
        s = write_entries(m, &entries, err);
    glass_values_release(&v);
    buf_release(&entries);
    return s;
}

/* Statistics of all slots stand before the chunks of the first. */
static enum status write_values(struct merge *m, struct error *err)
{
    static const struct {
        unsigned slot;
        bool is_stats;
    } parts[] = {{SLOT_REPORT, true}, {SLOT_DATE, true}, {SLOT_REPORT, false}, {SLOT_DATE, false}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (write_slot(m, parts[i].slot, parts[i].is_stats, err) != STATUS_OK)
            return err->status;
    }
    return STATUS_OK;
}

/* ---- terms ---- */

static int compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_source_terms(const void *a, const void *b)
{
    const struct source_term *x = a, *y = b;
    return compare_bytes(x->term, x->len, y->term, y->len);
}

static enum status make_source_terms(struct merge *m, struct error *err)
{
    m->source_terms = calloc(m->in->n_sources + 1, sizeof *m->source_terms);
    if (!m->source_terms)
        return error_no_memory(err);
    for (size_t i = 0; i < m->in->n_sources; i++) {
        struct source_term *t = &m->source_terms[m->n_source_terms];
        if (m->in->sources[i].n_passages == 0)
            continue;
        t->len = (size_t)schema_source_term(m->in->sources[i].number, t->term);
        t->passages = m->in->sources[i];
        m->n_source_terms++;
    }
    qsort(m->source_terms, m->n_source_terms, sizeof *m->source_terms, compare_source_terms);
    return STATUS_OK;
}

/* The terms of a range, low <= prefix < high (0: no end), and the entries they give. */
struct range {
    uint64_t low, high;
    const struct source_term *source, *sources_end; /* those not yet written */
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

/* The first source term of a range that begins at low; 0 begins with the first, as a bound without
 * end ends with the last. */
static const struct source_term *first_source(const struct merge *m, uint64_t low)
{
    size_t at = 0, end = m->n_source_terms;
    while (at < end) {
        size_t middle = at + (end - at) / 2;
        if (run_prefix(m->source_terms[middle].term, m->source_terms[middle].len) < low)
            at = middle + 1;
        else
            end = middle;
    }
    return m->source_terms + at;
}

static struct range *make_range(const struct merge *m, uint64_t low, uint64_t high)
{
    struct range *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->low = low;
    r->high = high;
    r->source = first_source(m, low);
    r->sources_end = high ? first_source(m, high) : m->source_terms + m->n_source_terms;
    glass_list_init(&r->list);
    buf_init(&r->entries, SIZE_MAX);
    return r;
}

/* Writes the source terms that lie before a term; all that are left if it is NULL. */
static enum status put_sources_before(
    struct range *r, const struct merged_term *term, struct error *err)
{
    for (; r->source < r->sources_end; r->source++) {
        const struct source_term *s = r->source;
        if (term && compare_bytes(s->term, s->len, term->term, term->term_len) > 0)
            break;
        for (uint32_t i = 0; i < s->passages.n_passages; i++) {
            if (glass_list_add(&r->list, s->passages.first_docid + i, 0, err) != STATUS_OK)
                return err->status;
        }
        if (glass_list_finish_term(&r->list, s->term, s->len, &r->entries, err) != STATUS_OK)
            return err->status;
    }
    return STATUS_OK;
}

/* Postings read ahead, so that what is known of their passages is on its way from memory. */
enum { AHEAD = 64 };
struct posting {
    uint32_t docid, tf;
};

static size_t read_ahead(
    const struct merge *m, struct posting_cursor *from, struct posting postings[AHEAD])
{
    size_t n = 0;
    while (n < AHEAD && posting_cursor_next(from)) {
        postings[n++] = (struct posting){from->docid, from->tf};
        if (from->tf == 1)
            __builtin_prefetch(&m->single_wdf[from->docid]);
        else
            __builtin_prefetch(&m->in->lens[from->docid]);
    }
    return n;
}

static enum status put_body(
    const struct merge *m, struct range *r, const struct merged_body *body, struct error *err)
{
    struct posting postings[AHEAD];
    struct posting_cursor from;
    size_t n;
    posting_cursor_init(&from, body->bytes, body->n);
    while ((n = read_ahead(m, &from, postings))) {
        for (size_t i = 0; i < n; i++) {
            uint32_t wdf = wdf_of(m, postings[i].docid, postings[i].tf);
            r->wdf_upper = wdf > r->wdf_upper ? wdf : r->wdf_upper;
            if (glass_list_add(&r->list, postings[i].docid, wdf, err) != STATUS_OK)
                return err->status;
        }
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
        if (put_sources_before(r, &term, err) != STATUS_OK ||
            put_term(m, r, &term, err) != STATUS_OK)
            return err->status;
    }
    return s == STATUS_OK ? put_sources_before(r, NULL, err) : s;
}

static enum status work_on_range(void *context, void *job, unsigned thread, struct error *err)
{
    (void)thread;
    const struct merge *m = context;
    struct range *r = job;
    struct run_merge *runs;
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
    if (run_store_split(m->in->runs, count_ranges(m->in), bounds, &n, err) != STATUS_OK)
        return err->status;
    for (size_t i = 0; i <= n; i++) {
        struct range *r = make_range(m, i ? bounds[i - 1] : 0, i < n ? bounds[i] : 0);
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
    if (make_source_terms(m, err) != STATUS_OK)
        return err->status;
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
    enum status s = write_values(&m, err);
    if (s == STATUS_OK)
        s = compute_lengths(&m, err);
    if (s == STATUS_OK)
        s = write_lengths(&m, err);
    if (s == STATUS_OK)
        s = write_terms(&m, err);
    *out = m.stats;
    free(m.single_wdf);
    free(m.doclens);
    free(m.source_terms);
    return s;
}
