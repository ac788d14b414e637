// SPDX-License-Identifier: GPL-2.0-or-later
/* The postings of one term in one segment, walked forwards.
 *
 * A list lies in the table as chunks of about 2,000 bytes, each under the docid it begins with.
 * The chunk that holds the docid sought is found by its key; those between are not looked at. What
 * lies before it in its chunk is only added up, and a batch from there on decoded, into docids and
 * wdfs side by side: a small one, a large one where the list is gone through. A fault met on the way ends the list and
 * is put down in `faults`, which who walks it asks from time to time. */
#ifndef DUAN_STORE_TERM_LIST_H
#define DUAN_STORE_TERM_LIST_H

#include <string.h>

#include "common/arena.h"
#include "store/segment_reader.h"

enum {
    CHUNK_BYTES_MAX = 4096, /* of a body: Xapian cuts at 2,000 */
    BATCH_MAX = 256,
    BATCH_ROOM = BATCH_MAX + 4, /* the last ones come four at a time */
    BATCH_AFTER_SKIP = 16,
};
#define DOCID_END UINT32_MAX

/* The first fault of a whole evaluation. */
struct list_faults {
    enum status status;
    struct error *err;
};

/* A chunk, not yet decoded. */
struct term_chunk {
    uint32_t first, last; /* docids */
    bool is_last;
    const uint8_t *body, *end; /* the wdf of the first, then gap - 1 and wdf of each other */
};

struct term_list {
    struct segment_reader *segment;
    struct list_faults *faults;
    struct arena *arena;
    const uint8_t *key; /* borrowed */
    size_t key_len;
    uint64_t df, cf; /* 0: the segment does not have the term */
    struct glass_cursor cursor;
    struct buf joined;
    struct term_chunk chunk;
    const uint8_t *rest;     /* of the chunk, behind what was decoded */
    uint32_t *docids, *wdfs; /* n, the last batch decoded; NULL until one is needed */
    uint32_t n, at, cap;
    /* The posting it stands on, docids[at]; 0 before the first, DOCID_END behind all. */
    uint32_t docid;
};

/* Puts the list before its first posting. key, arena and faults must outlive it. */
enum status term_list_open(struct term_list *l, struct segment_reader *segment, const uint8_t *key,
    size_t key_len, struct arena *arena, struct list_faults *faults, struct error *err);
void term_list_release(struct term_list *l);

/* Where the posting sought is not the next one of the batch; see seek. */
uint32_t term_list_seek_slowly(struct term_list *l, uint32_t target);

/* Moves to the first posting whose docid is not below target (> 0) and returns it. Never back. */
static inline uint32_t term_list_seek(struct term_list *l, uint32_t target)
{
    if (target <= l->docid)
        return l->docid;
    if (l->at + 1 < l->n && target <= l->docids[l->at + 1])
        return l->docid = l->docids[++l->at];
    return term_list_seek_slowly(l, target);
}

/* Parses the tag of the chunk that an entry of the table holds: of a term's first one where
 * key_len is the whole key. False where it is damaged. */
bool term_chunk_parse(const uint8_t *key, size_t key_len, size_t term_key_len, const uint8_t *tag,
    size_t n, struct term_chunk *out);

/* A number of pack_uint; false at the end of the bytes or past 32 bits. */
static inline bool term_chunk_number(const uint8_t **at, const uint8_t *end, uint32_t *out)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 35 && *at < end; shift += 7) {
        uint8_t byte = *(*at)++;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = (uint32_t)v;
            return v <= UINT32_MAX;
        }
    }
    return false;
}

/* Eight bytes, the first one lowest, whatever the machine. */
static inline uint64_t term_chunk_eight(const uint8_t *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

/* Of eight bytes: which are not the last of their number. */
#define TERM_CHUNK_HIGH_BITS 0x8080808080808080u

/* A posting whose gap takes one byte or two and whose wdf takes one, from the eight bytes of x: how
 * many bytes it takes, 0 where it is another. Without a branch on the gap, which would be a toss. */
static inline unsigned term_chunk_short(uint64_t x, uint32_t *gap, uint32_t *wdf)
{
    unsigned is_long = x >> 7 & 1;
    *gap = (uint32_t)((x & 0x7f) | ((x >> 1 & 0x3f80) & (0u - is_long)));
    *wdf = (uint32_t)(x >> (8 + 8 * is_long) & 0xff);
    bool is_short = *wdf < 0x80 && !(x >> 15 & is_long);
    return is_short ? 2 + is_long : 0;
}

#endif
