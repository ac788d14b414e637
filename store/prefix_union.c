// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/prefix_union.h"

#include <stdlib.h>

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
    u->n_postings += w->df;
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

static enum status collect(struct prefix_union *u, struct growing *g, const char *prefix, size_t n,
    double n_passages, struct arena *arena, struct error *err)
{
    struct term_walk w;
    enum status s = term_walk_begin(&w, u->segment, prefix, n, err);
    while (s == STATUS_OK && !w.is_at_end) {
        u->absent *= 1 - (double)w.df / n_passages;
        s = add_term(u, g, &w, arena, err);
        if (s == STATUS_OK)
            s = term_walk_settle(&w, err);
    }
    return s;
}

enum status prefix_union_open(struct prefix_union *u, struct segment_reader *segment,
    const char *prefix, size_t n, double n_passages, struct arena *arena,
    struct list_faults *faults, struct error *err)
{
    struct growing g;
    *u = (struct prefix_union){.segment = segment, .faults = faults, .absent = 1};
    buf_init(&g.bytes, CHUNKS_BYTES_MAX);
    buf_init(&g.joined, GLASS_TAG_BYTES_MAX);
    enum status s = collect(u, &g, prefix, n, n_passages, arena, err);
    if (s == STATUS_OK && g.bytes.len) {
        u->n_chunks = g.bytes.len / sizeof *u->chunks;
        u->chunks = arena_alloc(arena, g.bytes.len);
        if (u->chunks)
            memcpy(u->chunks, g.bytes.data, g.bytes.len);
        else
            s = error_no_memory(err);
    }
    buf_release(&g.bytes);
    buf_release(&g.joined);
    return s;
}

/* ---- spans ---- */

/* Puts the next posting of the chunk into it; false where it is damaged. */
static inline bool step(struct prefix_chunk *c)
{
    uint32_t gap;
    if (c->at == c->end) {
        c->docid = DOCID_END;
        return true;
    }
    if (c->end - c->at >= 2 && c->at[0] < 0x80 && c->at[1] < 0x80) {
        gap = c->at[0];
        c->wdf = c->at[1];
        c->at += 2;
    } else if (!term_chunk_number(&c->at, c->end, &gap) ||
               !term_chunk_number(&c->at, c->end, &c->wdf)) {
        return false;
    }
    if (gap >= DOCID_END - c->docid - 1)
        return false;
    c->docid += gap + 1;
    return true;
}

static inline void add_wdf(uint16_t *at, uint32_t wdf)
{
    uint32_t sum = (*at & PREFIX_WDF_MAX) + wdf;
    *at = (uint16_t)((sum < PREFIX_WDF_MAX ? sum : PREFIX_WDF_MAX) | PREFIX_IS_THERE);
}

/* Adds postings four at a time, as long as their numbers are a byte each and the span goes on. */
static void add_fours(struct prefix_chunk *c, uint32_t start, uint32_t end, uint16_t *wdfs)
{
    while (c->end - c->at >= 8 && c->docid < end && end - c->docid > 4 * 128) {
        uint64_t x = term_chunk_eight(c->at);
        if (x & 0x8080808080808080u)
            return;
        uint16_t *at = wdfs + (c->docid - start);
        uint32_t wdf = c->wdf;
        for (unsigned i = 0; i < 4; i++) {
            add_wdf(at, wdf);
            at += (x & 0xff) + 1;
            wdf = x >> 8 & 0xff;
            x >>= 16;
        }
        c->docid = start + (uint32_t)(at - wdfs);
        c->wdf = wdf;
        c->at += 8;
    }
}

/* Adds the postings of a chunk that lie in a span, passing over those before; false where it is
 * damaged. */
static bool add_postings(struct prefix_chunk *chunk, uint32_t start, uint32_t end, uint16_t *wdfs)
{
    struct prefix_chunk c = *chunk;
    bool is_whole = true;
    while (c.docid < start && is_whole)
        is_whole = step(&c);
    while (c.docid < end && is_whole) {
        add_fours(&c, start, end, wdfs);
        add_wdf(&wdfs[c.docid - start], c.wdf);
        is_whole = step(&c);
    }
    *chunk = c;
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
    u->start = start;
    for (size_t i = 0; i < u->n_chunks && u->faults->status == STATUS_OK; i++) {
        if (u->chunks[i].docid < end && !add_postings(&u->chunks[i], start, end, u->wdfs))
            u->faults->status = glass_reader_damaged(&u->segment->postlist, u->faults->err);
    }
    return u->faults->status == STATUS_OK ? u->wdfs : NULL;
}
