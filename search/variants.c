// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/variants.h"

#include <string.h>

#include "common/utf8.h"
#include "search/numerals.h"
#include "search/plan_number.h"
#include "search/spellings.h"
#include "tokenizer/fold.h"
#include "tokenizer/tokenizer.h"

enum { SCAN_TERMS_MAX = 20000, SCAN_BYTES_MAX = 4 << 20, NUMBER_BYTES_MAX = 32 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool may_be(char a, char b)
{
    return a == b || (a == '*' && is_digit(b)) || (b == '*' && is_digit(a));
}

static bool agrees(const char *a, size_t n_a, const char *b, size_t n_b)
{
    if (n_a != n_b || memcmp(a, b, n_a) == 0)
        return false;
    for (size_t i = 0; i < n_a; i++)
        if (!may_be(a[i], b[i]))
            return false;
    return true;
}

struct scan {
    struct index *ix;
    const char *term;
    size_t n;
    uint32_t next;
    struct arena *arena;
    struct variants *out;
    struct buf terms;
    struct error *err;
};

/* Adds what agrees among the terms that begin with `prefix`. */
static enum status scan_prefix(struct scan *s, const char *prefix, size_t n)
{
    size_t n_terms;
    buf_clear(&s->terms);
    enum status status = index_terms(s->ix, prefix, n, SCAN_TERMS_MAX, &s->terms, &n_terms, s->err);
    struct bytes in = buf_bytes(&s->terms);
    while (status == STATUS_OK && in.at < in.end && s->out->n < VARIANTS_MAX) {
        size_t len;
        const char *bytes = bytes_string(&in, &len);
        bytes_varint(&in);
        if (!agrees(s->term, s->n, bytes, len))
            continue;
        char *copy = arena_copy(s->arena, bytes, len);
        if (!copy)
            return error_no_memory(s->err);
        s->out->at[s->out->n++] = (struct variant){.bytes = copy, .n = len};
    }
    return status;
}

/* Terms that agree up to byte i and differ there: masked where the term has a digit, a digit where
 * it is masked. The positions part the terms into sets that do not overlap, so none is added twice.
 */
static enum status scan_from(struct scan *s, size_t i)
{
    char prefix[NUMBER_BYTES_MAX + 1];
    memcpy(prefix, s->term, i);
    enum status status = STATUS_OK;
    if (is_digit(s->term[i])) {
        prefix[i] = '*';
        return scan_prefix(s, prefix, i + 1);
    }
    for (char digit = '0'; status == STATUS_OK && digit <= '9' && s->term[i] == '*'; digit++) {
        prefix[i] = digit;
        status = scan_prefix(s, prefix, i + 1);
    }
    return status;
}

/* ---- other writings of the whole number ---- */

static bool reserve(struct scan *s)
{
    if (!s->out->at)
        s->out->at = arena_alloc(s->arena, VARIANTS_MAX * sizeof *s->out->at);
    return s->out->at != NULL;
}

/* Does the index hold the writing: the term, or each of a phrase? */
static enum status is_held(struct scan *s, const char *text, size_t n, bool is_phrase, bool *out)
{
    struct tokenizer tokenizer;
    struct token t;
    uint64_t df = 1;
    enum status status = STATUS_OK;
    if (!is_phrase)
        status = index_term_df(s->ix, text, n, &df, s->err);
    tokenizer_init(&tokenizer, TOKENIZER_QUERY, text, n);
    while (is_phrase && status == STATUS_OK && df && tokenizer_next(&tokenizer, &t))
        status = index_term_df(s->ix, t.term, t.term_len, &df, s->err);
    *out = df > 0;
    return status;
}

static enum status set_phrase(struct scan *s, struct variant *v)
{
    uint32_t *cps = arena_alloc(s->arena, v->n * sizeof *cps);
    if (!cps)
        return error_no_memory(s->err);
    for (size_t at = 0; at < v->n;)
        at += utf8_step(v->bytes + at, v->n - at, &cps[v->n_phrase++]);
    v->phrase = cps;
    return STATUS_OK;
}

static bool is_known(const struct scan *s, const char *text, size_t n)
{
    for (size_t i = 0; i < s->out->n; i++)
        if (s->out->at[i].n == n && memcmp(s->out->at[i].bytes, text, n) == 0)
            return true;
    return false;
}

/* Adds prefix, number and suffix as one writing, if the index holds it. */
static enum status add_writing(struct scan *s, const char *prefix, size_t n_prefix,
    const char *number, const char *suffix, size_t n_suffix)
{
    char text[NUMERAL_BYTES_MAX + 2 * NUMBER_BYTES_MAX];
    size_t n_number = strlen(number), n = n_prefix + n_number + n_suffix;
    if (n_prefix > NUMBER_BYTES_MAX || n_suffix > NUMBER_BYTES_MAX || s->out->n == VARIANTS_MAX)
        return STATUS_OK;
    memcpy(text, prefix, n_prefix);
    memcpy(text + n_prefix, number, n_number);
    memcpy(text + n_prefix + n_number, suffix, n_suffix);
    bool is_phrase = !is_digit(number[0]) || strstr(number, "万亿"), held = false;
    if ((is_phrase && utf8_count(text, n) < 2) || is_known(s, text, n))
        return STATUS_OK;
    enum status status = is_held(s, text, n, is_phrase, &held);
    if (status != STATUS_OK || !held)
        return status;
    struct variant v = {.bytes = arena_copy(s->arena, text, n), .n = n};
    if (!v.bytes || !reserve(s))
        return error_no_memory(s->err);
    if (is_phrase)
        status = set_phrase(s, &v);
    if (status == STATUS_OK)
        s->out->at[s->out->n++] = v;
    return status;
}

/* Is a part of a term one Han character, or nothing? */
static bool is_han_or_nothing(const char *s, size_t n)
{
    uint32_t cp;
    return n == 0 || (utf8_step(s, n, &cp) == n && fold_char(cp).kind == CHAR_HAN);
}

/* Writings in other units of the number that is term[0..end), with its unit, or nothing, behind it. */
static enum status add_in_units(struct scan *s, size_t end)
{
    struct numeral_forms forms;
    uint32_t unit = s->next, next = 0;
    enum status status = STATUS_OK;
    if (end < s->n) {
        utf8_step(s->term + end, s->n - end, &unit);
        next = s->next;
        if (!is_big_unit(unit))
            return STATUS_OK;
    } else if (is_big_unit(unit)) {
        return STATUS_OK; /* the term with its unit has them */
    }
    numerals_in_units(s->term, end, unit, next, &forms);
    for (size_t i = 0; status == STATUS_OK && i < forms.n; i++) {
        const char *form = forms.at[i];
        const size_t n = strlen(form);
        const bool is_same = n >= s->n && memcmp(form, s->term, s->n) == 0 &&
                             (n == s->n || strcmp(form + s->n, "亿") == 0); /* typed: 1.2万亿 */
        const bool is_regrouped = end == s->n && is_digit(form[n - 1]); /* add_writings has it */
        if (!is_same && !is_regrouped)
            status = add_writing(s, "", 0, form, "", 0);
    }
    if (forms.n == 0 || end == s->n)
        return status;
    struct numeral_forms whole; /* 766.4亿 in full: 七百六十六亿四千万 */
    numerals_to_han(forms.at[0], strlen(forms.at[0]), &whole);
    for (size_t i = 0; status == STATUS_OK && i < whole.n; i++)
        status = add_writing(s, "", 0, whole.at[i], "", 0);
    return status;
}

/* Is the 万 behind the number that of 万亿? */
static bool is_before_yi(const struct scan *s, size_t end)
{
    uint32_t unit = 0;
    if (end < s->n)
        utf8_step(s->term + end, s->n - end, &unit);
    return is_big_unit(unit) && is_big_unit(s->next);
}

/* Writings of the one number in the term, between its neighbours. */
static enum status add_writings(struct scan *s)
{
    size_t start = 0, end, n_forms = 0;
    struct numeral_forms forms;
    char regrouped[NUMERAL_BYTES_MAX];
    while (start < s->n && !is_digit(s->term[start]))
        start++;
    for (end = start; end < s->n && (is_digit(s->term[end]) || strchr(".,", s->term[end])); end++)
        ;
    bool is_regrouped = numerals_regroup(s->term + start, end - start, regrouped);
    size_t n_plain = end;
    end += end < s->n && s->term[end] == '%';
    if (!is_han_or_nothing(s->term, start) || !is_han_or_nothing(s->term + end, s->n - end))
        return STATUS_OK;
    enum status status = start == 0 ? add_in_units(s, n_plain) : STATUS_OK;
    if (is_before_yi(s, n_plain))
        return status;
    if (status == STATUS_OK && is_regrouped)
        status = add_writing(s, s->term, start, regrouped, s->term + n_plain, s->n - n_plain);
    numerals_to_han(s->term + start, end - start, &forms);
    for (; status == STATUS_OK && n_forms < forms.n; n_forms++)
        status = add_writing(s, s->term, start, forms.at[n_forms], s->term + end, s->n - end);
    return status;
}

enum status variants_find(struct index *ix, const char *term, size_t n, uint32_t next,
    struct arena *arena, struct variants *out, struct error *err)
{
    *out = (struct variants){0};
    bool has_digit = false;
    for (size_t i = 0; i < n; i++)
        has_digit = has_digit || is_digit(term[i]);
    if (!has_digit || n > NUMBER_BYTES_MAX)
        return STATUS_OK;
    struct scan s = {
        .ix = ix, .term = term, .n = n, .next = next, .arena = arena, .out = out, .err = err};
    if (!reserve(&s))
        return error_no_memory(err);
    buf_init(&s.terms, SCAN_BYTES_MAX);
    enum status status = add_writings(&s);
    for (size_t i = 0; status == STATUS_OK && i < n; i++)
        status = scan_from(&s, i);
    buf_release(&s.terms);
    return status;
}

/* ---- numbers in Chinese characters ---- */

/* Is the numeral at folded[at] not the first of its number? */
static bool is_inside_number(const uint32_t *folded, size_t at)
{
    static const uint32_t percent[] = {0x767E, 0x5206, 0x4E4B}; /* 百分之 */
    return at > 0 && (is_numeral(folded[at - 1]) ||
                         (at >= 3 && memcmp(folded + at - 3, percent, sizeof percent) == 0));
}

/* A number in Chinese characters, as typed. */
struct numeral_text {
    char bytes[NUMERAL_CHARS_MAX * UTF8_MAX_BYTES];
    size_t n;
};

/* The number in digits, back in Chinese characters: 贰佰 and 两百 for 二百. */
static enum status add_other_han(struct scan *s, const struct numeral_text *typed,
    const char *before, size_t n_before, const char *digits)
{
    struct numeral_forms forms;
    const size_t n = strspn(digits, "0123456789.");
    const char *unit = digits + n + (digits[n] == '%');
    enum status status = STATUS_OK;
    numerals_to_han(digits, (size_t)(unit - digits), &forms);
    for (size_t i = 0; status == STATUS_OK && i < forms.n && *unit != ','; i++) {
        const size_t n_form = strlen(forms.at[i]), n_unit = strlen(unit);
        const bool is_typed = n_form + n_unit == typed->n &&
                              memcmp(typed->bytes, forms.at[i], n_form) == 0 &&
                              memcmp(typed->bytes + n_form, unit, n_unit) == 0;
        if (!is_typed)
            status = add_writing(s, before, n_before, forms.at[i], unit, n_unit);
    }
    return status;
}

/* The writings of folded[start..end), with the Han character before it or not, and each with the one
 * behind it or not. */
static enum status add_digits(
    struct scan *s, const uint32_t *folded, size_t n, size_t start, size_t end, bool has_prefix)
{
    struct numeral_forms forms;
    char before[UTF8_MAX_BYTES], after[UTF8_MAX_BYTES];
    size_t n_before = has_prefix ? utf8_encode(folded[start - 1], before) : 0;
    bool is_joined = end < n && fold_char(folded[end]).kind == CHAR_HAN;
    size_t n_after = is_joined && !has_prefix ? utf8_encode(folded[end], after) : 0;
    struct numeral_text typed = {.n = 0};
    enum status status = STATUS_OK;
    for (size_t i = start; i < end; i++)
        typed.n += utf8_encode(folded[i], typed.bytes + typed.n);
    numerals_to_digits(folded + start, end - start, &forms);
    for (size_t i = 0; status == STATUS_OK && i < forms.n; i++) {
        const char *form = forms.at[i];
        if (end - start > 1 || has_prefix)
            status = add_writing(s, before, n_before, form, after, 0);
        if (status == STATUS_OK)
            status = add_other_han(s, &typed, before, n_before, form);
        if (status == STATUS_OK && n_after && is_digit(form[strlen(form) - 1]))
            status = add_writing(s, before, 0, form, after, n_after);
    }
    return status;
}

enum status variants_of_han(struct index *ix, const uint32_t *folded, size_t n, size_t at,
    struct arena *arena, struct variants *out, struct error *err)
{
    struct scan s = {.ix = ix, .arena = arena, .out = out, .err = err};
    *out = (struct variants){0};
    bool is_behind = at + 1 < n && !is_numeral(folded[at]) && is_numeral(folded[at + 1]) &&
                     !is_inside_number(folded, at + 1);
    size_t start = at + is_behind, end = numeral_end(folded, n, start);
    if (end == start || is_inside_number(folded, start))
        return STATUS_OK;
    bool is_ordinal = start > 0 && folded[start - 1] == NUMERAL_ORDINAL;
    if (end - start < 2 && !is_ordinal)
        return STATUS_OK;
    return add_digits(&s, folded, n, start, end, is_behind);
}

/* ---- words ---- */

enum status variants_add_spelling(struct index *ix, uint32_t first, uint32_t second,
    struct arena *arena, struct variants *out, struct error *err)
{
    uint32_t other[2];
    char bytes[2 * UTF8_MAX_BYTES];
    uint64_t df = 0;
    if (out->n || !spelling_other(first, second, other))
        return STATUS_OK;
    size_t n = utf8_encode(other[0], bytes);
    n += utf8_encode(other[1], bytes + n);
    enum status s = index_term_df(ix, bytes, n, &df, err);
    if (s != STATUS_OK || df == 0)
        return s;
    struct variant *v = arena_alloc(arena, sizeof *v);
    uint32_t *phrase = arena_alloc(arena, sizeof other);
    const char *copy = arena_copy(arena, bytes, n);
    if (!v || !phrase || !copy)
        return error_no_memory(err);
    memcpy(phrase, other, sizeof other);
    *v = (struct variant){copy, n, phrase, 2, .is_spelling = true};
    *out = (struct variants){v, 1};
    return STATUS_OK;
}

/* ---- phrases ---- */

bool variant_stands_at(const struct variant *v, const struct folded_passage *f, size_t at)
{
    if (v->is_spelling)
        return at + v->n_phrase <= f->n &&
               memcmp(f->cps + at, v->phrase, v->n_phrase * sizeof *v->phrase) == 0;
    return number_stands_at(v->phrase, v->n_phrase, f, at) == NUMBER_WHOLE;
}

size_t variant_find(const struct variant *v, struct folded_passage *f, size_t from)
{
    size_t at = folded_passage_find(f, v->phrase, v->n_phrase, false, from);
    while (at < f->n && !variant_stands_at(v, f, at))
        at = folded_passage_find(f, v->phrase, v->n_phrase, false, at + 1);
    return at;
}
