// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/slip.h"

#include <string.h>

#include "common/utf8.h"
#include "search/search.h"

enum {
    BIGRAMS_MAX = 20000, /* that begin with one character */
    BIGRAMS_BYTES_MAX = 1 << 20,
    COUNTED_MAX = 5, /* candidates of which the passages are counted */
    FIRST_HAN = 0x4E00,
    LAST_HAN = 0x9FFF,
};

/* A text that differs in one character, and the least frequency of the bigrams around it: no more
 * passages than that can hold it. */
struct candidate {
    size_t place;
    uint32_t cp;
    uint64_t bound;
};

struct finder {
    struct index *ix;
    const struct clause *clause;
    uint64_t df[SLIP_CHARS_MAX]; /* of the bigram that begins at each place of the text as typed */
    struct candidate best[COUNTED_MAX]; /* by bound */
    size_t n;
    struct error *err;
};

static enum status bigram_df(struct finder *f, uint32_t first, uint32_t second, uint64_t *df)
{
    char term[2 * UTF8_MAX_BYTES];
    size_t n = utf8_encode(first, term);
    n += utf8_encode(second, term + n);
    return index_term_df(f->ix, term, n, df, f->err);
}

static void keep(struct finder *f, struct candidate c)
{
    size_t at = f->n;
    if (c.bound < SLIP_PASSAGES_MIN || c.cp == f->clause->folded[c.place])
        return;
    while (at > 0 && f->best[at - 1].bound < c.bound)
        at--;
    if (at == COUNTED_MAX)
        return;
    f->n += f->n < COUNTED_MAX;
    memmove(&f->best[at + 1], &f->best[at], (f->n - at - 1) * sizeof *f->best);
    f->best[at] = c;
}

/* How many passages can hold the bigrams that a change at the place leaves as they are. */
static uint64_t rest_bound(const struct finder *f, size_t place)
{
    uint64_t bound = UINT64_MAX;
    for (size_t i = 0; i + 1 < f->clause->n_folded; i++)
        if (i != place && i + 1 != place && f->df[i] < bound)
            bound = f->df[i];
    return bound;
}

/* The bound of a character at a place, given that of its bigram with the character before it. */
static enum status consider(struct finder *f, size_t place, uint32_t cp, uint64_t bound)
{
    const struct clause *c = f->clause;
    uint64_t df;
    if (place + 1 < c->n_folded && bound >= SLIP_PASSAGES_MIN) {
        enum status s = bigram_df(f, cp, c->folded[place + 1], &df);
        if (s != STATUS_OK)
            return s;
        bound = df < bound ? df : bound;
    }
    keep(f, (struct candidate){place, cp, bound});
    return STATUS_OK;
}

/* What the index has behind the character before the place. */
static enum status consider_followers(struct finder *f, size_t place, struct buf *terms)
{
    char prefix[UTF8_MAX_BYTES];
    size_t n_prefix = utf8_encode(f->clause->folded[place - 1], prefix), n_terms;
    buf_clear(terms);
    enum status s = index_terms(f->ix, prefix, n_prefix, BIGRAMS_MAX, terms, &n_terms, f->err);
    struct bytes in = buf_bytes(terms);
    while (s == STATUS_OK && in.at < in.end) {
        size_t n;
        const char *term = bytes_string(&in, &n);
        uint64_t df = bytes_varint(&in);
        uint32_t cp;
        if (n > n_prefix && utf8_step(term + n_prefix, n - n_prefix, &cp) == n - n_prefix &&
            fold_char(cp).kind == CHAR_HAN)
            s = consider(f, place, cp, df);
    }
    return s;
}

/* Nothing stands before the first character: every Han character of the index may. */
static enum status consider_firsts(struct finder *f)
{
    enum status s = STATUS_OK;
    for (uint32_t cp = FIRST_HAN; s == STATUS_OK && cp <= LAST_HAN; cp++)
        if (fold_char(cp).cp == cp)
            s = consider(f, 0, cp, UINT64_MAX);
    return s;
}

/* The query for passages in which the text stands so. */
static enum status parse_exact(struct finder *f, const char *text, size_t n, struct query *out)
{
    char quoted[SLIP_BYTES_MAX + 2];
    quoted[0] = '"';
    memcpy(quoted + 1, text, n);
    quoted[n + 1] = '"';
    return query_parse(quoted, n + 2, out, f->err);
}

static enum status count_text(struct finder *f, const char *text, size_t n, uint64_t *count)
{
    struct query q;
    enum status s = parse_exact(f, text, n, &q);
    if (s == STATUS_OK)
        s = search_count(f->ix, &q, count, f->err);
    query_release(&q);
    return s;
}

static size_t write_text(
    const struct clause *c, const struct candidate *changed, char out[SLIP_BYTES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_folded; i++)
        n += utf8_encode(changed && changed->place == i ? changed->cp : c->folded[i], out + n);
    out[n] = '\0';
    return n;
}

/* Counts the best candidates and leaves the most frequent one in out. */
static enum status choose(struct finder *f, char out[SLIP_BYTES_MAX])
{
    uint64_t most = SLIP_PASSAGES_MIN - 1, count;
    char text[SLIP_BYTES_MAX];
    for (size_t i = 0; i < f->n; i++) {
        enum status s = count_text(f, text, write_text(f->clause, &f->best[i], text), &count);
        if (s != STATUS_OK)
            return s;
        if (count > most)
            memcpy(out, text, sizeof text);
        most = count > most ? count : most;
    }
    return STATUS_OK;
}

static bool is_suitable(const struct clause *c)
{
    if (!clause_is_text(c) || c->is_excluded || c->n_folded < SLIP_CHARS_MIN ||
        c->n_folded > SLIP_CHARS_MAX)
        return false;
    for (size_t i = 0; i < c->n_folded; i++)
        if (fold_char(c->folded[i]).kind != CHAR_HAN)
            return false;
    return true;
}

/* Looks at each place where the rest of the text is frequent enough. */
static enum status consider_places(struct finder *f)
{
    const struct clause *c = f->clause;
    struct buf terms;
    enum status s = STATUS_OK;
    for (size_t i = 0; s == STATUS_OK && i + 1 < c->n_folded; i++)
        s = bigram_df(f, c->folded[i], c->folded[i + 1], &f->df[i]);
    buf_init(&terms, BIGRAMS_BYTES_MAX);
    for (size_t place = 0; s == STATUS_OK && place < c->n_folded; place++) {
        if (rest_bound(f, place) < SLIP_PASSAGES_MIN)
            continue;
        s = place ? consider_followers(f, place, &terms) : consider_firsts(f);
    }
    buf_release(&terms);
    return s;
}

/* Does the text stand in any passage? One is enough, so they are not counted. */
static enum status stands_anywhere(struct finder *f, const char *text, size_t n, bool *stands)
{
    struct query q;
    struct search_results found;
    enum status s = parse_exact(f, text, n, &q);
    if (s != STATUS_OK)
        return s;
    s = search_run(
        f->ix, &q, &(struct search_options){.limit = 1, .is_brief = true}, &found, f->err);
    *stands = s == STATUS_OK && found.n > 0;
    if (s == STATUS_OK)
        search_results_release(&found);
    query_release(&q);
    return s;
}

enum status slip_find(
    struct index *ix, const struct clause *c, char out[SLIP_BYTES_MAX], struct error *err)
{
    struct finder f = {.ix = ix, .clause = c, .err = err};
    char text[SLIP_BYTES_MAX];
    bool stands = false;
    out[0] = '\0';
    if (!is_suitable(c))
        return STATUS_OK;
    enum status s = stands_anywhere(&f, text, write_text(c, NULL, text), &stands);
    if (s == STATUS_OK && !stands)
        s = consider_places(&f);
    return s == STATUS_OK && !stands ? choose(&f, out) : s;
}
