// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/bulk_job.h"

#include <stdlib.h>

#include "store/glass_postlist.h"

enum status bulk_job_open(uint32_t first_docid, struct text_dictionary *dictionary,
    struct bulk_job **out, struct error *err)
{
    struct bulk_job *j = calloc(1, sizeof *j);
    if (!j)
        return error_no_memory(err);
    j->first_docid = first_docid;
    j->dictionary = dictionary;
    buf_init(&j->raw, SIZE_MAX);
    buf_init(&j->docdata, SIZE_MAX);
    *out = j;
    return STATUS_OK;
}

void bulk_job_close(struct bulk_job *j)
{
    if (!j)
        return;
    for (size_t i = 0; i < j->n_runs; i++)
        run_release(&j->runs[i]);
    free(j->runs);
    free(j->lens);
    buf_release(&j->raw);
    buf_release(&j->docdata);
    free(j);
}

enum status bulk_job_add(
    struct bulk_job *j, const char *raw, size_t n, uint32_t n_passages, struct error *err)
{
    if (!buf_append_string(&j->raw, raw, n))
        return error_no_memory(err);
    j->n_passages += n_passages;
    return STATUS_OK;
}

enum status bulk_worker_init(struct bulk_worker *w, size_t postings_bytes, struct error *err)
{
    *w = (struct bulk_worker){.postings = NULL};
    frame_codec_init(&w->codec);
    text_block_init(&w->block);
    buf_init(&w->coded, SIZE_MAX);
    buf_init(&w->frame, SIZE_MAX);
    enum status s = passage_tokens_init(&w->tokens, err);
    return s == STATUS_OK ? postings_open(postings_bytes, &w->postings, err) : s;
}

void bulk_worker_release(struct bulk_worker *w)
{
    frame_codec_release(&w->codec);
    text_block_release(&w->block);
    buf_release(&w->coded);
    buf_release(&w->frame);
    passage_tokens_release(&w->tokens);
    postings_close(w->postings);
    w->postings = NULL;
}

/* Makes a run of what was collected; none of nothing. */
static enum status end_run(struct bulk_job *j, struct bulk_worker *w, struct error *err)
{
    struct run run;
    if (postings_encode(w->postings, &run, err) != STATUS_OK)
        return err->status;
    struct run *runs = run.size ? realloc(j->runs, (j->n_runs + 1) * sizeof *runs) : NULL;
    if (runs) {
        j->runs = runs;
        j->runs[j->n_runs++] = run;
        return STATUS_OK;
    }
    bool is_empty = run.size == 0;
    run_release(&run);
    return is_empty ? STATUS_OK : error_no_memory(err);
}

static enum status tokenize(struct bulk_job *j, struct bulk_worker *w, uint32_t docid,
    const struct passage *passage, struct error *err)
{
    enum { AT_ONCE = 128 };
    uint32_t cps[AT_ONCE + 1];
    struct token token;
    if (postings_is_full(w->postings, docid) && end_run(j, w, err) != STATUS_OK)
        return err->status;
    passage_tokens_begin(&w->tokens, passage->text, passage->text_len);
    for (;;) {
        size_t n = passage_tokens_next_runs(&w->tokens, cps, AT_ONCE);
        if (n == 0 && !passage_tokens_next(&w->tokens, &token))
            break;
        enum status s = n ? postings_add_runs(w->postings, docid, cps, n, err)
                          : postings_add(w->postings, docid, &token, err);
        if (s != STATUS_OK)
            return s;
    }
    j->lens[docid - j->first_docid] = w->tokens.len;
    return STATUS_OK;
}

static enum status work_on_block(struct bulk_job *j, struct bulk_worker *w, uint32_t docid,
    const char *raw, size_t n, struct error *err)
{
    uint8_t key[GLASS_SORTED_MAX];
    buf_clear(&w->frame);
    if (text_block_load(&w->block, raw, n, err) != STATUS_OK ||
        text_block_encode(&w->codec, raw, n, &w->coded, &w->frame, err) != STATUS_OK)
        return err->status;
    size_t key_len = (size_t)(glass_pack_sorted(key, docid) - key);
    if (!buf_append_string(&j->docdata, (const char *)key, key_len) ||
        !buf_append_string(&j->docdata, w->frame.data, w->frame.len))
        return error_no_memory(err);
    for (uint32_t i = 0; i < w->block.n_passages; i++) {
        const struct passage passage = text_block_passage(&w->block, i);
        if (tokenize(j, w, docid + i, &passage, err) != STATUS_OK)
            return err->status;
    }
    return STATUS_OK;
}

enum status bulk_job_work(struct bulk_job *j, struct bulk_worker *w, struct error *err)
{
    struct bytes in = buf_bytes(&j->raw);
    uint32_t docid = j->first_docid;
    j->lens = calloc(j->n_passages + 1, sizeof *j->lens);
    if (!j->lens)
        return error_no_memory(err);
    const struct text_dictionary *d = j->dictionary;
    if (frame_codec_use(&w->codec, d ? &d->frames : NULL, err) != STATUS_OK)
        return err->status;
    while (in.at < in.end) {
        size_t n;
        const char *raw = bytes_string(&in, &n);
        if (work_on_block(j, w, docid, raw, n, err) != STATUS_OK)
            return err->status;
        docid += w->block.n_passages;
    }
    if (docid - j->first_docid != j->n_passages)
        return error_set(err, STATUS_INTERNAL, "%u passages where %u were", docid - j->first_docid,
            j->n_passages);
    buf_release(&j->raw);
    return end_run(j, w, err);
}
