// SPDX-License-Identifier: GPL-2.0-or-later
/* The common case of folded_text_next, inline for the loops that walk millions of characters: one
 * Han character of three bytes with another behind it, or a mark that changes nothing about it. For folded_text.c and tokenizer.c only. */
#ifndef DUAN_TOKENIZER_FOLDED_PLAIN_H
#define DUAN_TOKENIZER_FOLDED_PLAIN_H

#include "common/utf8.h"
#include "tokenizer/folded_text.h"
#include "tokenizer/tables.h"

/* Does this byte begin a character of U+4000 to U+9FFF? Behind a Han character such a one opens no
 * reading, is no white space, and is not ignored. */
static inline bool is_plain_lead(unsigned char byte)
{
    return byte >= 0xE4 && byte <= 0xE9;
}

/* Does a character begin at p that opens no reading of the one before, is no white space, and is not
 * ignored? False, too, where that takes a longer look. */
static inline bool is_plain_next(const unsigned char *p, size_t n)
{
    if (is_plain_lead(p[0]))
        return true;
    if (p[0] < 0x80)
        return p[0] > ' ' && p[0] != '(' && p[0] != 0x7F;
    if (n < 3 || (p[0] & 0xF0) != 0xE0 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
        return false;
    uint32_t packed =
        fold_look_up((uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F));
    enum char_class kind = fold_class(packed);
    return kind != CHAR_SPACE && kind != CHAR_IGNORED &&
           (packed & (FOLD_CP_MASK | FOLD_EXPANDS)) != '(';
}

/* As folded_text_next where the text goes on with the common case; else false with nothing done. */
static inline bool folded_text_next_plain(struct folded_text *t, struct folded_char *out)
{
    const unsigned char *p = (const unsigned char *)t->text + t->at;
    if (t->n - t->at < 4 || !is_plain_lead(p[0]) || (p[1] & 0xC0) != 0x80 ||
        (p[2] & 0xC0) != 0x80 || !is_plain_next(p + 3, t->n - t->at - 3) || t->n_expansion)
        return false;
    uint32_t packed =
        fold_look_up((uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F));
    if (packed >> FOLD_CLASS_SHIFT != CHAR_HAN) /* or it expands */
        return false;
    out->cp = packed & FOLD_CP_MASK;
    out->kind = t->last_class = CHAR_HAN;
    out->start = t->at;
    out->end = t->at += 3;
    t->has_output = true;
    return true;
}

/* As folded_text_next where the text goes on with a character of three bytes that is Han or a mark, with nothing behind it
 * that could change it; else false with nothing done. No mark is *cp '*'. */
static inline bool folded_text_step_plain(
    struct folded_text *t, uint32_t *cp, enum char_class *kind)
{
    const unsigned char *p = (const unsigned char *)t->text + t->at;
    if (t->n - t->at < 4 || !utf8_is_three((const char *)p) || p[0] == 0xE0 || p[0] == 0xED ||
        !is_plain_next(p + 3, t->n - t->at - 3) || t->n_expansion)
        return false;
    uint32_t packed =
        fold_look_up((uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F));
    uint32_t class = packed >> FOLD_CLASS_SHIFT; /* or it expands */
    if (class != CHAR_HAN && (class != CHAR_OTHER || (packed & FOLD_CP_MASK) == '*'))
        return false;
    *cp = packed & FOLD_CP_MASK;
    *kind = t->last_class = (enum char_class) class;
    t->at += 3;
    t->has_output = true;
    return true;
}

#endif
