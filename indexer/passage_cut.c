// SPDX-License-Identifier: GPL-2.0-or-later
/* Where a long paragraph is cut (passage.h). Pieces are balanced: what is left is always shared out
 * anew, so that 900 characters become 450 and 450, not 400, 400 and 100. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "indexer/passage.h"

enum { READING_CHARS = 16, INDENT_BYTES = 3 * PASSAGE_CHARS_MAX };

static bool is_stop(uint32_t cp)
{
    return cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F || cp == 0xFF1B || cp == '!' || cp == '?' ||
           cp == ';';
}

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || (cp >= 9 && cp <= 13) || cp == 0x3000 || cp == 0x2028 || cp == 0x2029;
}

static bool is_closer(uint32_t cp)
{
    return cp == 0x201D || cp == 0x2019 || cp == 0x300D || cp == 0x300F || cp == 0xFF09 ||
           cp == ')' || cp == 0x3011 || cp == 0x300B || cp == '"';
}

static bool is_comma(uint32_t cp)
{
    return cp == 0xFF0C || cp == 0x3001 || cp == 0xFF1A || is_blank(cp);
}

static bool is_opening(uint32_t cp)
{
    return cp == '(' || cp == 0xFF08;
}

/* A row of a drawn table begins here: tables are cut between rows. */
static bool is_table(const char *text, size_t n)
{
    return n >= 3 &&
           (text[0] == '|' || (text[0] == '\xE2' && (text[1] == '\x94' || text[1] == '\x95')));
}

struct cut {
    size_t at;       /* bytes; 0 while there is none */
    size_t distance; /* characters from where it is wanted */
};

static void consider(struct cut *best, size_t at, size_t chars, size_t wanted)
{
    size_t distance = chars > wanted ? chars - wanted : wanted - chars;
    if (best->at == 0 || distance < best->distance)
        *best = (struct cut){at, distance};
}

/* Nothing but the end of the line is left: no passage of its own. */
static bool is_line_end(const char *text, size_t n)
{
    uint32_t cp = ' ';
    if (n > 4)
        return false;
    for (size_t at = 0; at < n && is_blank(cp);)
        at += utf8_step(text + at, n - at, &cp);
    return is_blank(cp);
}

/* A cut before the limit that leaves a reading with its character: back to before the character. */
static size_t hard_cut(const char *text, size_t n, size_t at)
{
    uint32_t cp = 0;
    size_t back = at, before;
    if (at < n)
        utf8_decode(text + at, n - at, &cp);
    for (int i = 0; i < READING_CHARS && back > 0 && !is_opening(cp); i++) {
        back = utf8_floor(text, n, back - 1);
        utf8_decode(text + back, n - back, &cp);
        if (cp == ')' || cp == 0xFF09)
            return at;
    }
    if (!is_opening(cp))
        return at;
    do { /* the character before the bracket, and a blank between */
        before = back ? utf8_floor(text, n, back - 1) : 0;
        back = before;
        utf8_decode(text + before, n - before, &cp);
    } while (back && is_blank(cp));
    return back ? back : at;
}

/* Where two wide blanks behind a stop end: a paragraph of a text that lost its line ends. 0 for none. */
static size_t indent_cut(const char *text, size_t n)
{
    static const char indent[] = "\xE3\x80\x80\xE3\x80\x80";
    for (const char *at = text, *end = text + n;
         (at = memmem(at, (size_t)(end - at), indent, sizeof indent - 1));
         at += sizeof indent - 1) {
        size_t before = (size_t)(at - text), behind = before;
        uint32_t cp = 0;
        do {
            before = utf8_floor(text, n, before ? before - 1 : 0);
            utf8_decode(text + before, n - before, &cp);
        } while (before && is_closer(cp));
        bool after_stop = is_stop(cp);
        for (size_t step = 0;
             behind < n && (step = utf8_step(text + behind, n - behind, &cp), is_blank(cp));)
            behind += step;
        if (after_stop && behind < n)
            return behind;
    }
    return 0;
}

size_t passage_cut(const char *text, size_t n, bool is_whole)
{
    if (is_whole && n <= PASSAGE_CHARS_MAX) /* bytes; no need to count */
        return n;
    size_t indent = indent_cut(text, n < INDENT_BYTES ? n : utf8_floor(text, n, INDENT_BYTES));
    if (indent)
        return indent;
    size_t total = is_whole ? utf8_count(text, n) : SIZE_MAX;
    if (total <= PASSAGE_CHARS_MAX)
        return n;
    size_t wanted =
        is_whole ? total / ((total + PASSAGE_CHARS / 2) / PASSAGE_CHARS) : PASSAGE_CHARS;
    struct cut sentence = {0, 0}, comma = {0, 0};
    bool after_stop = false, after_comma = false;
    size_t at = 0;
    for (size_t chars = 0; at < n && chars < PASSAGE_CHARS_LIMIT; chars++) {
        uint32_t cp;
        size_t step = utf8_step(text + at, n - at, &cp);
        if (chars >= wanted / 2 && !is_closer(cp) && !is_blank(cp)) {
            if (after_stop)
                consider(&sentence, at, chars, wanted);
            else if (after_comma && !is_opening(cp))
                consider(&comma, at, chars, wanted);
        }
        if (chars >= PASSAGE_CHARS_MAX && sentence.at)
            break;
        after_stop = is_stop(cp) || (cp == '\n' && is_table(text + at + step, n - at - step)) ||
                     (after_stop && (is_closer(cp) || is_blank(cp)));
        after_comma = is_comma(cp);
        at += step;
    }
    if (sentence.at)
        return sentence.at;
    if (comma.at)
        return comma.at;
    return is_line_end(text + at, n - at) ? n : hard_cut(text, n, at);
}
