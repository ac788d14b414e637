// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/rank.h"

#include <string.h>

#include "store/schema.h"

#define CHARS_WEIGHT 0.3
#define SENTENCE_WEIGHT 0.5
#define OPENING_WEIGHT 0.1
#define PAIR_WEIGHT 0.2
enum {
    OPENING_CHARS = 40,
    PAIR_QUERY_MIN = 2, /* how far apart in the query, in characters */
    PAIR_QUERY_MAX = 4,
    PAIR_TEXT_MAX = 8, /* and at most how far in the text */
    RANKED_TERMS_MAX =
        64, /* of a very long query only the first so many are looked for a second time */
};

/* Xapian's BM25 saturates at k1 * WDF_SCALE + 1, the textbook's at k1 + 1. */
static const double first_pass_scale = (BM25_K1 + 1) / (WDF_SCALE * BM25_K1 + 1);

static bool is_variant(const struct plan_term *term, const struct token *t)
{
    for (size_t i = 0; i < term->variants.n; i++)
        if (term->variants.at[i].n == t->term_len &&
            memcmp(term->variants.at[i].bytes, t->term, t->term_len) == 0)
            return true;
    return false;
}

static bool is_term(const struct plan_term *term, const struct token *t)
{
    if (term->is_prefix)
        return term->first_cp == t->first_cp &&
               (t->kind == TOKEN_BIGRAM || t->kind == TOKEN_SINGLE);
    if (term->first_cp == t->first_cp && term->n == t->term_len &&
        memcmp(term->bytes, t->term, t->term_len) == 0)
        return true;
    return term->variants.n && is_variant(term, t);
}

int plan_find_token(const struct plan *plan, const struct token *t)
{
    for (size_t i = 0; i < plan->n_terms; i++)
        if (is_term(&plan->terms[i], t))
            return (int)i;
    return -1;
}

static double bm25(double tf, double length_ratio)
{
    return tf * (BM25_K1 + 1) / (tf + BM25_K1 * (1 - BM25_B + BM25_B * length_ratio));
}

static bool ends_sentence(uint32_t cp)
{
    return cp == 0x3002 /* 。 */ || cp == '!' || cp == '?' || cp == ';';
}

struct evidence {
    const struct plan *plan;
    size_t last[RANKED_TERMS_MAX]; /* position + 1 of each term's last occurrence, 0 for none */
    uint64_t in_sentence, in_opening;
    uint64_t paired[RANKED_TERMS_MAX];
    double sentence_sum, best_sentence, opening, pairs;
};

static double value_of(const struct plan_term *t)
{
    return t->idf * t->weight;
}

static void add_pairs(struct evidence *e, size_t i, size_t position)
{
    const struct plan_term *terms = e->plan->terms;
    for (size_t j = 0; j < e->plan->n_terms && j < RANKED_TERMS_MAX; j++) {
        if (!e->last[j] || position + 1 - e->last[j] > PAIR_TEXT_MAX || e->paired[i] >> j & 1)
            continue;
        size_t a = terms[i].position, b = terms[j].position, apart = a > b ? a - b : b - a;
        if (apart < PAIR_QUERY_MIN || apart > PAIR_QUERY_MAX)
            continue;
        e->paired[i] |= (uint64_t)1 << j;
        e->paired[j] |= (uint64_t)1 << i;
        e->pairs += (value_of(&terms[i]) + value_of(&terms[j])) / 2;
    }
}

static void add_token(struct evidence *e, size_t i, size_t position)
{
    double value = value_of(&e->plan->terms[i]);
    uint64_t bit = (uint64_t)1 << i;
    if (!(e->in_sentence & bit)) {
        e->in_sentence |= bit;
        e->sentence_sum += value;
        if (e->sentence_sum > e->best_sentence)
            e->best_sentence = e->sentence_sum;
    }
    if (position < OPENING_CHARS && !(e->in_opening & bit)) {
        e->in_opening |= bit;
        e->opening += value;
    }
    add_pairs(e, i, position);
    e->last[i] = position + 1;
}

static double char_score(
    const struct plan *plan, const struct folded_passage *f, double length_ratio)
{
    double sum = 0;
    for (size_t c = 0; c < plan->n_chars; c++) {
        size_t tf = 0;
        for (size_t i = 0; i < f->n; i++)
            tf += f->cps[i] == plan->chars[c].cp;
        if (tf)
            sum += plan->chars[c].idf * bm25((double)tf, length_ratio);
    }
    return sum;
}

double rank_score(const struct plan *plan, const struct folded_passage *f, const char *text,
    size_t n, double first_pass)
{
    struct evidence e = {.plan = plan};
    struct tokenizer tokenizer;
    struct token t;
    size_t n_tokens = 0, at = 0;
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, text, n);
    while (tokenizer_next(&tokenizer, &t)) {
        n_tokens++;
        int i = plan_find_token(plan, &t);
        if (i < 0 || i >= RANKED_TERMS_MAX)
            continue;
        for (; at < t.position && at < f->n; at++) {
            if (!ends_sentence(f->cps[at]))
                continue;
            e.in_sentence = 0;
            e.sentence_sum = 0;
        }
        add_token(&e, (size_t)i, t.position);
    }
    double length_ratio = (double)n_tokens / plan->average_tokens;
    return first_pass * first_pass_scale + CHARS_WEIGHT * char_score(plan, f, length_ratio) +
           SENTENCE_WEIGHT * e.best_sentence + OPENING_WEIGHT * e.opening + PAIR_WEIGHT * e.pairs;
}
