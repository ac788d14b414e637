// SPDX-License-Identifier: GPL-2.0-or-later
/* Characters of a text with their folds, as folding and cleaning walk them. For folded_text.c and its parts only. */
#ifndef DUAN_TOKENIZER_GLYPH_H
#define DUAN_TOKENIZER_GLYPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/utf8.h"
#include "tokenizer/folded_plain.h"
#include "tokenizer/tables.h"

struct glyph {
    uint32_t cp, packed; /* packed as tables.h has it */
    size_t end;
};

static inline struct glyph glyph_at(const char *text, size_t n, size_t at)
{
    struct glyph g;
    g.end = at + utf8_step(text + at, n - at, &g.cp);
    g.packed = fold_look_up(g.cp);
    return g;
}

static inline bool is_line_break(uint32_t cp)
{
    return (cp >= '\n' && cp <= '\r') || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

static inline size_t skip_ignored(const char *text, size_t n, size_t at)
{
    while (at < n && !is_plain_lead((unsigned char)text[at])) {
        struct glyph g = glyph_at(text, n, at);
        if (fold_class(g.packed) != CHAR_IGNORED)
            break;
        at = g.end;
    }
    return at;
}

/* The fold of a character's last part, which is what a reading behind it would be of. */
static inline uint32_t last_part(struct glyph g)
{
    if (!(g.packed & FOLD_EXPANDS))
        return g.packed;
    struct fold fold = fold_char(g.cp);
    return fold_look_up(fold.expansion[fold.n_expansion - 1]);
}

/* The last one before `at` that is not ignored; false at the start. */
static inline bool glyph_before(const char *text, size_t at, struct glyph *out, size_t *start)
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

#endif
