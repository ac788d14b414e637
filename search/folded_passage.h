// SPDX-License-Identifier: GPL-2.0-or-later
/* A passage folded into an array, so that it can be scanned, scored and highlighted by index.
 * One of these is used again and again: the arrays grow to the longest passage met (which
 * store/schema.h bounds). */
#ifndef DUAN_SEARCH_FOLDED_PASSAGE_H
#define DUAN_SEARCH_FOLDED_PASSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tokenizer/folded_text.h"

struct folded_passage {
    uint32_t *cps; /* n folded code points */
    struct folded_range {
        uint32_t start, end; /* bytes of the raw text */
    } * ranges;
    uint8_t *classes; /* enum char_class */
    bool *is_joined;  /* of each character: one word of the tokenizer's holds it and the one before;
                         only where has_joins */
    size_t n, room;
    bool has_joins;
    const char *text; /* as given */
    size_t text_len;
};

/* Does the folded character end a sentence? */
static inline bool folded_ends_sentence(uint32_t cp)
{
    return cp == 0x3002 /* 。 */ || cp == '!' || cp == '?' || cp == ';';
}

void folded_passage_init(struct folded_passage *f);
void folded_passage_release(struct folded_passage *f);

/* Folds text anew into *f; the text must stay while *f is searched. False when memory is out; *f is
 * then empty. */
bool folded_passage_set(struct folded_passage *f, const char *text, size_t n);

/* The first place >= from where the n_needle code points stand; f->n where there is none. With
 * whole_words, a place that would cut a word or a number at either end does not count (2022 is not
 * in 12022, 20 not in 20.5). */
size_t folded_passage_find(struct folded_passage *f, const uint32_t *needle, size_t n_needle,
    bool whole_words, size_t from);

#endif
