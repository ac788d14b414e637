// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/variants.h"

#include <string.h>

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
    struct bytes in = {s->terms.data, s->terms.data + s->terms.len, false};
    while (status == STATUS_OK && in.at < in.end && s->out->n < VARIANTS_MAX) {
        size_t len;
        const char *bytes = bytes_string(&in, &len);
        bytes_varint(&in);
        if (!agrees(s->term, s->n, bytes, len))
            continue;
        char *copy = arena_copy(s->arena, bytes, len);
        if (!copy)
            return error_no_memory(s->err);
        s->out->at[s->out->n++] = (struct variant){copy, len};
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

enum status variants_find(struct index *ix, const char *term, size_t n, struct arena *arena,
    struct variants *out, struct error *err)
{
    *out = (struct variants){0};
    bool has_digit = false;
    for (size_t i = 0; i < n; i++)
        has_digit = has_digit || is_digit(term[i]);
    if (!has_digit || n > NUMBER_BYTES_MAX)
        return STATUS_OK;
    out->at = arena_alloc(arena, VARIANTS_MAX * sizeof *out->at);
    if (!out->at)
        return error_no_memory(err);
    struct scan s = {.ix = ix, .term = term, .n = n, .arena = arena, .out = out, .err = err};
    buf_init(&s.terms, SCAN_BYTES_MAX);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < n; i++)
        status = scan_from(&s, i);
    buf_release(&s.terms);
    return status;
}
