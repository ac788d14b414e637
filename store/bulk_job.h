// SPDX-License-Identifier: GPL-2.0-or-later
/* The part of building in bulk that many threads do: a stretch of passages in, compressed text
 * blocks, runs of postings and lengths out. Only the caller's thread adds to a job, only one worker
 * at a time works on it. */
#ifndef DUAN_STORE_BULK_JOB_H
#define DUAN_STORE_BULK_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "store/frame.h"
#include "store/passage_tokens.h"
#include "store/postings.h"
#include "store/run_store.h"
#include "store/text_block.h"
#include "store/text_dictionary.h"

struct bulk_job {
    uint32_t first_docid, n_passages;
    struct text_dictionary *dictionary; /* that its blocks refer to, borrowed; NULL: none */
    struct buf raw;                     /* collected text blocks: varint length and bytes of each */
    /* What comes of them: */
    struct buf docdata; /* entries of that table (glass_postlist.h) */
    struct run *runs;
    size_t n_runs;
    uint32_t *lens; /* tokens of each passage */
};

enum status bulk_job_open(uint32_t first_docid, struct text_dictionary *dictionary,
    struct bulk_job **out, struct error *err);
void bulk_job_close(struct bulk_job *j);

/* Adds a text block that holds the next n_passages. */
enum status bulk_job_add(
    struct bulk_job *j, const char *raw, size_t n, uint32_t n_passages, struct error *err);

/* What a thread keeps from job to job. */
struct bulk_worker {
    struct frame_codec codec;
    struct text_block block;
    struct buf coded, frame;
    struct postings *postings;
    struct passage_tokens tokens;
};
enum status bulk_worker_init(struct bulk_worker *w, size_t postings_bytes, struct error *err);
void bulk_worker_release(struct bulk_worker *w);

/* Makes of a job what comes of it; any worker may, once. */
enum status bulk_job_work(struct bulk_job *j, struct bulk_worker *w, struct error *err);

#endif
