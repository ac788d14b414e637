// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/title_terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hash.h"
#include "tokenizer/tokenizer.h"

enum {
    BUCKET_BYTES_MAX = 16 * TITLE_RUN_PAIRS, /* all pairs of a run in one */
    PLACES_BYTES_MAX = 1 << 28,
    RUNS_MAX = 0xffff,
};

struct bucket_place {
    uint64_t offset;
    uint32_t size;
    uint16_t run, bucket;
};

uint32_t title_hash(const char *term, size_t n)
{
    return (uint32_t)hash_bytes(term, n);
}

void title_key(char out[16], uint32_t run, uint32_t bucket)
{
    snprintf(out, 16, "T%04x%04x", run & 0xffff, bucket & 0xffff);
}

void title_terms_init(struct title_terms *t, struct spool *spool)
{
    *t = (struct title_terms){.spool = spool};
    /* A title ends no run in the middle. */
    buf_init(&t->pairs, 2 * TITLE_RUN_PAIRS * sizeof(uint64_t));
    buf_init(&t->bits, RUNS_MAX);
    buf_init(&t->places, PLACES_BYTES_MAX);
    buf_init(&t->bucket, BUCKET_BYTES_MAX);
}

void title_terms_release(struct title_terms *t)
{
    buf_release(&t->pairs);
    buf_release(&t->bits);
    buf_release(&t->places);
    buf_release(&t->bucket);
}

/* ---- a run ---- */

static int compare_pairs(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static size_t drop_repeated(uint64_t *pairs, size_t n)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || pairs[i] != pairs[i - 1])
            pairs[n_kept++] = pairs[i];
    return n_kept;
}

static unsigned bits_for(size_t n)
{
    unsigned bits = 0;
    while (bits < TITLE_BITS_MAX && n >> bits > TITLE_BUCKET_PAIRS)
        bits++;
    return bits;
}

/* Where the pairs of the same hash, or of the same bucket, end that begin at `from`; shift: the bits that do not count.
 */
static size_t end_of(const uint64_t *pairs, size_t from, size_t n, unsigned shift)
{
    size_t end = from + 1;
    while (end < n && (shift == 64 || pairs[end] >> shift == pairs[from] >> shift))
        end++;
    return end;
}

static bool append_bucket(struct buf *out, const uint64_t *pairs, size_t n)
{
    uint32_t last_hash = 0;
    for (size_t i = 0, end; i < n; i = end) {
        uint32_t hash = (uint32_t)(pairs[i] >> 32), last_report = 0;
        end = end_of(pairs, i, n, 32);
        size_t n_reports = end - i <= TITLE_REPORTS_MAX ? end - i : 0;
        if (!buf_append_varint(out, hash - last_hash) || !buf_append_varint(out, n_reports))
            return false;
        last_hash = hash;
        for (size_t k = i; k < i + n_reports; k++) {
            uint32_t report = (uint32_t)pairs[k];
            if (!buf_append_varint(out, report - last_report))
                return false;
            last_report = report;
        }
    }
    return true;
}

static enum status write_bucket(
    struct title_terms *t, const uint64_t *pairs, size_t n, unsigned bits, struct error *err)
{
    buf_clear(&t->bucket);
    if (!append_bucket(&t->bucket, pairs, n))
        return error_no_memory(err);
    const struct bucket_place place = {
        .offset = t->spool->size,
        .size = (uint32_t)t->bucket.len,
        .run = (uint16_t)t->bits.len,
        .bucket = (uint16_t)title_bucket((uint32_t)(pairs[0] >> 32), bits),
    };
    if (!buf_append(&t->places, &place, sizeof place))
        return error_no_memory(err);
    t->n_buckets++;
    return spool_write(t->spool, t->bucket.data, t->bucket.len, err);
}

enum status title_terms_end(struct title_terms *t, struct error *err)
{
    uint64_t *pairs = (uint64_t *)(void *)t->pairs.data;
    size_t n = t->pairs.len / sizeof *pairs;
    if (n == 0)
        return STATUS_OK;
    if (t->bits.len == RUNS_MAX)
        return error_set(err, STATUS_BAD_INPUT, "more titles than a segment can hold");
    qsort(pairs, n, sizeof *pairs, compare_pairs);
    n = drop_repeated(pairs, n);
    unsigned bits = bits_for(n);
    for (size_t i = 0, end; i < n; i = end) {
        end = end_of(pairs, i, n, 64 - bits);
        if (write_bucket(t, pairs + i, end - i, bits, err) != STATUS_OK)
            return err->status;
    }
    buf_clear(&t->pairs);
    return buf_append_byte(&t->bits, (char)bits) ? STATUS_OK : error_no_memory(err);
}

/* ---- titles ---- */

enum status title_terms_add(
    struct title_terms *t, uint32_t report, const char *title, size_t n, struct error *err)
{
    struct tokenizer tokenizer;
    struct token token;
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, title, n);
    while (tokenizer_next(&tokenizer, &token)) {
        if (token.kind == TOKEN_SINGLE)
            continue;
        uint64_t pair = (uint64_t)title_hash(token.term, token.term_len) << 32 | report;
        if (!buf_append(&t->pairs, &pair, sizeof pair))
            return error_no_memory(err);
    }
    return t->pairs.len < TITLE_RUN_PAIRS * sizeof(uint64_t) ? STATUS_OK : title_terms_end(t, err);
}

enum status title_terms_read(
    const struct title_terms *t, uint32_t i, char key[16], struct buf *out, struct error *err)
{
    struct bucket_place place;
    memcpy(&place, t->places.data + i * sizeof place, sizeof place);
    title_key(key, place.run, place.bucket);
    return spool_read_at(t->spool, place.offset, place.size, out, err);
}
