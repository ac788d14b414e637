// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/folded_passage.h"

#include <stdlib.h>
#include <string.h>

void folded_passage_init(struct folded_passage *f)
{
    *f = (struct folded_passage){0};
}

void folded_passage_release(struct folded_passage *f)
{
    free(f->cps);
    free(f->ranges);
    free(f->classes);
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
    if (!cps || !ranges || !classes)
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

static bool cuts_word(const struct folded_passage *f, size_t edge)
{
    return edge > 0 && edge < f->n && is_word(f->classes[edge - 1]) && is_word(f->classes[edge]);
}

size_t folded_passage_find(const struct folded_passage *f, const uint32_t *needle, size_t n_needle,
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
