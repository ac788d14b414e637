// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands in the postlist table of a glass database, in the order of its keys:
 *     00 c0 key                          metadata
 *     00 e0 [first-docid]                a chunk of the documents' lengths
 *     term [00 first-docid]              a chunk of a term's postings
 * Entries are appended to a buf, on any thread, and later added to the table in order. Where a call fails, what it
 * appended means nothing. */
#ifndef DUAN_STORE_GLASS_POSTLIST_H
#define DUAN_STORE_GLASS_POSTLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "store/glass_pack.h"
#include "store/glass_table.h"

/* Bytes of a term in escaped form; what keys allow, Xapian's API allows too. */
enum { GLASS_TERM_MAX = 245 };

/* Adds entries: keys and tags, one behind the other, varint length and bytes of each. */
enum status glass_entries_add(struct glass_table *t, const struct buf *entries, struct error *err);

/* Appends the entry of a metadata value. */
enum status glass_metadata(
    struct buf *entries, const char *key, const char *value, size_t n, struct error *err);

/* A list under construction: of a term, or of the documents' lengths. */
struct glass_chunk {
    uint32_t first, last; /* docids */
    size_t start;
};
struct glass_list {
    uint8_t *bytes; /* bodies of all chunks */
    size_t len, cap;
    struct glass_chunk *chunks;
    size_t n_chunks, n_chunks_max;
    uint32_t n;        /* documents */
    uint64_t sum;      /* of what stands beside the docids: wdf or length */
    bool is_continued; /* chunks were put already */
};

enum { GLASS_CHUNK_BYTES = 2000 };

void glass_list_init(struct glass_list *l);
void glass_list_release(struct glass_list *l);
/* Begins another list in the same memory. */
void glass_list_clear(struct glass_list *l);

struct glass_posting {
    uint32_t docid, wdf;
};

/* Adds documents. Docids rise, from 1. */
enum status glass_list_add_all(
    struct glass_list *l, const struct glass_posting *postings, size_t n, struct error *err);
static inline enum status glass_list_add(
    struct glass_list *l, uint32_t docid, uint32_t wdf, struct error *err)
{
    const struct glass_posting one = {.docid = docid, .wdf = wdf};
    return glass_list_add_all(l, &one, 1, err);
}

/* Appends the entries of the list of a term, and clears it. STATUS_BAD_INPUT where the term is too
 * long or the sum of wdf passes 32 bits. An empty list makes none. */
enum status glass_list_finish_term(
    struct glass_list *l, const char *term, size_t n, struct buf *entries, struct error *err);
/* The documents' lengths, which need not all be held: appends the entries of the chunks that are
 * full, so that only the last stays; with is_end, that too. */
enum status glass_list_put_lengths(
    struct glass_list *l, bool is_end, struct buf *entries, struct error *err);

#endif
