// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/term_list.h"

#include <string.h>

#include "store/glass_pack.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static uint32_t end_list(struct term_list *l)
{
    l->at = l->n = 0;
    return l->docid = DOCID_END;
}

static uint32_t fail(struct term_list *l, enum status s)
{
    if (l->faults->status == STATUS_OK)
        l->faults->status = s;
    return end_list(l);
}

static uint32_t fail_damaged(struct term_list *l)
{
    return fail(l, glass_reader_damaged(&l->segment->postlist, l->faults->err));
}

/* ---- chunks ---- */

/* The reverse of glass_pack_sorted, of exactly n bytes; 0 where they are none of its. */
static uint32_t unpack_sorted(const uint8_t *in, size_t n)
{
    if (n == 2 && in[0] < 0x80)
        return (uint32_t)in[0] << 8 | in[1];
    if (n < 3 || n > GLASS_SORTED_MAX || (unsigned)in[0] >> (9 - n) != (1u << (n - 1)) - 2)
        return 0;
    uint64_t v = in[0] & ((1u << (9 - n)) - 1);
    for (size_t i = 1; i < n; i++)
        v = v << 8 | in[i];
    return v <= UINT32_MAX ? (uint32_t)v : 0;
}

bool term_chunk_parse(const uint8_t *key, size_t key_len, size_t term_key_len, const uint8_t *tag,
    size_t n, struct term_chunk *out)
{
    struct bytes in = {.at = (const char *)tag, .end = (const char *)tag + n};
    if (key_len == term_key_len) {
        uint64_t df, cf;
        if (!segment_read_head(&in, &df, &cf, &out->first))
            return false;
    } else {
        out->first = unpack_sorted(key + term_key_len + 1, key_len - term_key_len - 1);
    }
    if (in.at == in.end || out->first == 0)
        return false;
    out->is_last = *in.at++ == '1';
    uint64_t last = out->first + bytes_varint(&in);
    out->body = (const uint8_t *)in.at;
    out->end = (const uint8_t *)in.end;
    out->last = (uint32_t)last;
    return !in.is_broken && last >= out->first && last < DOCID_END &&
           out->end - out->body <= CHUNK_BYTES_MAX;
}

/* Is the cursor on a chunk of this term, the first or another? */
static bool is_ours(const struct term_list *l)
{
    const struct glass_cursor *c = &l->cursor;
    if (c->is_at_end || c->key_len < l->key_len || memcmp(c->key, l->key, l->key_len) != 0)
        return false;
    return c->key_len == l->key_len || (c->key_len > l->key_len + 1 && c->key[l->key_len] == 0 &&
                                           c->key[l->key_len + 1] != 0xff);
}

/* Takes in the chunk under the cursor, which must lie behind the one before. */
static bool read_chunk(struct term_list *l)
{
    const uint8_t *tag, *key = l->cursor.key;
    size_t n, key_len = l->cursor.key_len;
    uint32_t before = l->chunk.last;
    if (!is_ours(l) || l->cursor.component != 1) {
        fail_damaged(l);
        return false;
    }
    enum status s = glass_cursor_tag(&l->cursor, &l->joined, &tag, &n, l->faults->err);
    if (s != STATUS_OK) {
        fail(l, s);
        return false;
    }
    if (!term_chunk_parse(key, key_len, l->key_len, tag, n, &l->chunk) ||
        l->chunk.first <= before || l->chunk.last > l->segment->version.n_docs) {
        fail_damaged(l);
        return false;
    }
    return true;
}

/* Four lanes of 16 bits, each with `base` added. */
static inline void widen_four(uint64_t lanes, uint32_t base, uint32_t out[4])
{
#ifdef __SSE2__
    const __m128i x = _mm_loadl_epi64((const __m128i *)(const void *)&lanes);
    const __m128i wide = _mm_unpacklo_epi16(x, _mm_setzero_si128());
    _mm_storeu_si128((__m128i *)(void *)out, _mm_add_epi32(wide, _mm_set1_epi32((int32_t)base)));
#else
    for (unsigned i = 0; i < 4; i++)
        out[i] = base + (uint32_t)(lanes >> 16 * i & 0xffff);
#endif
}

/* Four postings whose numbers are a byte each, from the eight bytes of x. */
static inline void put_four(uint64_t x, uint64_t *docid, uint32_t *docids, uint32_t *wdfs)
{
    const uint64_t lanes = 0x00ff00ff00ff00ffu, ones = 0x0001000100010001u;
    /* In the product with ones each lane is the sum of those up to it: of the gaps, and 1 for each. */
    const uint64_t steps = ((x & lanes) + ones) * ones, ws = x >> 8 & lanes;
    widen_four(steps, (uint32_t)*docid, docids);
    widen_four(ws, 0, wdfs);
    *docid += steps >> 48;
}

/* Steps over one posting at *at. */
static inline bool take_posting(
    const uint8_t **at, const uint8_t *end, uint32_t *gap, uint32_t *wdf)
{
    if (end - *at >= 8) {
        unsigned n = term_chunk_short(term_chunk_eight(*at), gap, wdf);
        *at += n;
        if (n)
            return true;
    }
    return term_chunk_number(at, end, gap) && term_chunk_number(at, end, wdf);
}

/* Steps over postings before target, as long as it is cheap; *docid is that of the last one gone
 * over. */
static const uint8_t *skip(const uint8_t *at, const uint8_t *end, uint64_t *docid, uint32_t target)
{
    while (end - at >= 8) {
        uint64_t x = term_chunk_eight(at), next;
        if (!(x & TERM_CHUNK_HIGH_BITS)) { /* four, gaps in the even bytes */
            next = *docid + 4 + ((x & 0x00ff00ff00ff00ffu) * 0x0001000100010001u >> 48);
            if (next >= target)
                return at;
            *docid = next;
            at += 8;
            continue;
        }
        uint32_t gap, wdf;
        unsigned n = term_chunk_short(x, &gap, &wdf);
        next = *docid + gap + 1;
        if (n == 0 || next >= target)
            return at;
        *docid = next;
        at += n;
    }
    return at;
}

/* A list of which fewer postings than that are passed over is as good as gone through. */
enum { NEAR = 8 };

/* Decodes the next batch; one that holds a posting not before target, which the chunk must. */
static bool decode(struct term_list *l, uint32_t target)
{
    const uint8_t *end = l->chunk.end, *at = l->rest;
    uint64_t docid = l->docids[l->n - 1];
    const uint64_t n_passed = (target - docid - 1) * l->df / l->segment->version.n_docs; /* about */
    uint32_t gap, n, n_max = n_passed < NEAR ? BATCH_MAX : BATCH_AFTER_SKIP;
    do {
        at = skip(at, end, &docid, target);
        for (n = 0; at < end && n < n_max;) {
            if (n + 4 > l->cap) /* more than the term's df */
                return false;
            if (end - at >= 8) {
                uint64_t x = term_chunk_eight(at);
                if (!(x & TERM_CHUNK_HIGH_BITS)) {
                    put_four(x, &docid, l->docids + n, l->wdfs + n);
                    n += 4;
                    at += 8;
                    continue;
                }
            }
            if (!take_posting(&at, end, &gap, &l->wdfs[n]))
                return false;
            docid += (uint64_t)gap + 1;
            l->docids[n++] = (uint32_t)docid;
        }
        if (docid > l->chunk.last || (at == end && docid != l->chunk.last))
            return false;
    } while (docid < target);
    l->rest = at;
    l->n = n;
    l->at = 0;
    return true;
}

/* Puts the first posting of the chunk, whose docid stands in its key, into a batch of its own. */
static bool begin_chunk(struct term_list *l)
{
    l->rest = l->chunk.body;
    l->docids[0] = l->chunk.first;
    l->n = 1;
    l->at = 0;
    return term_chunk_number(&l->rest, l->chunk.end, &l->wdfs[0]) &&
           (l->rest == l->chunk.end) == (l->chunk.first == l->chunk.last);
}

/* ---- moving ---- */

enum status term_list_open(struct term_list *l, struct segment_reader *segment, const uint8_t *key,
    size_t key_len, struct arena *arena, struct list_faults *faults, struct error *err)
{
    const uint8_t *tag;
    size_t n;
    *l = (struct term_list){.segment = segment,
        .faults = faults,
        .arena = arena,
        .key = key,
        .key_len = key_len,
        .docid = DOCID_END};
    buf_init(&l->joined, GLASS_TAG_BYTES_MAX);
    glass_cursor_init(&l->cursor, &segment->postlist);
    enum status s = glass_cursor_seek(&l->cursor, key, key_len, err);
    if (s != STATUS_OK || l->cursor.component != 1 || !glass_cursor_is_on(&l->cursor, key, key_len))
        return s;
    s = glass_cursor_tag(&l->cursor, &l->joined, &tag, &n, err);
    if (s != STATUS_OK)
        return s;
    uint32_t first;
    struct bytes in = {.at = (const char *)tag, .end = (const char *)tag + n};
    if (!segment_read_head(&in, &l->df, &l->cf, &first) ||
        !term_chunk_parse(key, key_len, key_len, tag, n, &l->chunk) ||
        l->chunk.last > segment->version.n_docs)
        return glass_reader_damaged(&segment->postlist, err);
    l->docid = 0;
    return STATUS_OK;
}

void term_list_release(struct term_list *l)
{
    buf_release(&l->joined);
}

static bool need_room(struct term_list *l)
{
    if (l->docids)
        return true;
    l->cap = l->df < BATCH_MAX ? (uint32_t)l->df + BATCH_ROOM - BATCH_MAX : BATCH_ROOM;
    l->docids = arena_alloc(l->arena, 2 * (size_t)l->cap * sizeof *l->docids);
    if (!l->docids) {
        fail(l, error_no_memory(l->faults->err));
        return false;
    }
    l->wdfs = l->docids + l->cap;
    return true;
}

/* From the chunk it stands on to a later one that ends at or behind target; false at the end of
 * the list. */
static bool find_chunk(struct term_list *l, uint32_t target)
{
    uint8_t key[TERM_KEY_MAX];
    struct error *err = l->faults->err;
    enum status s = STATUS_OK;
    for (unsigned n_tried = 0; target > l->chunk.last; n_tried++) {
        if (l->chunk.is_last) {
            end_list(l);
            return false;
        }
        if (n_tried == 1) { /* not the next one: look the key up */
            memcpy(key, l->key, l->key_len);
            key[l->key_len] = 0;
            size_t n = (size_t)(glass_pack_sorted(key + l->key_len + 1, target) - key);
            s = glass_cursor_seek(&l->cursor, key, n, err);
            if (s == STATUS_OK && l->cursor.component != 1) {
                n = l->cursor.key_len;
                memcpy(key, l->cursor.key, n);
                s = glass_cursor_seek(&l->cursor, key, n, err);
            }
            /* The chunk at hand once more, where the target lies between it and the next. */
            if (s == STATUS_OK && is_ours(l) && l->cursor.component == 1) {
                struct term_chunk same = l->chunk;
                l->chunk.last = 0;
                if (!read_chunk(l))
                    return false;
                if (l->chunk.first < same.first) {
                    fail_damaged(l);
                    return false;
                }
                continue;
            }
            if (s == STATUS_OK)
                s = glass_reader_damaged(&l->segment->postlist, err);
        } else {
            s = glass_cursor_next(&l->cursor, err);
        }
        if (s != STATUS_OK) {
            fail(l, s);
            return false;
        }
        if (!read_chunk(l))
            return false;
    }
    return true;
}

uint32_t term_list_seek_slowly(struct term_list *l, uint32_t target)
{
    if (!l->n || target > l->chunk.last) {
        if (!find_chunk(l, target) || !need_room(l))
            return l->docid;
        if (!begin_chunk(l))
            return fail_damaged(l);
    }
    if (target > l->docids[l->n - 1] && !decode(l, target))
        return fail_damaged(l);
    const uint32_t *at = l->docids + l->at, *last = l->docids + l->n - 1; /* *last >= target */
    while (last - at > 8 && at[8] < target)
        at += 8;
    while (*at < target)
        at++;
    uint32_t low = (uint32_t)(at - l->docids);
    l->at = low;
    return l->docid = l->docids[low];
}
