// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/emphasis.h"

#include "common/utf8.h"
#include "tokenizer/fold.h"

enum { LOOK_AROUND = 200 }; /* bytes in which the other end is looked for */

static bool is_double(const char *s, size_t n, size_t at)
{
    return at + 1 < n && s[at] == '*' && s[at + 1] == '*' && (at == 0 || s[at - 1] != '*') &&
           (at + 2 >= n || s[at + 2] != '*');
}

bool emphasis_has_partner(const char *s, size_t n, size_t at)
{
    if (!is_double(s, n, at))
        return false;
    size_t limit = n - at < LOOK_AROUND ? n : at + LOOK_AROUND;
    for (size_t i = at + 2; i < limit && s[i] != '\n'; i++) {
        if (is_double(s, n, i))
            return true;
    }
    limit = at < LOOK_AROUND ? 0 : at - LOOK_AROUND;
    for (size_t i = at; i > limit && s[i - 1] != '\n'; i--) {
        if (is_double(s, n, i - 1))
            return true;
    }
    return false;
}

/* The class of the character that ends at s[end]; of a point in a number CHAR_DIGIT, at the start CHAR_SPACE. */
static enum char_class class_before(const char *s, size_t end, size_t *start)
{
    uint32_t cp;
    *start = end;
    if (end == 0)
        return CHAR_SPACE;
    *start = utf8_floor(s, end, end - 1);
    for (size_t step; (step = utf8_step(s + *start, end - *start, &cp)) < end - *start;)
        *start += step; /* of broken ones */
    const struct fold fold = fold_char(cp);
    return fold.cp == '.' || fold.cp == ',' ? CHAR_DIGIT : fold.kind;
}

/* Of the character at s[at], at the end CHAR_SPACE. */
static enum char_class class_at(const char *s, size_t n, size_t at)
{
    uint32_t cp;
    if (at >= n)
        return CHAR_SPACE;
    utf8_step(s + at, n - at, &cp);
    return fold_char(cp).kind;
}

/* Is all from another mark up to s[at] one number, and none before that? */
static bool ends_bold_number(const char *s, size_t n, size_t at)
{
    size_t start = at, limit = at < LOOK_AROUND ? 0 : at - LOOK_AROUND, before;
    while (at > limit && class_before(s, at, &start) == CHAR_DIGIT)
        at = start;
    return at >= EMPHASIS_BYTES && is_double(s, n, at - EMPHASIS_BYTES) &&
           class_before(s, at - EMPHASIS_BYTES, &before) != CHAR_DIGIT;
}

bool emphasis_is_mark(const char *s, size_t n, size_t at)
{
    size_t start;
    if (!emphasis_has_partner(s, n, at))
        return false;
    enum char_class before = class_before(s, at, &start),
                    behind = class_at(s, n, at + EMPHASIS_BYTES);
    if (before == CHAR_DIGIT)
        return ends_bold_number(s, n, at);
    return before != CHAR_IGNORED && behind != CHAR_IGNORED &&
           (before != CHAR_SPACE || behind != CHAR_SPACE);
}

bool emphasis_is_mark_before(const char *s, size_t n, size_t end)
{
    return end >= EMPHASIS_BYTES && s[end - 1] == '*' &&
           emphasis_is_mark(s, n, end - EMPHASIS_BYTES);
}
