// SPDX-License-Identifier: GPL-2.0-or-later
/* Other writings of what a query's number, or word, may have meant.
 *
 * Scraped reports mask digits by asterisks. An asterisk stands for one digit: 2023 may be written
 * 202* in the text (and 2023年 202*年, 2112.8亿 2112.*亿), and who asks for 202* may mean 2020 to 2029.
 * Numbers are written in Chinese characters, too (numerals.h), and with or without commas; and some words of two
 * characters are spelled in two ways (spellings.h). Such
 * writings count, but less than what was typed. */
#ifndef DUAN_SEARCH_VARIANTS_H
#define DUAN_SEARCH_VARIANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"
#include "search/folded_passage.h"
#include "store/index.h"

enum { VARIANTS_MAX = 256 };

struct variant {
    const char *bytes;
    size_t n;
    /* Where the text has to tell whether the number stands there, whole: in Chinese characters, 十二 is in 六十二, too; its
     * n_phrase code points. NULL: bytes are a term. */
    const uint32_t *phrase;
    size_t n_phrase;
    /* The phrase is a term in another spelling (spellings.h), and no part of a number. */
    bool is_spelling;
};
struct variants {
    struct variant *at; /* n of them, at most VARIANTS_MAX, without the term itself; in the arena */
    size_t n;
};

/* The other writings of a term (a word, or one joined with its neighbour) that the index has: what
 * agrees digit by digit, where an asterisk on either side agrees with any digit; the number in
 * Chinese characters; its thousands set apart, or not; in 万 or 亿, or not. None for a term without a digit. `next` is the
 * folded character behind the term in the query, 0 at its end: 1.2万 is no number before 亿. */
enum status variants_find(struct index *ix, const char *term, size_t n, uint32_t next,
    struct arena *arena, struct variants *out, struct error *err);

/* The writings of a number in Chinese characters, in digits and in other characters (肆拾伍), given the bigram at folded[at], one of
 * n code points: the first of 四十五件 has 45 and 45件, that of 第四 in 第四十五 has 第45. A digit on its
 * own is a number only behind 第. */
enum status variants_of_han(struct index *ix, const uint32_t *folded, size_t n, size_t at,
    struct arena *arena, struct variants *out, struct error *err);

/* The other spelling of a bigram where the index has it, unless there are variants already. */
enum status variants_add_spelling(struct index *ix, uint32_t first, uint32_t second,
    struct arena *arena, struct variants *out, struct error *err);

/* Does the variant, a phrase, stand at f[at], and is it no part of a longer number? */
bool variant_stands_at(const struct variant *v, const struct folded_passage *f, size_t at);
/* The first place >= from where it does; f->n for none. */
size_t variant_find(const struct variant *v, struct folded_passage *f, size_t from);

#endif
