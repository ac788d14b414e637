// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/reading.h"

#include "tokenizer/glyph.h"

/* Reads what stands between brackets: at most six letters, with blanks anywhere. Returns the offset
 * behind the closing bracket, or 0 when it is not of this shape. */
static size_t bracketed_letters(
    const char *text, size_t n, size_t at, char letters[READING_MAX], size_t *n_letters)
{
    *n_letters = 0;
    while (at < n) {
        struct glyph g = glyph_at(text, n, at);
        uint32_t cp = g.packed & FOLD_CP_MASK;
        enum char_class class = fold_class(g.packed);
        at = g.end;
        if (g.packed & FOLD_EXPANDS)
            return 0;
        if (cp == ')')
            return at;
        if (class == CHAR_SPACE || class == CHAR_IGNORED)
            continue;
        if (class != CHAR_LETTER || cp > 'z' || *n_letters == READING_MAX - 1)
            return 0;
        letters[(*n_letters)++] = (char)cp;
    }
    return 0;
}

static size_t reading_end(
    const char *text, size_t n, size_t at, uint32_t folded_cp, size_t *bracket)
{
    if (n - at > READING_LOOK_AHEAD)
        n = at + READING_LOOK_AHEAD;
    at = skip_ignored(text, n, at);
    if (at >= n)
        return 0;
    struct glyph g = glyph_at(text, n, at);
    bool is_torn = is_line_break(g.cp);
    if (fold_class(g.packed) == CHAR_SPACE && g.end < n) {
        at = g.end;
        at += g.cp == '\r' && text[at] == '\n' && at + 1 < n;
        g = glyph_at(text, n, at);
    }
    if ((g.packed & (FOLD_CP_MASK | FOLD_EXPANDS)) != '(')
        return 0;
    char letters[READING_MAX];
    size_t n_letters, end = bracketed_letters(text, n, g.end, letters, &n_letters);
    if (!end || n_letters < (is_torn ? 2 : 1) || !reading_matches(folded_cp, letters, n_letters))
        return 0;
    *bracket = at;
    return end;
}

size_t readings_end(const char *text, size_t n, size_t at, uint32_t folded_cp, size_t *bracket)
{
    size_t another, last = reading_end(text, n, at, folded_cp, bracket);
    for (size_t end = last; end; end = reading_end(text, n, end, folded_cp, &another))
        last = end;
    return last;
}
