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

static inline uint32_t three_bytes(const unsigned char *p)
{
    return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
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
    uint32_t packed = fold_look_up(three_bytes(p));
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
    uint32_t packed = fold_look_up(three_bytes(p));
    if (packed >> FOLD_CLASS_SHIFT != CHAR_HAN) /* or it expands */
        return false;
    out->cp = packed & FOLD_CP_MASK;
    out->kind = t->last_class = CHAR_HAN;
    out->start = t->at;
    out->end = t->at += 3;
    t->has_output = true;
    return true;
}

/* Does Han stay as it is before what begins at p, of which n > 0 bytes may be read? So with all that is_plain_next knows, with a
 * line's end that no reading stands behind, and with a bracket before Han. */
static inline bool is_plain_behind_han(const unsigned char *p, size_t n)
{
    if (is_plain_lead(p[0]))
        return true;
    if (p[0] == '\n' || p[0] == '\r') {
        size_t step = p[0] == '\r' && n > 1 && p[1] == '\n' ? 2 : 1;
        return step == n || is_plain_next(p + step, n - step);
    }
    if (p[0] < 0x80)
        return (p[0] > ' ' && p[0] != '(' && p[0] != 0x7F) ||
               (p[0] == '(' && n > 1 && is_plain_lead(p[1]));
    if (n > 3 && p[0] == 0xEF && p[1] == 0xBC && p[2] == 0x88) /* （ */
        return is_plain_lead(p[3]);
    return is_plain_next(p, n);
}

/* Likewise a mark: only what is ignored would belong to it. */
static inline bool is_plain_behind_mark(const unsigned char *p, size_t n)
{
    if (is_plain_lead(p[0]) || (p[0] >= ' ' && p[0] < 0x7F) || p[0] == '\n' || p[0] == '\r')
        return true;
    if (n < 3 || (p[0] & 0xF0) != 0xE0 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
        return false;
    return fold_class(fold_look_up(three_bytes(p))) != CHAR_IGNORED;
}

/* What folded_text_next would give one by one while the text goes on with characters of three bytes that are Han or marks,
 * with nothing behind them that could change them, and no mark being an asterisk: puts them into cps, a mark as
 * itself or as 0, and returns how many, at most max. *last is the last one. */
static inline size_t folded_text_take_plain(
    struct folded_text *t, uint32_t *cps, size_t max, bool has_marks, struct folded_char *last)
{
    const unsigned char *p = (const unsigned char *)t->text + t->at;
    const unsigned char *end = (const unsigned char *)t->text + t->n;
    uint32_t packed = 0;
    size_t n = 0, most = t->n_expansion || p == end ? 0 : (size_t)(end - p - 1) / 3;
    most = most < max ? most : max; /* with a byte to look at behind each */
    for (; n < most; p += 3) {
        if (!utf8_is_three((const char *)p) || p[0] == 0xE0 || p[0] == 0xED)
            break;
        uint32_t next = fold_look_up(three_bytes(p));
        size_t rest = (size_t)(end - p) - 3;
        bool is_han = next >> FOLD_CLASS_SHIFT == CHAR_HAN; /* and does not expand */
        if (is_han ? !is_plain_behind_han(p + 3, rest)
                   : next >> FOLD_CLASS_SHIFT != CHAR_OTHER || next == '*' ||
                         !is_plain_behind_mark(p + 3, rest))
            break;
        cps[n++] = is_han || has_marks ? next & FOLD_CP_MASK : 0;
        packed = next;
    }
    if (n == 0)
        return 0;
    t->last_class = fold_class(packed);
    t->at = (size_t)(p - (const unsigned char *)t->text);
    t->has_output = true;
    *last = (struct folded_char){packed & FOLD_CP_MASK, t->last_class, t->at - 3, t->at};
    return n;
}

#endif
