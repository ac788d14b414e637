// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "common/file.h"
#include "common/hash.h"
#include "common/utf8.h"
#include "store/champions.h"
#include "store/champions_file.h"
#include "store/prefix_union.h"
#include "store/segment_file.h"
#include "store/top_hits.h"
#include "store/work_queue.h"

enum { ARENA_BYTES_MAX = 1 << 30 };

struct writer {
    struct segment_reader *readers; /* n_readers, one a thread */
    unsigned n_readers;
    struct buf directory, bodies; /* of the lists that are finished */
    size_t n_lists;
    uint32_t last_cp;
};

/* A character whose list is to be made. */
struct job {
    uint32_t cp, df;
    struct buf body;
};

static void free_job(void *job)
{
    struct job *j = job;
    buf_release(&j->body);
    free(j);
}

/* ---- a list ---- */

/* The best of a stride of sums that begins with docid `first`. */
static bool take_stride(struct top_hits *top, const uint16_t *sums, uint32_t first, uint32_t *limit)
{
    if (!prefix_is_any_above(sums, *limit))
        return true;
    for (uint32_t i = 0; i < PREFIX_STRIDE; i++) {
        if (sums[i] <= *limit)
            continue;
        if (!top_hits_add(
                top, (struct top_hit){.docid = first + i, .score = sums[i] & PREFIX_WDF_MAX}))
            return false;
        int64_t least = top_hits_threshold(top);
        *limit = least < 0 ? 0 : PREFIX_IS_THERE | (uint32_t)least;
    }
    return true;
}

static enum status find_best(
    struct prefix_union *u, struct top_hits *top, struct arena *arena, struct error *err)
{
    uint32_t limit = 0;
    for (uint64_t start = 0; start <= u->last; start += PREFIX_SPAN) {
        const uint16_t *sums = prefix_union_span(u, (uint32_t)start, arena);
        if (!sums)
            return u->faults->status;
        for (uint32_t at = 0; at < PREFIX_SPAN; at += PREFIX_STRIDE)
            if (!take_stride(top, sums + at, (uint32_t)start + at, &limit))
                return error_no_memory(err);
    }
    return STATUS_OK;
}

static bool encode(struct xhits *best, struct buf *out)
{
    uint32_t last = 0;
    bool is_ok = true;
    qsort(best->hits, best->n, sizeof *best->hits, xhit_by_place);
    for (size_t i = 0; i < best->n && is_ok; last = best->hits[i++].docid)
        is_ok = buf_append_varint(out, best->hits[i].docid - last);
    for (size_t i = 0; i < best->n && is_ok; i++)
        is_ok = buf_append_varint(out, (uint64_t)best->hits[i].score);
    return is_ok;
}

static enum status work(void *context, void *job, unsigned thread, struct error *err)
{
    struct writer *w = context;
    struct job *j = job;
    struct list_faults faults = {.err = err};
    struct prefix_union u;
    struct top_hits top;
    struct xhits best = {.n = 0};
    struct arena arena;
    char prefix[UTF8_MAX_BYTES];
    arena_init(&arena, ARENA_BYTES_MAX);
    top_hits_init(&top, CHAMPIONS);
    size_t n = utf8_encode(j->cp, prefix);
    struct segment_reader *r = &w->readers[thread];
    prefix_union_init(&u, r, prefix, n, r->version.n_docs, &faults);
    enum status s = prefix_union_list(&u, &arena, err);
    if (s == STATUS_OK)
        s = find_best(&u, &top, &arena, err);
    if (s == STATUS_OK)
        s = top_hits_finish(&top, 0, 1, &best, err);
    if (s == STATUS_OK && best.n == CHAMPIONS && !encode(&best, &j->body))
        s = error_no_memory(err);
    xhits_release(&best);
    top_hits_release(&top);
    arena_release(&arena);
    glass_reader_let_go(&r->postlist); /* most of it is gone through once */
    return s;
}

static enum status commit(void *context, void *job, struct error *err)
{
    struct writer *w = context;
    const struct job *j = job;
    if (j->body.len == 0)
        return STATUS_OK;
    bool is_ok = buf_append_varint(&w->directory, j->cp - w->last_cp) &&
                 buf_append_varint(&w->directory, j->df) &&
                 buf_append_varint(&w->directory, j->body.len) &&
                 buf_append(&w->bodies, j->body.data, j->body.len);
    w->last_cp = j->cp;
    w->n_lists++;
    return is_ok ? STATUS_OK : error_no_memory(err);
}

/* ---- all lists ---- */

static enum status open_readers(
    struct writer *w, const char *dir, unsigned n_threads, struct error *err)
{
    enum status s = STATUS_OK;
    w->readers = calloc(n_threads, sizeof *w->readers);
    if (!w->readers)
        return error_no_memory(err);
    while (w->n_readers < n_threads && s == STATUS_OK) {
        s = segment_reader_open(dir, &w->readers[w->n_readers], err);
        w->n_readers += s == STATUS_OK;
    }
    return s;
}

static enum status submit(struct work_queue *q, uint32_t cp, uint32_t df, struct error *err)
{
    struct job *j = calloc(1, sizeof *j);
    if (!j)
        return error_no_memory(err);
    j->cp = cp;
    j->df = df;
    buf_init(&j->body, CHAMPIONS_FILE_MAX);
    return work_queue_submit(q, j, err);
}

static enum status make_lists(struct writer *w, const struct char_counter *chars, struct error *err)
{
    const struct work_kind kind = {
        .work = work, .commit = commit, .free_job = free_job, .context = w};
    struct work_queue *q;
    enum status s = work_queue_open(w->n_readers, 4 * w->n_readers, &kind, &q, err);
    if (s != STATUS_OK)
        return s;
    for (uint32_t cp = 0; s == STATUS_OK; cp++) {
        cp = char_counter_next(chars, cp, CHAMPIONS_DF_MIN);
        if (cp == CHAR_COUNTER_MAX)
            break;
        s = submit(q, cp, chars->counts[cp].n_passages, err);
    }
    if (s == STATUS_OK)
        s = work_queue_wait(q, err);
    work_queue_close(q);
    return s;
}

static bool join(const struct writer *w, struct buf *out)
{
    if (!buf_append(out, CHAMPIONS_MAGIC, CHAMPIONS_MAGIC_SIZE) ||
        !buf_append_varint(out, w->n_lists) ||
        !buf_append(out, w->directory.data, w->directory.len) ||
        !buf_append(out, w->bodies.data, w->bodies.len))
        return false;
    uint8_t sum[CHAMPIONS_SUM_SIZE];
    segment_file_put_number(sum, hash_bytes(out->data, out->len), sizeof sum);
    return buf_append(out, sum, sizeof sum);
}

static enum status put(const char *dir, const struct writer *w, struct error *err)
{
    char path[PATH_MAX];
    struct buf file;
    buf_init(&file, CHAMPIONS_FILE_MAX);
    enum status s = file_join(dir, CHAMPIONS_NAME, path, err);
    if (s == STATUS_OK && !join(w, &file))
        s = error_no_memory(err);
    if (s == STATUS_OK)
        s = file_write_new(path, file.data, file.len, err);
    buf_release(&file);
    return s;
}

enum status champions_write(
    const char *dir, const struct char_counter *chars, unsigned n_threads, struct error *err)
{
    struct writer w = {.n_readers = 0};
    if (char_counter_next(chars, 0, CHAMPIONS_DF_MIN) == CHAR_COUNTER_MAX)
        return STATUS_OK;
    buf_init(&w.directory, CHAMPIONS_FILE_MAX);
    buf_init(&w.bodies, CHAMPIONS_FILE_MAX);
    enum status s = open_readers(&w, dir, n_threads, err);
    bool is_known = s != STATUS_NEWER;
    if (s == STATUS_OK)
        s = make_lists(&w, chars, err);
    if (s == STATUS_OK && w.n_lists)
        s = put(dir, &w, err);
    for (unsigned i = 0; i < w.n_readers; i++)
        segment_reader_close(&w.readers[i]);
    free(w.readers);
    buf_release(&w.directory);
    buf_release(&w.bodies);
    return is_known ? s : STATUS_OK;
}
