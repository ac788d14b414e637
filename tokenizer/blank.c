// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/blank.h"

#include <string.h>

#include "tokenizer/emphasis.h"
#include "tokenizer/glyph.h"
#include "tokenizer/han_digit.h"
#include "tokenizer/reading.h"

static enum side side_of_mark(uint32_t cp, uint32_t packed)
{
    uint32_t folded = packed & FOLD_CP_MASK;
    if (cp < 0x80)
        return cp && strchr("=\\^_`|~", (int)cp) ? SIDE_APART : SIDE_NARROW;
    if (cp == UTF8_INVALID || (cp > 0x2500 && cp <= 0x27BF))
        return SIDE_APART;
    if (folded == '.' || folded == '*') /* of numbers: ．⏎2023 is none */
        return SIDE_NARROW;
    if ((cp >= 0x2013 && cp <= 0x2015) || (cp >= 0x2018 && cp <= 0x201D) || cp == 0x2025 ||
        cp == 0x2026 || cp == 0x2027 || cp == 0x2022 || cp == 0xB7 || cp == 0x2500)
        return SIDE_SHARED;
    bool is_wide = (cp >= 0x3000 && cp < 0x3400) || (cp >= 0xFE10 && cp < 0xFE20) ||
                   (cp >= 0xFE30 && cp < 0xFE70) || (cp >= 0xFF00 && cp < 0xFFF0);
    return is_wide ? SIDE_WIDE : SIDE_NARROW;
}

enum side side_of(uint32_t cp, uint32_t packed)
{
    switch (fold_class(packed)) {
    case CHAR_HAN:
        return SIDE_WIDE;
    case CHAR_DIGIT:
        return SIDE_DIGIT;
    case CHAR_LETTER:
        return SIDE_NARROW;
    case CHAR_OTHER:
        return side_of_mark(cp, packed);
    default:
        return SIDE_APART;
    }
}

/* Marks that open items and headings, with a blank behind them: `- `, `• `, `# `. */
static bool is_bullet(uint32_t packed)
{
    uint32_t folded = packed & FOLD_CP_MASK;
    return folded == 0xB7 || (folded && folded < 0x80 && strchr("#*+->", (int)folded));
}

static enum side side_before(const char *text, size_t at, bool is_spacing)
{
    struct glyph g;
    size_t start;
    if (!glyph_before(text, at, &g, &start) || (is_spacing && is_bullet(g.packed)))
        return SIDE_APART;
    return side_of(g.cp, last_part(g));
}

/* Is there a blank at `at`, and text behind it in the line? */
static bool is_blank_before_text(const char *text, size_t n, size_t at)
{
    enum char_class first = CHAR_IGNORED, class = CHAR_IGNORED;
    while (at < n && (class == CHAR_SPACE || class == CHAR_IGNORED)) {
        struct glyph g = glyph_at(text, n, at);
        class = fold_class(g.packed);
        if (is_line_break(g.cp))
            return false;
        first = first == CHAR_IGNORED ? class : first;
        at = g.end;
    }
    return first == CHAR_SPACE && class != CHAR_SPACE && class != CHAR_IGNORED;
}

static enum side side_behind(const char *text, size_t n, size_t at)
{
    struct glyph g = glyph_at(text, n, at);
    if (is_bullet(g.packed) && is_blank_before_text(text, n, g.end))
        return SIDE_APART;
    return (g.packed & FOLD_CP_MASK) == '%' ? SIDE_WIDE : side_of(g.cp, g.packed);
}

static bool is_behind_number(const char *text, size_t at)
{
    struct glyph g;
    size_t start;
    return glyph_before(text, at, &g, &start) && han_ends_number(g.packed & FOLD_CP_MASK);
}

/* White space, with the marks of bold at its edges (emphasis.h). */
struct gap {
    size_t start, end;
    bool has_break, after_han;
};

/* Is the white space between them none of the text's, which was written without? Two numbers stay two. */
static __attribute__((noinline)) bool is_no_space(const char *text, size_t n, const struct gap *gap)
{
    enum side a = gap->after_han ? SIDE_WIDE : side_before(text, gap->start, !gap->has_break);
    enum side b = side_behind(text, n, gap->end);
    enum side low = a < b ? a : b, high = a < b ? b : a;
    if (gap->after_han && b == SIDE_DIGIT && !gap->has_break && is_behind_number(text, gap->start))
        return false;
    return low != SIDE_APART && (high == SIDE_WIDE || (high == SIDE_SHARED && low >= SIDE_DIGIT));
}

/* Where the Han stands that `at` is behind, with its reading or none; n where that is not to be seen. */
static size_t han_before(const char *text, size_t n, size_t at)
{
    struct glyph g;
    size_t start, bracket;
    bool is_first = true;
    for (size_t from = at; glyph_before(text, from, &g, &start); from = start, is_first = false) {
        bool is_han = fold_class(g.packed) == CHAR_HAN;
        if (is_first && (is_han || (g.packed & FOLD_CP_MASK) != ')'))
            return is_han ? start : n;
        if (at - start > READING_LOOK_AHEAD)
            break;
        size_t end = is_han ? readings_end(text, n, g.end, g.packed & FOLD_CP_MASK, &bracket) : 0;
        if (end && skip_ignored(text, at, end) == at)
            return start;
    }
    return n;
}

/* Are the Han on both sides each by itself, as in 总　则 and 政 府 工 作? Han beside Han are words. */
static bool is_letter_spaced(const char *text, size_t n, const struct gap *gap)
{
    struct glyph g;
    size_t start = han_before(text, n, gap->start), end = gap->end, bracket;
    if (start == n)
        return false;
    /* A bracket could end the reading of another. */
    if (glyph_before(text, start, &g, &start) &&
        (fold_class(g.packed) == CHAR_HAN || (g.packed & FOLD_CP_MASK) == ')'))
        return false;
    g = glyph_at(text, n, end);
    end = readings_end(text, n, g.end, last_part(g) & FOLD_CP_MASK, &bracket);
    end = skip_ignored(text, n, end ? end : g.end);
    return end >= n || fold_class(glyph_at(text, n, end).packed) != CHAR_HAN;
}

/* Is cp, with rest behind it, of the line break that last began? \r\n, which may have been written out twice, \r\r\n, and the
 * ends of pages behind one. */
static bool goes_on_as_break(const char *rest, size_t n_rest, uint32_t cp, uint32_t last)
{
    if (cp == '\f')
        return last == '\f' || last == '\n' || last == '\r';
    return last == '\r' && (cp == '\n' || (cp == '\r' && n_rest && *rest == '\n'));
}

struct blank blank_at(const char *text, size_t n, size_t at, bool after_han)
{
    struct blank blank = {.end = at};
    int n_breaks = 0;
    bool has_tab = false;
    uint32_t last = 0;
    enum char_class class = CHAR_OTHER;
    while (blank.end < n) {
        struct glyph g = glyph_at(text, n, blank.end);
        class = fold_class(g.packed);
        if (class != CHAR_SPACE && class != CHAR_IGNORED)
            break;
        if (is_line_break(g.cp) && n_breaks < 2 &&
            !goes_on_as_break(text + g.end, n - g.end, g.cp, last))
            n_breaks += g.cp == 0x2029 ? 2 : 1;
        has_tab |= g.cp == '\t';
        last = g.cp;
        blank.end = g.end;
    }
    blank.has_break = n_breaks > 0;
    blank.ends_text = blank.end >= n;
    if (blank.ends_text || n_breaks > 1 || (n_breaks == 0 && has_tab))
        return blank;
    struct gap gap = {at, blank.end, blank.has_break, after_han};
    if (emphasis_is_mark_before(text, n, at))
        gap.start -= EMPHASIS_BYTES;
    if (emphasis_is_mark(text, n, gap.end)) {
        gap.end += EMPHASIS_BYTES; /* which is not the end: text is behind such a mark */
        class = fold_class(glyph_at(text, n, gap.end).packed);
    }
    if (after_han && class == CHAR_HAN)
        blank.joins = n_breaks || is_letter_spaced(text, n, &gap);
    else
        blank.joins = is_no_space(text, n, &gap);
    return blank;
}
