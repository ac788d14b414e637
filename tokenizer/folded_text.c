// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/folded_text.h"

#include <string.h>

#include "common/utf8.h"
#include "tokenizer/folded_plain.h"
#include "tokenizer/han_digit.h"

enum { READING_LOOK_AHEAD = 24 }; /* bytes behind the character: `　（ zhuāng ）` and to spare */

/* A character of the text with its fold. */
struct glyph {
    uint32_t cp, packed;
    size_t end;
};

static inline struct glyph glyph_at(const char *text, size_t n, size_t at)
{
    struct glyph g;
    g.end = at + utf8_step(text + at, n - at, &g.cp);
    g.packed = fold_look_up(g.cp);
    return g;
}

static bool is_line_break(uint32_t cp)
{
    return (cp >= '\n' && cp <= '\r') || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

/* Shows nothing and does nothing by itself: what the cleaner drops. Joiners, variation selectors
 * and combining marks are CHAR_IGNORED too, but a reader sees what they do; joiners not beside Han. */
static bool is_invisible(uint32_t cp)
{
    bool is_control = cp < 0x20 ? cp < '\t' || cp > '\r' : cp >= 0x7F && cp < 0xA0 && cp != 0x85;
    return is_control || cp == 0xAD || cp == 0x200B || cp == 0x200E || cp == 0x200F ||
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF;
}

static size_t skip_ignored(const char *text, size_t n, size_t at)
{
    while (at < n && !is_plain_lead((unsigned char)text[at])) {
        struct glyph g = glyph_at(text, n, at);
        if (fold_class(g.packed) != CHAR_IGNORED)
            break;
        at = g.end;
    }
    return at;
}

/* ---- readings ---- */

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

/* The one judgement of what a bracketed reading is, for folding and cleaning alike. `at` is just
 * behind a CHAR_HAN that folds to folded_cp. Returns the offset behind its readings, several for a
 * 會(huì)(huì), and puts where the first one opens in *bracket; 0 when there is none. */
static size_t readings_end(
    const char *text, size_t n, size_t at, uint32_t folded_cp, size_t *bracket)
{
    size_t another, last = reading_end(text, n, at, folded_cp, bracket);
    for (size_t end = last; end; end = reading_end(text, n, end, folded_cp, &another))
        last = end;
    return last;
}

/* ---- white space ---- */

struct blank {
    size_t end;     /* of the white space and the ignored characters in it */
    bool has_break; /* a line ends in it */
    bool joins;     /* stands where text is written without blanks: a wrap, or spacing */
    bool ends_text;
};

/* What stands on one side of white space, by how little it wants a blank there. */
enum side {
    SIDE_APART,  /* frames, pictures, marks of Markdown: no running text */
    SIDE_NARROW, /* letters, and the marks of text with blanks */
    SIDE_DIGIT,
    SIDE_SHARED, /* “ ” ‘ ’ — … · of Chinese and of other languages */
    SIDE_WIDE,   /* CHAR_HAN, and marks of Chinese alone */
};

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

static enum side side_of(uint32_t cp, uint32_t packed)
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

/* The fold of a character's last part, which is what a reading behind it would be of. */
static uint32_t last_part(struct glyph g)
{
    if (!(g.packed & FOLD_EXPANDS))
        return g.packed;
    struct fold fold = fold_char(g.cp);
    return fold_look_up(fold.expansion[fold.n_expansion - 1]);
}

/* The last one before `at` that is not ignored; false at the start. */
static bool glyph_before(const char *text, size_t at, struct glyph *out, size_t *start)
{
    while (at > 0) {
        *start = utf8_floor(text, at, at - 1);
        *out = glyph_at(text, at, *start);
        if (fold_class(out->packed) != CHAR_IGNORED)
            return true;
        at = *start;
    }
    return false;
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

/* Is the white space between them none of the text's, which was written without? Two numbers stay two. */
static __attribute__((noinline)) bool is_no_space(
    const char *text, size_t n, size_t at, const struct blank *blank, bool after_han)
{
    enum side a = after_han ? SIDE_WIDE : side_before(text, at, !blank->has_break);
    enum side b = side_behind(text, n, blank->end);
    enum side low = a < b ? a : b, high = a < b ? b : a;
    if (after_han && b == SIDE_DIGIT && !blank->has_break && is_behind_number(text, at))
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

/* Are the Han before `at` and at `end` each by itself, as in 总　则 and 政 府 工 作? Han beside Han are words. */
static bool is_letter_spaced(const char *text, size_t n, size_t at, size_t end)
{
    struct glyph g;
    size_t start = han_before(text, n, at), bracket;
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

/* `at` is at white space, after_han says what is before it. A blank line or U+2029 ends a
 * paragraph, so it joins nothing. */
static struct blank blank_at(const char *text, size_t n, size_t at, bool after_han)
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
    if (after_han && class == CHAR_HAN)
        blank.joins = n_breaks || is_letter_spaced(text, n, at, blank.end);
    else
        blank.joins = is_no_space(text, n, at, &blank, after_han);
    return blank;
}

/* ---- the folded text ---- */

void folded_text_init(struct folded_text *t, const char *text, size_t n)
{
    *t = (struct folded_text){.text = text, .n = n, .last_class = CHAR_OTHER};
}

static bool emit(
    struct folded_text *t, uint32_t packed, size_t start, size_t end, struct folded_char *out)
{
    out->cp = packed & FOLD_CP_MASK;
    out->kind = t->last_class = fold_class(packed);
    out->start = start;
    out->end = end;
    t->has_output = true;
    return true;
}

static bool emit_expansion(struct folded_text *t, struct folded_char *out)
{
    uint32_t cp = *t->expansion++;
    t->n_expansion--;
    return emit(t, fold_look_up(cp), t->expansion_start, t->at, out);
}

/* What is no space and not ignored. Ignored characters and readings behind it belong to its range.
 */
static bool emit_glyph(struct folded_text *t, struct glyph g, struct folded_char *out)
{
    size_t start = t->at, bracket, end = 0;
    uint32_t last = last_part(g);
    if (fold_class(last) == CHAR_HAN)
        end = readings_end(t->text, t->n, g.end, last & FOLD_CP_MASK, &bracket);
    t->at = skip_ignored(t->text, t->n, end ? end : g.end);
    if (!(g.packed & FOLD_EXPANDS))
        return emit(t, g.packed, start, t->at, out);
    struct fold fold = fold_char(g.cp);
    t->expansion = fold.expansion;
    t->n_expansion = fold.n_expansion;
    t->expansion_start = start;
    return emit_expansion(t, out);
}

bool folded_text_next(struct folded_text *t, struct folded_char *out)
{
    if (folded_text_next_plain(t, out))
        return true;
    if (t->n_expansion)
        return emit_expansion(t, out);
    while (t->at < t->n) {
        size_t start = t->at;
        struct glyph g = glyph_at(t->text, t->n, start);
        enum char_class class = fold_class(g.packed);
        if (class == CHAR_SPACE) {
            struct blank blank = blank_at(t->text, t->n, start, t->last_class == CHAR_HAN);
            t->at = blank.end;
            if (t->has_output && !blank.joins && !blank.ends_text)
                return emit(t, g.packed, start, blank.end, out);
        } else if (class == CHAR_IGNORED) {
            t->at = g.end;
        } else {
            return emit_glyph(t, g, out);
        }
    }
    return false;
}

size_t folded_text_read(struct folded_text *t, uint32_t *cps, size_t max)
{
    struct folded_char c;
    size_t n = 0;
    while (n < max) {
        n += folded_text_take_plain(t, cps + n, max - n, true, &c);
        if (n == max || !folded_text_next(t, &c))
            break;
        cps[n++] = c.kind == CHAR_SPACE ? ' ' : c.cp;
    }
    return n;
}

size_t folded_text_start(const char *text, size_t n, uint32_t *cps, size_t max)
{
    struct folded_text t;
    folded_text_init(&t, text, n);
    size_t n_read = folded_text_read(&t, cps, max);
    cps[n_read] = 0;
    return n_read;
}

/* ---- cleaning ---- */

void cleaner_init(struct cleaner *c, const char *text, size_t n)
{
    *c = (struct cleaner){.text = text, .n = n};
}

static struct clean_piece blank_piece(struct cleaner *c, size_t start)
{
    struct blank blank = blank_at(c->text, c->n, start, c->last_folded != 0);
    struct clean_piece piece = {start, blank.end, CLEAN_KEEP};
    if (!c->is_inside || (blank.joins && blank.has_break) || blank.ends_text)
        piece.kind = CLEAN_DROP;
    else if (blank.has_break)
        piece.kind = CLEAN_SPACE;
    if (piece.kind != CLEAN_DROP)
        c->last_folded = 0;
    return piece;
}

/* What is no space and not ignored: kept, with a gloss that is kept. What is to be dropped is
 * remembered. */
static struct clean_piece glyph_piece(struct cleaner *c, size_t start, struct glyph g)
{
    struct clean_piece piece = {start, g.end, CLEAN_KEEP};
    uint32_t last = last_part(g);
    c->last_folded = fold_class(last) == CHAR_HAN ? last & FOLD_CP_MASK : 0;
    if (!c->last_folded)
        return piece;
    size_t bracket, end = readings_end(c->text, c->n, g.end, c->last_folded, &bracket);
    if (end && c->text[bracket] == '(' && char_is_common(c->last_folded))
        c->drop_end = end;
    else if (end)
        piece.end = end;
    return piece;
}

/* Is a Han or a mark of Chinese at `at`? */
static bool is_before_han(const char *text, size_t n, size_t at)
{
    if (at >= n)
        return false;
    struct glyph g = glyph_at(text, n, at);
    return side_of(g.cp, g.packed) == SIDE_WIDE;
}

/* The piece that begins at `start`, as short as a character. */
static struct clean_piece piece_at(struct cleaner *c, size_t start)
{
    if (c->drop_end > start)
        return (struct clean_piece){start, c->drop_end, CLEAN_DROP};
    struct glyph g = glyph_at(c->text, c->n, start);
    enum char_class class = fold_class(g.packed);
    if (class == CHAR_SPACE)
        return blank_piece(c, start);
    bool is_lost = (g.cp == 0x200C || g.cp == 0x200D) &&
                   (c->last_folded || is_before_han(c->text, c->n, g.end));
    if (is_invisible(g.cp) || is_lost)
        return (struct clean_piece){start, g.end, CLEAN_DROP};
    if (class == CHAR_IGNORED)
        return (struct clean_piece){start, g.end, CLEAN_KEEP};
    return glyph_piece(c, start, g);
}

/* Adds the pieces of one kind up; a dropped or spaced one ends a kept stretch and comes by itself.
 */
bool cleaner_next(struct cleaner *c, struct clean_piece *out)
{
    size_t start = c->at;
    while (c->at < c->n) {
        struct cleaner before = *c;
        struct clean_piece piece = piece_at(c, c->at);
        if (piece.kind != CLEAN_KEEP) {
            if (before.at >
                start) { /* hand over what was kept; this one is found again next time */
                *c = before;
                break;
            }
            c->at = piece.end;
            *out = piece;
            return true;
        }
        c->is_inside = true;
        c->at = piece.end;
    }
    if (c->at == start)
        return false;
    *out = (struct clean_piece){start, c->at, CLEAN_KEEP};
    return true;
}
