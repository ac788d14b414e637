// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/folded_text.h"

#include "common/utf8.h"
#include "tokenizer/blank.h"
#include "tokenizer/emphasis.h"
#include "tokenizer/folded_plain.h"
#include "tokenizer/glyph.h"
#include "tokenizer/reading.h"

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
        } else if (g.cp == '*' && emphasis_is_mark(t->text, t->n, start)) {
            t->at += EMPHASIS_BYTES;
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

/* Shows nothing and does nothing by itself: what the cleaner drops. Joiners, variation selectors
 * and combining marks are CHAR_IGNORED too, but a reader sees what they do; joiners not beside Han. */
static bool is_invisible(uint32_t cp)
{
    bool is_control = cp < 0x20 ? cp < '\t' || cp > '\r' : cp >= 0x7F && cp < 0xA0 && cp != 0x85;
    return is_control || cp == 0xAD || cp == 0x200B || cp == 0x200E || cp == 0x200F ||
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF;
}

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
    if (g.cp == '*' && emphasis_is_mark(c->text, c->n, start))
        return (struct clean_piece){start, start + EMPHASIS_BYTES, CLEAN_DROP};
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
