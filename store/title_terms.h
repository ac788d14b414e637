// SPDX-License-Identifier: GPL-2.0-or-later
/* Which reports have a term in their title: a table in a segment's metadata.
 *
 * A title says of all passages of its report what few of them repeat: whose report it is, of which
 * year, on what. The titles are tokenized as passages are; single characters are not kept, nor a
 * title that is the report's id (tsv) or that goes with no passage.
 *
 * In memory are at most TITLE_RUN_PAIRS pairs of a term's hash and a report. When there are so many,
 * or no more come, they are sorted and become a *run*: 1 << bits buckets by the upper bits of the
 * hash, each a metadata value of its own, so that a query reads one bucket of each run for a term:
 *   "titles"       bits of each run, a byte each; absent where no title was kept
 *   "T%04x%04x"    run, bucket: of each hash in it (gap; the first from 0), the number of reports, and
 *                  their numbers (gap; the first from 0); number 0 and none where there are more than
 *                  TITLE_REPORTS_MAX, which tells none of them. Absent where empty
 * Only the hash of a term is kept: what is found this way is a hint, and two terms of one hash, one in
 * four billion, make a wrong one. */
#ifndef DUAN_STORE_TITLE_TERMS_H
#define DUAN_STORE_TITLE_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "store/spool.h"

enum {
    TITLE_RUN_PAIRS = 1 << 20,
    TITLE_BUCKET_PAIRS = 512, /* a bucket aims at */
    TITLE_BITS_MAX = 16,
    TITLE_REPORTS_MAX = 1024, /* of a term in a run */
};

/* What stands for a term. */
uint32_t title_hash(const char *term, size_t n);
/* The bucket of a hash in a run. */
static inline uint32_t title_bucket(uint32_t hash, unsigned bits)
{
    return bits ? hash >> (32 - bits) : 0;
}
/* The metadata key of a bucket. */
void title_key(char out[16], uint32_t run, uint32_t bucket);

/* Of a segment under construction. */
struct title_terms {
    struct spool *spool; /* borrowed: of finished buckets */
    struct buf pairs;    /* uint64_t: hash, and report below it */
    struct buf bits;     /* of the runs: "titles" */
    struct buf places;   /* of the buckets that are not empty, in the spool */
    struct buf bucket;
    uint32_t n_buckets;
};

void title_terms_init(struct title_terms *t, struct spool *spool);
void title_terms_release(struct title_terms *t);

/* Numbers of reports rise. */
enum status title_terms_add(
    struct title_terms *t, uint32_t report, const char *title, size_t n, struct error *err);
/* Ends the run, if one was begun: the last one before the spool is read. */
enum status title_terms_end(struct title_terms *t, struct error *err);

/* Bucket i (0 <= i < n_buckets) in the order of their keys, into *out. */
enum status title_terms_read(
    const struct title_terms *t, uint32_t i, char key[16], struct buf *out, struct error *err);

#endif
