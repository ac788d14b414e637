// SPDX-License-Identifier: GPL-2.0-or-later
/* Inversion: the tokens of some passages in, their postings by term out, as one *run* of bytes.
 *
 * No map of strings: a token is one 64-bit number, term above passage, and inverting is sorting
 * these numbers. Two code points of a bigram take 18 bits each, and their order is that of the
 * term's bytes; a single character is a bigram whose second half is 0. Other terms get a number
 * from a small dictionary, in a range that no character uses, and are put among the bigrams when
 * the run is encoded.
 *
 * A run is a row of records, by term (memcmp, then length), one each:
 *     u8 length of the term, term, varint length of the body, body
 *     body: of each posting, docids rising:
 *           varint (docid - last docid - 1) << 1 | (tf > 1), and then, if tf > 1, varint tf - 2
 * Before the first the last docid is 0. Docids are those of the segment, tf is not normalised yet:
 * the average length is known only at the end. Behind the records stands what the length of each
 * passage will be made of:
 *     varint first docid, varint number of docids, and of each docid from there on:
 *           varint number of terms with tf 1, varint number of others, of each varint tf - 2 */
#ifndef DUAN_STORE_POSTINGS_H
#define DUAN_STORE_POSTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "tokenizer/tokenizer.h"

/* A segment's terms pass Xapian's limits at the tokenizer already; this is what a record can hold.
 */
enum { POSTINGS_TERM_MAX = 255 };

struct postings;
struct run;

/* Collects until about memory_bytes are in use. */
enum status postings_open(size_t memory_bytes, struct postings **out, struct error *err);
void postings_close(struct postings *p);

/* Asked before each passage: is it time to encode? Always true once 2^28 docids are between first
 * and next. */
bool postings_is_full(const struct postings *p, uint32_t next_docid);

/* Adds a token of a passage. Docids never fall. */
enum status postings_add(
    struct postings *p, uint32_t docid, const struct token *token, struct error *err);

/* Adds bigrams of a passage: of cps[0] and cps[1], and so on up to cps[n - 1] and cps[n]; none of a 0. */
enum status postings_add_runs(
    struct postings *p, uint32_t docid, const uint32_t *cps, size_t n, struct error *err);

/* Makes the run and empties p. The run is empty when there were no tokens. On failure *out is, too. */
enum status postings_encode(struct postings *p, struct run *out, struct error *err);

/* Walks the postings of a body. */
struct posting_cursor {
    const uint8_t *at, *end;
    uint32_t docid, tf;
};
static inline void posting_cursor_init(struct posting_cursor *c, const void *body, size_t n)
{
    c->at = (const uint8_t *)body;
    c->end = c->at + n;
    c->docid = c->tf = 0;
}
static inline uint64_t posting_cursor_varint(struct posting_cursor *c)
{
    uint64_t v = 0;
    if (c->at < c->end && *c->at < 0x80) /* mostly */
        return *c->at++;
    for (unsigned shift = 0; c->at < c->end && shift < 64; shift += 7) {
        uint8_t byte = *c->at++;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return v;
}
/* What takes one byte about as often as two: without a branch on which. */
static inline uint64_t posting_cursor_gap(struct posting_cursor *c)
{
    if (c->end - c->at < 2 || (c->at[0] & c->at[1] & 0x80))
        return posting_cursor_varint(c);
    unsigned low = c->at[0], is_long = low >> 7;
    uint64_t v = (low & 0x7f) | (c->at[1] & -is_long) << 7;
    c->at += 1 + is_long;
    return v;
}
static inline bool posting_cursor_next(struct posting_cursor *c)
{
    if (c->at >= c->end)
        return false;
    uint64_t v = posting_cursor_gap(c);
    c->docid += (uint32_t)(v >> 1) + 1;
    c->tf = v & 1 ? (uint32_t)posting_cursor_varint(c) + 2 : 1;
    return true;
}

#endif
