// SPDX-License-Identifier: GPL-2.0-or-later
/* The numbers of a query that are more than one term: 四十五 is 四十 and 十五, and either alone is of another number
 * (五十五, 第十五). Such terms, and those that reach into the number (五件), count only where the number stands whole. So do
 * 1.2万 and 万亿 of 1.2万亿; and 12 of 12亿 is not asked for at all. 五条 of 第五条 counts in no
 * 第十五条. */
#ifndef DUAN_SEARCH_PLAN_NUMBER_H
#define DUAN_SEARCH_PLAN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"
#include "search/folded_passage.h"
#include "search/query.h"
#include "tokenizer/tokenizer.h"

struct plan_number {
    const uint32_t
        *cps; /* n of them, of the clause's folded text; the 第 of an ordinal is the first */
    size_t n;
    size_t start; /* in the folded text */
    bool
        is_single; /* the 三 of 第三: each of the terms that reach into it (第三, 三人) is asked for by itself */
    struct plan_number *next;
};

/* The numbers of a clause, which must outlive them; in the arena. */
enum status plan_numbers_find(
    const struct clause *c, struct arena *arena, struct plan_number **out, struct error *err);

/* The number that a token of the clause is a part of or reaches into; NULL for none. *is_inner: it lies all within the
 * number. */
const struct plan_number *plan_number_of(
    const struct plan_number *numbers, const struct token *t, bool *is_inner);

/* Are they the digits before a unit: the 12 of 12亿? */
bool plan_number_has_digits(const struct plan_number *number, const struct token *t);

/* Is the token at folded[at] no number by itself, but a part of a row (numeral_is_in_row), or before its unit: the 45 of 09:45 and of
 * 45亿? */
bool number_is_part(const uint32_t *folded, size_t n, const struct token *t, size_t at);

/* How a number, n code points, stands at f[at]. */
enum number_standing { NUMBER_NOWHERE, NUMBER_AS_PART /* of a longer one */, NUMBER_WHOLE };
enum number_standing number_stands_at(
    const uint32_t *cps, size_t n, const struct folded_passage *f, size_t at);

#endif
