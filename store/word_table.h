// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers for strings, in the order in which they first come: of the terms of a run (postings.h) those that are no bigrams. */
#ifndef DUAN_STORE_WORD_TABLE_H
#define DUAN_STORE_WORD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

struct word {
    uint32_t start, len; /* in text */
    uint32_t hash;
};

struct word_table {
    struct word *list; /* n, by their number */
    size_t n, n_max;
    struct buf text; /* of all, one behind the other */
    uint32_t *slots; /* numbers + 1, 0: free; at most half of them are taken */
    size_t n_slots;  /* a power of two, or 0 */
};

void word_table_init(struct word_table *t);
void word_table_release(struct word_table *t);
/* Forgets the words and keeps the room. */
void word_table_clear(struct word_table *t);

/* The number of a word, a new one if it has none. False when memory is out. */
bool word_table_number(struct word_table *t, const char *word, size_t n, uint32_t *number);

#endif
