// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/folded_passage.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "tokenizer/tokenizer.h"

void folded_passage_init(struct folded_passage *f)
{
    *f = (struct folded_passage){0};
}

void folded_passage_release(struct folded_passage *f)
{
    free(f->cps);
    free(f->ranges);
    free(f->classes);
    free(f->is_joined);
    folded_passage_init(f);
}

static bool grow(struct folded_passage *f)
{
    size_t room = f->room ? f->room * 2 : 1024;
    uint32_t *cps = realloc(f->cps, room * sizeof *cps);
    if (cps)
        f->cps = cps;
    struct folded_range *ranges = realloc(f->ranges, room * sizeof *ranges);
    if (ranges)
        f->ranges = ranges;
    uint8_t *classes = realloc(f->classes, room);
    if (classes)
        f->classes = classes;
    bool *is_joined = realloc(f->is_joined, room * sizeof *is_joined);
    if (is_joined)
        f->is_joined = is_joined;
    if (!cps || !ranges || !classes || !is_joined)
        return false;
    f->room = room;
    return true;
}

bool folded_passage_set(struct folded_passage *f, const char *text, size_t n)
{
    struct folded_text t;
    struct folded_char ch;
    folded_text_init(&t, text, n);
    f->n = 0;
    f->has_joins = false;
    f->text = text;
    f->text_len = n;
    while (folded_text_next(&t, &ch)) {
        if (f->n == f->room && !grow(f)) {
            f->n = 0;
            return false;
        }
        f->cps[f->n] = ch.cp;
        f->ranges[f->n] = (struct folded_range){(uint32_t)ch.start, (uint32_t)ch.end};
        f->classes[f->n++] = (uint8_t)ch.kind;
    }
    return true;
}

static bool is_word(uint8_t class)
{
    return class == CHAR_LETTER || class == CHAR_DIGIT;
}

static void find_joins(struct folded_passage *f)
{
    struct tokenizer tokenizer;
    struct token t;
    memset(f->is_joined, 0, f->n * sizeof *f->is_joined);
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, f->text, f->text_len);
    while (tokenizer_next(&tokenizer, &t)) {
        if (t.kind != TOKEN_WORD)
            continue;
        size_t end = t.position + utf8_count(t.term, t.term_len);
        for (size_t i = t.position + 1; i < end && i < f->n; i++)
            f->is_joined[i] = true;
    }
    f->has_joins = true;
}

static bool may_join(uint32_t cp)
{
    return cp == '.' || cp == ',' || cp == '*';
}

/* Whether a point, comma or asterisk belongs to a number is the tokenizer's to say; that is asked
 * only where one stands at the edge. */
static bool cuts_word(struct folded_passage *f, size_t edge)
{
    if (edge == 0 || edge >= f->n)
        return false;
    if (is_word(f->classes[edge - 1]) && is_word(f->classes[edge]))
        return true;
    if (!may_join(f->cps[edge - 1]) && !may_join(f->cps[edge]))
        return false;
    if (!f->has_joins)
        find_joins(f);
    return f->is_joined[edge];
}

size_t folded_passage_find(struct folded_passage *f, const uint32_t *needle, size_t n_needle,
    bool whole_words, size_t from)
{
    if (n_needle == 0 || n_needle > f->n)
        return f->n;
    for (size_t at = from; at + n_needle <= f->n; at++) {
        if (f->cps[at] != needle[0] || memcmp(f->cps + at, needle, n_needle * sizeof *needle) != 0)
            continue;
        if (!whole_words || (!cuts_word(f, at) && !cuts_word(f, at + n_needle)))
            return at;
    }
    return f->n;
}
