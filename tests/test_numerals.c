// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers in Chinese characters and in digits: tests/data/numerals.test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "search/numeral_place.h"
#include "search/numerals.h"
#include "search/plan_number.h"
#include "tests/rows.h"
#include "tokenizer/folded_text.h"

static const char *joined(const struct numeral_forms *forms)
{
    static char out[NUMERAL_FORMS_MAX * (NUMERAL_BYTES_MAX + 1) + 2];
    size_t n = 0;
    strcpy(out, "-");
    for (size_t i = 0; i < forms->n; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", i ? " " : "", forms->at[i]);
    return out;
}

static size_t fold(const char *text, size_t text_len, uint32_t folded[64])
{
    size_t n = 0;
    struct folded_text t;
    struct folded_char c;
    for (folded_text_init(&t, text, text_len); folded_text_next(&t, &c);)
        folded[n++] = c.cp;
    return n;
}

/* The number stands between two bars. */
static const char *place_of(const struct row *row)
{
    uint32_t folded[64];
    size_t n = fold(row->text, row->text_len, folded), bars[2] = {0}, n_bars = 0, n_kept = 0;
    for (size_t i = 0; i < n; i++)
        if (folded[i] != '|')
            folded[n_kept++] = folded[i];
        else if (n_bars < 2)
            bars[n_bars++] = n_kept;
    bool is = strcmp(row->kind, "row") == 0 ? numeral_is_in_row(folded, n_kept, bars[0], bars[1])
                                            : numeral_is_whole(folded, n_kept, bars[0], bars[1]);
    return is ? "yes" : "no";
}

/* The numbers of a clause, from its last on; ! behind one whose terms are asked for by themselves. */
static const char *numbers_of(const struct row *row)
{
    static char out[256];
    uint32_t folded[64];
    const struct clause c = {.folded = folded, .n_folded = fold(row->text, row->text_len, folded)};
    struct arena arena;
    struct plan_number *numbers;
    struct error err;
    size_t n = 0;
    arena_init(&arena, 1 << 16);
    assert_int_equal(plan_numbers_find(&c, &arena, &numbers, &err), STATUS_OK);
    out[0] = '\0';
    for (const struct plan_number *number = numbers; number; number = number->next) {
        n += (size_t)snprintf(out + n, sizeof out - n, "%s", n ? " " : "");
        for (size_t i = 0; i < number->n; i++)
            n += utf8_encode(number->cps[i], out + n);
        n += (size_t)snprintf(out + n, sizeof out - n, "%s", number->is_single ? "!" : "");
    }
    arena_release(&arena);
    return out;
}

static void numerals__are_written_as_the_row_says(void **state)
{
    const struct row *row = *state;
    if (strcmp(row->kind, "whole") == 0 || strcmp(row->kind, "row") == 0) {
        assert_string_equal(place_of(row), row->expected);
        return;
    }
    if (strcmp(row->kind, "plan") == 0) {
        assert_string_equal(numbers_of(row), row->expected);
        return;
    }
    struct numeral_forms forms = {.n = 0};
    if (strcmp(row->kind, "regroup") == 0) {
        forms.n = numerals_regroup(row->text, row->text_len, forms.at[0]);
    } else if (strcmp(row->kind, "digits") == 0) {
        numerals_to_han(row->text, row->text_len, &forms);
    } else if (strcmp(row->kind, "unit") == 0) {
        uint32_t unit = 0, next = 0;
        size_t n = strspn(row->text, "0123456789.,*"),
               first = utf8_step(row->text + n, row->text_len - n, &unit);
        utf8_step(row->text + n + first, row->text_len - n - first, &next);
        numerals_in_units(row->text, n, unit, next, &forms);
    } else {
        uint32_t folded[64];
        size_t n = fold(row->text, row->text_len, folded);
        assert_int_equal(numeral_end(folded, n, 0), n);
        numerals_to_digits(folded, n, &forms);
    }
    assert_string_equal(joined(&forms), row->expected);
}

int main(void)
{
    return rows_run("numerals.test", numerals__are_written_as_the_row_says);
}
