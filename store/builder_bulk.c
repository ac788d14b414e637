// SPDX-License-Identifier: GPL-2.0-or-later
/* The builder that inverts in C and writes the tables of the database itself.
 *
 * Text blocks are gathered into jobs; threads compress and tokenize them and make runs of postings
 * (bulk_job.h); in the order of jobs the compressed texts go straight into the docdata table, the
 * runs into their store. When all is in, the runs are merged into the postlist table
 * (bulk_merge.h). Both tables are written once, front to back; the version file makes them a
 * database at the end. Nothing depends on the number of threads or on the memory but the time. To
 * the memory asked for come about ten bytes a passage: its lengths. */
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "store/builder.h"
#include "store/bulk_job.h"
#include "store/bulk_merge.h"
#include "store/glass_postlist.h"
#include "store/glass_version.h"
#include "store/work_queue.h"
#include "store/xapian_c.h"

enum {
    /* Eighths of the memory: for the postings that all threads collect, and for runs that wait. What is left is for
       texts on their way. */
    EIGHTHS = 8,
    POSTINGS_EIGHTHS = 3,
    KEPT_RUNS_EIGHTHS = 3,
    THREAD_BYTES_MIN = 16 << 20,  /* no more threads than have so much each */
    THREAD_BYTES_FIXED = 3 << 20, /* counters of the sort and of characters, compressor */
    POSTINGS_BYTES_MIN = 1 << 20,
    /* Of postings_bytes: text of about so many bytes fills them (16 bytes a token, a token every 3
       bytes). */
    JOB_SHARE = 6,
    JOB_BYTES_MIN = 128 << 10,
    JOB_BYTES_MAX = 4 << 20,
    /* The first jobs are smaller, so that all threads have work soon: a job is at most this share
       of what came before. */
    JOB_GROWTH = 2,
};

struct bulk_builder {
    char *dir;
    size_t memory_bytes, job_bytes_max;
    unsigned n_threads;
    struct bulk_worker *workers; /* n_threads */
    struct work_queue *queue;
    struct bulk_job *job; /* being filled; NULL when none was begun */
    uint64_t raw_bytes;   /* in all jobs so far */
    struct text_sampler sampler;
    struct text_dictionary *dictionaries, *dictionary; /* all; the last, of the stretch */
    uint32_t n_docs;
    /* Written by commits, one at a time: */
    struct run_store *runs;
    struct glass_table *docdata; /* NULL before the first text */
    uint32_t *lens;              /* by docid */
    size_t n_lens, n_lens_max;
    struct text_dictionary *committed; /* of the last job; no later one uses those before it */
    struct glass_version version;
};

static void bulk_close(void *self);

/* ---- jobs ---- */

static enum status work(void *context, void *job, unsigned thread, struct error *err)
{
    struct bulk_builder *b = context;
    return bulk_job_work(job, &b->workers[thread], err);
}

static enum status open_table(
    const struct bulk_builder *b, const char *name, struct glass_table **out, struct error *err)
{
    char path[PATH_MAX];
    enum status s = file_join(b->dir, name, path, err);
    return s == STATUS_OK ? glass_table_open(path, GLASS_BLOCK_DEFAULT, out, err) : s;
}

static enum status keep_lens(struct bulk_builder *b, const struct bulk_job *j, struct error *err)
{
    size_t n = (size_t)j->first_docid + j->n_passages;
    if (n > b->n_lens_max) {
        size_t max = n > 2 * b->n_lens_max ? n : 2 * b->n_lens_max;
        uint32_t *lens = realloc(b->lens, max * sizeof *lens);
        if (!lens)
            return error_no_memory(err);
        b->lens = lens;
        b->n_lens_max = max;
    }
    memcpy(b->lens + j->first_docid, j->lens, j->n_passages * sizeof *j->lens);
    b->n_lens = n;
    return STATUS_OK;
}

static enum status commit(void *context, void *job, struct error *err)
{
    struct bulk_builder *b = context;
    struct bulk_job *j = job;
    if (keep_lens(b, j, err) != STATUS_OK)
        return err->status;
    if (b->committed && b->committed != j->dictionary)
        frame_dictionary_release(&b->committed->frames);
    b->committed = j->dictionary;
    if (!b->docdata && open_table(b, "docdata.glass", &b->docdata, err) != STATUS_OK)
        return err->status;
    for (size_t i = 0; i < j->n_runs; i++) {
        if (run_store_add(b->runs, &j->runs[i], err) != STATUS_OK)
            return err->status;
    }
    return glass_entries_add(b->docdata, &j->docdata, err);
}

static void free_job(void *job)
{
    bulk_job_close(job);
}

static enum status submit(struct bulk_builder *b, struct error *err)
{
    struct bulk_job *job = b->job;
    if (!job)
        return STATUS_OK;
    b->raw_bytes += job->raw.len;
    b->job = NULL;
    return work_queue_submit(b->queue, job, err);
}

static size_t job_bytes_due(const struct bulk_builder *b)
{
    uint64_t due = b->raw_bytes / JOB_GROWTH;
    if (due < JOB_BYTES_MIN)
        return JOB_BYTES_MIN;
    return due < b->job_bytes_max ? (size_t)due : b->job_bytes_max;
}

/* ---- life cycle ---- */

static enum status open_workers(struct bulk_builder *b, struct error *err)
{
    const struct work_kind kind = {
        .work = work, .commit = commit, .free_job = free_job, .context = b};
    size_t share = b->memory_bytes / EIGHTHS * POSTINGS_EIGHTHS / b->n_threads;
    size_t postings_bytes = share > THREAD_BYTES_FIXED ? share - THREAD_BYTES_FIXED : 0;
    if (postings_bytes < POSTINGS_BYTES_MIN)
        postings_bytes = POSTINGS_BYTES_MIN;
    b->job_bytes_max = postings_bytes / JOB_SHARE;
    if (b->job_bytes_max > JOB_BYTES_MAX)
        b->job_bytes_max = JOB_BYTES_MAX;
    b->workers = calloc(b->n_threads, sizeof *b->workers);
    if (!b->workers)
        return error_no_memory(err);
    for (unsigned i = 0; i < b->n_threads; i++) {
        if (bulk_worker_init(&b->workers[i], postings_bytes, err) != STATUS_OK)
            return err->status;
    }
    return work_queue_open(b->n_threads, b->n_threads + 1, &kind, &b->queue, err);
}

static enum status bulk_open(
    const char *dir, const struct builder_options *options, void **out, struct error *err)
{
    struct bulk_builder *b = calloc(1, sizeof *b);
    if (!b)
        return error_no_memory(err);
    size_t threads_max = options->memory_bytes / THREAD_BYTES_MIN;
    b->memory_bytes = options->memory_bytes;
    b->n_threads = options->n_threads < threads_max ? options->n_threads : (unsigned)threads_max;
    b->n_threads = b->n_threads ? b->n_threads : 1;
    b->dir = strdup(dir);
    text_sampler_init(&b->sampler);
    enum status s = b->dir ? STATUS_OK : error_no_memory(err);
    if (s == STATUS_OK)
        s = run_store_open(dir, b->memory_bytes / EIGHTHS * KEPT_RUNS_EIGHTHS, &b->runs, err);
    if (s == STATUS_OK)
        s = open_workers(b, err);
    if (s == STATUS_OK)
        *out = b;
    else
        bulk_close(b);
    return s;
}

static void close_workers(struct bulk_builder *b)
{
    work_queue_close(b->queue);
    b->queue = NULL;
    for (unsigned i = 0; b->workers && i < b->n_threads; i++)
        bulk_worker_release(&b->workers[i]);
    free(b->workers);
    b->workers = NULL;
}

static void bulk_close(void *self)
{
    struct bulk_builder *b = self;
    close_workers(b);
    bulk_job_close(b->job);
    for (struct text_dictionary *d = b->dictionaries, *next; d; d = next) {
        next = d->next;
        text_dictionary_close(d);
    }
    text_sampler_release(&b->sampler);
    run_store_close(b->runs);
    glass_table_close(b->docdata);
    free(b->lens);
    free(b->dir);
    free(b);
}

/* ---- what comes in ---- */

static enum status bulk_add_passage(void *self, const struct indexed_passage *p, struct error *err)
{
    (void)err;
    struct bulk_builder *b = self;
    b->n_docs = p->docid;
    return STATUS_OK;
}

/* Where a stretch of text ends a job ends, too. */
static enum status need_job(struct bulk_builder *b, uint32_t first_docid, struct error *err)
{
    struct text_dictionary *d;
    if (text_sampler_next_stretch(&b->sampler, first_docid, &d, err) != STATUS_OK)
        return err->status;
    if (d) {
        *(b->dictionary ? &b->dictionary->next : &b->dictionaries) = d;
        b->dictionary = d;
        if (submit(b, err) != STATUS_OK)
            return err->status;
    }
    return b->job ? STATUS_OK : bulk_job_open(first_docid, b->dictionary, &b->job, err);
}

static enum status bulk_add_text(void *self, const struct finished_text *text, struct error *err)
{
    struct bulk_builder *b = self;
    if (need_job(b, text->first_docid, err) != STATUS_OK)
        return err->status;
    if (!text_sampler_add(&b->sampler, text->bytes, text->n))
        return error_no_memory(err);
    uint32_t n_passages = b->n_docs - text->first_docid + 1;
    if (bulk_job_add(b->job, text->bytes, text->n, n_passages, err) != STATUS_OK)
        return err->status;
    return b->job->raw.len >= job_bytes_due(b) ? submit(b, err) : STATUS_OK;
}

/* ---- finishing ---- */

static enum status finish_jobs(
    struct bulk_builder *b, struct segment_content *content, struct error *err)
{
    if (submit(b, err) != STATUS_OK || work_queue_wait(b->queue, err) != STATUS_OK)
        return err->status;
    if (b->n_docs && b->n_lens != (size_t)b->n_docs + 1)
        return error_set(err, STATUS_INTERNAL, "%zu passages where %u were", b->n_lens, b->n_docs);
    for (unsigned i = 0; i < b->n_threads; i++)
        segment_content_add_tokens(
            content, b->workers[i].tokens.n_tokens, &b->workers[i].tokens.chars);
    close_workers(b); /* their memory is the merge's now */
    segment_content_set_dictionaries(content, b->dictionaries);
    return STATUS_OK;
}

static enum status finish_docdata(struct bulk_builder *b, struct file_sums *sums, struct error *err)
{
    if (!b->docdata)
        return STATUS_OK;
    enum status s = glass_table_finish(b->docdata, &b->version.roots[GLASS_DOCDATA], sums, err);
    glass_table_close(b->docdata);
    b->docdata = NULL;
    return s;
}

/* Two FNV-1a sums from different bases. */
static void add_to_uuid(uint64_t sums[2], const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sums[0] = (sums[0] ^ (uint8_t)bytes[i]) * 0x100000001b3u;
        sums[1] = (sums[1] ^ (uint8_t)bytes[i]) * 0x100000001b3u;
    }
}

/* Xapian wants a UUID for each database. Ours follows from the metadata, which name each source and
 * its hash: so the same input gives the same bytes. */
static void set_uuid(struct glass_version *v, const uint64_t sums[2])
{
    memcpy(v->uuid, sums, GLASS_UUID_SIZE);
    v->uuid[6] = (v->uuid[6] & 0x0f) | 0x80; /* RFC 9562: version 8, a custom one */
    v->uuid[8] = (v->uuid[8] & 0x3f) | 0x80;
}

static enum status write_metadata(struct bulk_builder *b, struct segment_content *content,
    struct glass_table *table, struct error *err)
{
    uint64_t sums[2] = {0xcbf29ce484222325u, 0x84222325cbf29ce4u};
    struct metadata metadata;
    struct buf entry;
    bool has_more;
    enum status s;
    buf_init(&entry, SIZE_MAX);
    while ((s = segment_content_next_metadata(content, &metadata, &has_more, err)) == STATUS_OK &&
           has_more) {
        if (metadata.n == 0)
            continue; /* to Xapian the same as none */
        buf_clear(&entry);
        s = glass_metadata(&entry, metadata.key, metadata.value, metadata.n, err);
        if (s == STATUS_OK)
            s = glass_entries_add(table, &entry, err);
        if (s != STATUS_OK)
            break;
        add_to_uuid(sums, entry.data, entry.len);
    }
    set_uuid(&b->version, sums);
    buf_release(&entry);
    return s;
}

/* Their lengths say it to the merge. */
static void mark_unranked(struct bulk_builder *b, struct docid_list list)
{
    for (size_t i = 0; i < list.n; i++)
        b->lens[list.docids[i]] = LEN_UNRANKED;
}

static enum status write_postlist(struct bulk_builder *b, struct segment_content *content,
    struct glass_table *table, struct file_sums *sums, struct error *err)
{
    const struct bulk_postlist in = {
        .runs = b->runs,
        .lens = b->lens,
        .n_docs = b->n_docs,
        .average_length = segment_content_average_length(content),
        .memory_bytes = b->memory_bytes,
        .n_threads = b->n_threads,
    };
    struct glass_version *v = &b->version;
    struct bulk_stats stats;
    mark_unranked(b, unranked_furniture(segment_content_unranked(content)));
    mark_unranked(b, unranked_recurring(segment_content_unranked(content)));
    if (write_metadata(b, content, table, err) != STATUS_OK ||
        bulk_merge(&in, table, &stats, err) != STATUS_OK)
        return err->status;
    v->n_docs = b->n_docs;
    v->doclen_lower = stats.doclen_lower;
    v->doclen_upper = stats.doclen_upper;
    v->wdf_upper = stats.wdf_upper;
    v->total_doclen = stats.total_doclen;
    return glass_table_finish(table, &v->roots[GLASS_POSTLIST], sums, err);
}

static enum status bulk_finish(void *self, struct segment_content *content,
    struct file_sums sums[SUMMED_FILES], struct error *err)
{
    struct bulk_builder *b = self;
    struct glass_table *table;
    if (finish_jobs(b, content, err) != STATUS_OK ||
        finish_docdata(b, &sums[SUMMED_DOCDATA], err) != STATUS_OK ||
        open_table(b, "postlist.glass", &table, err) != STATUS_OK)
        return err->status;
    enum status s = write_postlist(b, content, table, &sums[SUMMED_POSTLIST], err);
    glass_table_close(table);
    return s == STATUS_OK ? glass_version_write(b->dir, &b->version, err) : s;
}

const struct builder_ops builder_bulk = {
    .takes_raw_texts = true,
    .open = bulk_open,
    .add_passage = bulk_add_passage,
    .add_text = bulk_add_text,
    .finish = bulk_finish,
    .close = bulk_close,
};

enum status builder_bulk_check(const char *dir, bool *is_known, struct error *err)
{
    struct xwriter *w;
    char path[PATH_MAX];
    enum status s = file_join(dir, "stamp", path, err);
    if (s == STATUS_OK)
        s = xwriter_open(path, &w, err);
    if (s != STATUS_OK)
        return s;
    xwriter_close(w);
    *is_known = glass_version_is_known(path);
    return file_remove_tree(path, err);
}
