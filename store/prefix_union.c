// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/prefix_union.h"

#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Chunks while they are collected. */
struct growing {
    struct buf bytes; /* struct prefix_chunk */
    struct buf joined;
};

enum { CHUNKS_BYTES_MAX = 1 << 30 };

static enum status add_chunk(struct prefix_union *u, struct growing *g, struct glass_cursor *c,
    size_t term_len, struct arena *arena, struct error *err)
{
    const uint8_t *tag, *key = c->key;
    struct term_chunk chunk;
    struct prefix_chunk out;
    size_t n, key_len = c->key_len;
    bool is_joined = !c->is_last;
    if (glass_cursor_tag(c, &g->joined, &tag, &n, err) != STATUS_OK)
        return err->status;
    if (is_joined && !(tag = (const uint8_t *)arena_copy(arena, (const char *)tag, n)))
        return error_no_memory(err);
    if (!term_chunk_parse(key, key_len, term_len, tag, n, &chunk) ||
        chunk.last > u->segment->version.n_docs)
        return glass_reader_damaged(&u->segment->postlist, err);
    out = (struct prefix_chunk){.at = chunk.body, .end = chunk.end, .docid = chunk.first};
    if (!term_chunk_number(&out.at, out.end, &out.wdf))
        return glass_reader_damaged(&u->segment->postlist, err);
    if (chunk.last > u->last)
        u->last = chunk.last;
    return buf_append(&g->bytes, &out, sizeof out) ? STATUS_OK : error_no_memory(err);
}

/* All chunks of the term that the walk stands on. The walk is left on the last of them. */
static enum status add_term(struct prefix_union *u, struct growing *g, struct term_walk *w,
    struct arena *arena, struct error *err)
{
    struct glass_cursor *c = &w->cursor;
    size_t term_len = c->key_len;
    uint8_t key[TERM_KEY_MAX];
    memcpy(key, c->key, term_len);
    for (;;) {
        if (add_chunk(u, g, c, term_len, arena, err) != STATUS_OK ||
            glass_cursor_next(c, err) != STATUS_OK)
            return err->status;
        bool is_more = !c->is_at_end && c->key_len > term_len + 1 &&
                       memcmp(c->key, key, term_len) == 0 && c->key[term_len] == 0 &&
                       c->key[term_len + 1] != 0xff;
        if (!is_more)
            return STATUS_OK;
    }
}

static enum status collect(
    struct prefix_union *u, struct growing *g, struct arena *arena, struct error *err)
{
    struct term_walk w;
    enum status s = term_walk_begin(&w, u->segment, u->prefix, u->prefix_len, err);
    while (s == STATUS_OK && !w.is_at_end) {
        u->absent *= 1 - (double)w.df / u->n_passages;
        s = add_term(u, g, &w, arena, err);
        if (s == STATUS_OK)
            s = term_walk_settle(&w, err);
    }
    return s;
}

/* Puts the collected chunks into u->chunks, by the span that they begin in. */
static bool sort_chunks(struct prefix_union *u, const struct growing *g, struct arena *arena)
{
    const struct prefix_chunk *in = (const struct prefix_chunk *)(const void *)g->bytes.data;
    size_t n_spans = u->last / PREFIX_SPAN + 1,
           *at = arena_alloc(arena, (n_spans + 1) * sizeof *at);
    u->n_chunks = g->bytes.len / sizeof *in;
    u->chunks = arena_alloc(arena, g->bytes.len);
    if (!at || !u->chunks)
        return false;
    for (size_t i = 0; i < u->n_chunks; i++)
        at[in[i].docid / PREFIX_SPAN + 1]++;
    for (size_t i = 1; i < n_spans; i++)
        at[i] += at[i - 1];
    for (size_t i = 0; i < u->n_chunks; i++)
        u->chunks[at[in[i].docid / PREFIX_SPAN]++] = in[i];
    return true;
}

void prefix_union_init(struct prefix_union *u, struct segment_reader *segment, const char *prefix,
    size_t n, double n_passages, struct list_faults *faults)
{
    *u = (struct prefix_union){.segment = segment,
        .faults = faults,
        .prefix = prefix,
        .prefix_len = n,
        .n_passages = n_passages,
        .absent = 1,
        .last = segment->version.n_docs};
}

enum status prefix_union_list(struct prefix_union *u, struct arena *arena, struct error *err)
{
    struct growing g;
    u->is_listed = true;
    u->last = 0;
    buf_init(&g.bytes, CHUNKS_BYTES_MAX);
    buf_init(&g.joined, GLASS_TAG_BYTES_MAX);
    enum status s = collect(u, &g, arena, err);
    if (s == STATUS_OK && g.bytes.len && !sort_chunks(u, &g, arena))
        s = error_no_memory(err);
    buf_release(&g.bytes);
    buf_release(&g.joined);
    return s;
}

/* ---- spans ---- */

/* So that what is constant in a call costs nothing in the loop. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* Puts the next posting of the chunk into it; false where it is damaged. */
static ALWAYS_INLINE bool step(struct prefix_chunk *c)
{
    uint32_t gap;
    unsigned n = c->end - c->at >= 8 ? term_chunk_short(term_chunk_eight(c->at), &gap, &c->wdf) : 0;
    if (n) {
        c->at += n;
    } else if (c->at == c->end) {
        c->docid = DOCID_END;
        return true;
    } else if (!term_chunk_number(&c->at, c->end, &gap) ||
               !term_chunk_number(&c->at, c->end, &c->wdf)) {
        return false;
    }
    if (gap >= DOCID_END - c->docid - 1)
        return false;
    c->docid += gap + 1;
    return true;
}

/* is_bounded: no sum gets as far as PREFIX_WDF_MAX. */
static ALWAYS_INLINE void add_wdf(uint16_t *at, uint32_t wdf, bool is_bounded)
{
    uint32_t sum = (*at | PREFIX_IS_THERE) + wdf;
    const uint32_t max = PREFIX_IS_THERE | PREFIX_WDF_MAX;
    *at = (uint16_t)(is_bounded || sum < max ? sum : max);
}

/* Adds postings four at a time, as long as their numbers are a byte each and the span goes on. */
static ALWAYS_INLINE void add_fours(
    struct prefix_chunk *c, uint32_t start, uint32_t end, uint16_t *wdfs, bool is_bounded)
{
    const uint8_t *at = c->at;
    uint32_t docid = c->docid, wdf = c->wdf;
    while (c->end - at >= 8 && docid < end && end - docid > 4 * 128) {
        uint64_t x = term_chunk_eight(at);
        if (x & TERM_CHUNK_HIGH_BITS)
            break;
        uint16_t *first = wdfs + (docid - start), *second = first + (x & 0xff) + 1,
                 *third = second + (x >> 16 & 0xff) + 1, *fourth = third + (x >> 32 & 0xff) + 1;
        add_wdf(first, wdf, is_bounded);
        add_wdf(second, (uint32_t)(x >> 8 & 0xff), is_bounded);
        add_wdf(third, (uint32_t)(x >> 24 & 0xff), is_bounded);
        add_wdf(fourth, (uint32_t)(x >> 40 & 0xff), is_bounded);
        docid = start + (uint32_t)(fourth - wdfs) + (uint32_t)(x >> 48 & 0xff) + 1;
        wdf = (uint32_t)(x >> 56);
        at += 8;
    }
    c->at = at;
    c->docid = docid;
    c->wdf = wdf;
}

/* Adds the postings of a chunk that lie in a span, passing over those before; false where it is
 * damaged. */
static ALWAYS_INLINE bool add_postings(
    struct prefix_chunk *chunk, uint32_t start, uint32_t end, uint16_t *wdfs, bool is_bounded)
{
    struct prefix_chunk c = *chunk;
    bool is_whole = true;
    while (c.docid < start && is_whole)
        is_whole = step(&c);
    while (c.docid < end && is_whole) {
        add_fours(&c, start, end, wdfs, is_bounded);
        add_wdf(&wdfs[c.docid - start], c.wdf, is_bounded);
        is_whole = step(&c);
    }
    *chunk = c;
    return is_whole;
}

/* Adds those of all chunks. A wdf of a chunk may be damaged, of which nothing comes but a wrong sum. */
static bool add_all(struct prefix_union *u, uint32_t start, uint32_t end)
{
    bool is_bounded = u->segment->version.doclen_upper < PREFIX_WDF_MAX, is_whole = true;
    struct prefix_chunk *all = u->chunks;
    while (u->n_begun < u->n_chunks && all[u->n_begun].docid < end)
        all[u->n_active++] = all[u->n_begun++];
    for (size_t i = 0; i < u->n_active && is_whole;) {
        is_whole = is_bounded ? add_postings(&all[i], start, end, u->wdfs, true)
                              : add_postings(&all[i], start, end, u->wdfs, false);
        if (all[i].docid == DOCID_END)
            all[i] = all[--u->n_active];
        else
            i++;
    }
    return is_whole;
}

const uint16_t *prefix_union_span(struct prefix_union *u, uint32_t docid, struct arena *arena)
{
    uint32_t start = prefix_union_span_start(docid), end = start + PREFIX_SPAN;
    if (u->wdfs && u->start == start)
        return u->wdfs;
    if (end < start)
        end = DOCID_END;
    if (u->wdfs)
        memset(u->wdfs, 0, PREFIX_SPAN * sizeof *u->wdfs);
    else if (!(u->wdfs = arena_alloc(arena, PREFIX_SPAN * sizeof *u->wdfs)))
        u->faults->status = error_no_memory(u->faults->err);
    if (u->faults->status == STATUS_OK && !u->is_listed)
        u->faults->status = prefix_union_list(u, arena, u->faults->err);
    u->start = start;
    if (u->faults->status == STATUS_OK && !add_all(u, start, end))
        u->faults->status = glass_reader_damaged(&u->segment->postlist, u->faults->err);
    return u->faults->status == STATUS_OK ? u->wdfs : NULL;
}

#ifdef __SSE2__
bool prefix_is_any_above(const uint16_t *sums, uint32_t limit)
{
    const __m128i limits = _mm_set1_epi16((short)limit), zero = _mm_setzero_si128();
    __m128i above = zero;
    for (unsigned i = 0; i < PREFIX_STRIDE; i += 8) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(sums + i));
        above = _mm_or_si128(above, _mm_subs_epu16(x, limits));
    }
    return _mm_movemask_epi8(_mm_cmpeq_epi8(above, zero)) != 0xFFFF;
}
#else
bool prefix_is_any_above(const uint16_t *sums, uint32_t limit)
{
    uint16_t most = 0;
    for (unsigned i = 0; i < PREFIX_STRIDE; i++)
        most = sums[i] > most ? sums[i] : most;
    return most > limit;
}
#endif
