// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/plan_number.h"

#include <string.h>

#include "common/utf8.h"
#include "search/numeral_place.h"
#include "search/numerals.h"
#include "tokenizer/fold.h"

static bool is_number(const uint32_t *folded, size_t n)
{
    struct numeral_forms forms;
    numerals_to_digits(folded, n, &forms);
    return forms.n > 0;
}

/* The end of digits and the units behind them: 1.2万亿; `at` where there is no unit. */
static size_t end_in_unit(const uint32_t *folded, size_t n, size_t at)
{
    size_t end = at;
    while (end < n && (is_ascii_digit(folded[end]) || folded[end] == '.' || folded[end] == ','))
        end++;
    const size_t unit = end;
    while (end < n && is_big_unit(folded[end]))
        end++;
    return end > unit ? end : at;
}

/* Is folded[at] a digit behind others, a letter, a mask? */
static bool is_inside_word(const uint32_t *folded, size_t at)
{
    if (at == 0 || !is_ascii_digit(folded[at]))
        return false;
    const uint32_t before = folded[at - 1];
    const enum char_class kind = fold_char(before).kind;
    const bool joins = before == '.' || before == ',';
    return kind == CHAR_LETTER || kind == CHAR_DIGIT || before == '*' ||
           (joins && at > 1 && is_ascii_digit(folded[at - 2]));
}

/* The end of the number that begins at folded[at]. Where none does it is `at`, and *past what need not be looked at. */
static size_t number_end(const uint32_t *folded, size_t n, size_t at, size_t *past)
{
    size_t end =
        is_ascii_digit(folded[at]) ? end_in_unit(folded, n, at) : numeral_end(folded, n, at);
    *past = end > at ? end : at + 1;
    if (is_ascii_digit(folded[at])) {
        while (*past < n && (is_ascii_digit(folded[*past]) || folded[*past] == '.'))
            ++*past;
        return end;
    }
    return end > at && is_number(folded + at, end - at) ? end : at;
}

enum status plan_numbers_find(
    const struct clause *c, struct arena *arena, struct plan_number **out, struct error *err)
{
    *out = NULL;
    for (size_t at = 0, past; at < c->n_folded; at = past) {
        if (is_inside_word(c->folded, at)) {
            past = at + 1;
            continue;
        }
        size_t end = number_end(c->folded, c->n_folded, at, &past);
        const bool is_behind_ordinal =
            at > 0 && c->folded[at - 1] == NUMERAL_ORDINAL && !is_ascii_digit(c->folded[at]);
        const bool is_single = end == at + 1;
        if (end == at || (is_single && !is_behind_ordinal))
            continue;
        size_t start = at - (is_behind_ordinal && !is_single);
        struct plan_number *number = arena_alloc(arena, sizeof *number);
        uint32_t *cps = arena_alloc(arena, (end - start) * sizeof *cps);
        if (!number || !cps)
            return error_no_memory(err);
        memcpy(cps, c->folded + start, (end - start) * sizeof *cps);
        *number = (struct plan_number){cps, end - start, start, is_single, *out};
        *out = number;
    }
    return STATUS_OK;
}

const struct plan_number *plan_number_of(
    const struct plan_number *numbers, const struct token *t, bool *is_inner)
{
    const size_t start = t->position, end = start + utf8_count(t->term, t->term_len);
    for (; numbers; numbers = numbers->next) {
        if (end <= numbers->start || start >= numbers->start + numbers->n)
            continue;
        *is_inner = start >= numbers->start && end <= numbers->start + numbers->n;
        return numbers;
    }
    return NULL;
}

bool plan_number_has_digits(const struct plan_number *number, const struct token *t)
{
    return number && t->kind == TOKEN_WORD && t->position == number->start;
}

bool number_is_part(const uint32_t *folded, size_t n, const struct token *t, size_t at)
{
    if (t->kind != TOKEN_WORD)
        return false;
    for (size_t i = 0; i < t->term_len; i++)
        if (!is_ascii_digit((unsigned char)t->term[i]) && t->term[i] != '.')
            return false;
    const size_t end = at + t->term_len;
    return (end < n && is_big_unit(folded[end])) || numeral_is_in_row(folded, n, at, end);
}

enum number_standing number_stands_at(
    const uint32_t *cps, size_t n, const struct folded_passage *f, size_t at)
{
    if (at + n > f->n || memcmp(f->cps + at, cps, n * sizeof *cps) != 0)
        return NUMBER_NOWHERE;
    return numeral_is_whole(f->cps, f->n, at, at + n) ? NUMBER_WHOLE : NUMBER_AS_PART;
}
