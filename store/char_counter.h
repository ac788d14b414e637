// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts in how many passages a CHAR_HAN stands, and how often. In index mode each character of a
 * run starts one bigram or is a single, so the first characters of those tokens are counted, and no
 * others. Remembers, too, which characters begin a longer term of the present passage
 * (passage_tokens.h).
 *
 * Each worker may have a counter of its own; they are merged at the end. */
#ifndef DUAN_STORE_CHAR_COUNTER_H
#define DUAN_STORE_CHAR_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "tokenizer/tokenizer.h"

/* All ideographs, kana and syllables lie below; planes past the third hold none. */
enum { CHAR_COUNTER_MAX = 0x40000, CHAR_COUNTER_PAGE = 256 };

struct char_count {
    uint32_t n_passages;
    uint32_t last_passage; /* in which it was counted */
    uint64_t n_occurrences;
    uint32_t last_begun; /* passage in which a longer term began with it */
};
struct char_counter {
    struct char_count *counts; /* CHAR_COUNTER_MAX; pages of absent characters are never touched */
    /* Was any of so many characters counted? */
    bool has_page[CHAR_COUNTER_MAX / CHAR_COUNTER_PAGE];
    uint32_t passage; /* ordinal of the one being counted, from 1 */
};

enum status char_counter_init(struct char_counter *c, struct error *err);
void char_counter_release(struct char_counter *c);

static inline void char_counter_add(struct char_counter *c, uint32_t cp)
{
    if (cp >= CHAR_COUNTER_MAX)
        return;
    struct char_count *count = &c->counts[cp];
    count->n_occurrences++;
    if (count->last_passage != c->passage) {
        count->last_passage = c->passage;
        count->n_passages++;
        c->has_page[cp / CHAR_COUNTER_PAGE] = true;
    }
}

/* A longer term of the present passage begins with cp, which counts if is_counted. */
static inline void char_counter_begin(struct char_counter *c, uint32_t cp, bool is_counted)
{
    if (is_counted)
        char_counter_add(c, cp);
    if (cp < CHAR_COUNTER_MAX)
        c->counts[cp].last_begun = c->passage;
}

/* Does a longer term of the present passage begin with cp (below CHAR_COUNTER_MAX)? */
static inline bool char_counter_has_begun(const struct char_counter *c, uint32_t cp)
{
    return c->counts[cp].last_begun == c->passage;
}

static inline void char_counter_end_passage(struct char_counter *c)
{
    c->passage++;
}

/* Adds the counts of another; no passage was counted in both. */
void char_counter_merge(struct char_counter *into, const struct char_counter *from);

/* The first character from cp on that stands in n_min passages, at least 1; CHAR_COUNTER_MAX for none. */
uint32_t char_counter_next(const struct char_counter *c, uint32_t cp, uint32_t n_min);

/* Appends the metadata value "chars" (schema.h); false when the buffer is full. */
bool char_counter_encode(const struct char_counter *c, struct buf *out);

#endif
