// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/soft_terms.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "search/stop_words.h"

/* A lone character is asked for where it stands in at most one of so many passages. */
enum { LONE_CHAR_RARITY = 100 };
/* What it counts: a bigram counts 1 each time. */
#define LONE_CHAR_TIMES 0.25

struct collector {
    struct index *ix;
    const struct query *query;
    struct plan *plan;
    struct error *err;
    struct plan_number *numbers; /* of the clause */
};

static bool is_word_char(uint32_t cp)
{
    enum char_class class = fold_char(cp).kind;
    return class == CHAR_LETTER || class == CHAR_DIGIT || cp == '*';
}

/* is_cut here and below: of each folded character of the clause, whether it is a question word's, and
 * not asked for; NULL where all are. */
static bool is_left_out(const bool *is_cut, const struct clause *c, const struct token *t)
{
    if (!is_cut)
        return false;
    size_t n_chars = utf8_count(t->term, t->term_len);
    for (size_t i = t->position; i < t->position + n_chars && i < c->n_folded; i++)
        if (is_cut[i])
            return true;
    return t->kind == TOKEN_BIGRAM && is_function_char(t->first_cp) &&
           is_function_char(t->second_cp);
}

static struct plan_term *find_term(struct plan *p, const struct token *t)
{
    for (size_t i = 0; i < p->n_terms; i++)
        if (p->terms[i].n == t->term_len && memcmp(p->terms[i].bytes, t->term, t->term_len) == 0)
            return &p->terms[i];
    return NULL;
}

/* Is the term's number this one, or one of the same characters? Its place in it may be another: 二十 of 二十万零二十. */
static bool is_of_number(const struct plan_term *term, const struct plan_number *number)
{
    const struct plan_number *own = term->number;
    return own && number && own->n == number->n &&
           memcmp(own->cps, number->cps, own->n * sizeof *own->cps) == 0;
}

/* Puts in *out the term of the token, the one that is there already if any. Its weight is for now
 * how often it stands in the query: each time counts `times`. */
static enum status add_term(struct collector *cl, size_t clause, const struct token *t,
    double times, const struct plan_term **out)
{
    struct plan *p = cl->plan;
    struct plan_term *known = find_term(p, t);
    bool is_inner = false;
    const struct plan_number *number = plan_number_of(cl->numbers, t, &is_inner);
    const ptrdiff_t number_at = number ? (ptrdiff_t)t->position - (ptrdiff_t)number->start : 0;
    *out = known;
    const struct clause *c = &cl->query->clauses[clause];
    const bool is_part = number_is_part(c->folded, c->n_folded, t, t->position);
    if (known) {
        known->weight += times;
        known->is_part |= is_part;
        if (!is_of_number(known, number))
            known->number = NULL; /* it stands elsewhere, too */
        return STATUS_OK;
    }
    struct plan_term *term = &p->terms[p->n_terms];
    *term = (struct plan_term){
        .bytes = arena_copy(&p->arena, t->term, t->term_len),
        .n = t->term_len,
        .first_cp = t->first_cp,
        .second_cp = t->second_cp,
        .kind = t->kind,
        .position = plan_position(clause, t->position),
        .number = number,
        .number_at = number_at,
        .is_inner = is_inner,
        .is_part = is_part,
        .is_prefix = t->kind == TOKEN_SINGLE,
        .weight = times,
    };
    if (!term->bytes)
        return error_no_memory(cl->err);
    p->n_terms++;
    *out = term;
    enum status s;
    if (term->is_prefix) {
        uint64_t cf;
        s = index_char_stats(cl->ix, term->first_cp, &term->df, &cf, cl->err);
    } else {
        s = index_term_df(cl->ix, term->bytes, term->n, &term->df, cl->err);
    }
    const bool is_beside = number && !is_inner; /* 共12 of 共12亿: no number */
    if (s == STATUS_OK && !is_beside && (t->kind == TOKEN_WORD || t->kind == TOKEN_JOINED)) {
        const size_t end = t->position + utf8_count(t->term, t->term_len);
        const uint32_t next = end < c->n_folded ? c->folded[end] : 0;
        s = variants_find(cl->ix, term->bytes, term->n, next, &p->arena, &term->variants, cl->err);
    }
    if (s == STATUS_OK && t->kind == TOKEN_BIGRAM)
        s = variants_of_han(
            cl->ix, c->folded, c->n_folded, t->position, &p->arena, &term->variants, cl->err);
    if (s == STATUS_OK && t->kind == TOKEN_BIGRAM)
        s = variants_add_spelling(
            cl->ix, t->first_cp, t->second_cp, &p->arena, &term->variants, cl->err);
    term->idf = plan_idf((double)p->n_passages, (double)term->df);
    return s;
}

/* Does the lone Han character touch a word (the 年 of 2023年)? Then the joined term stands for
 * both. */
static bool is_part_of_joined(const struct clause *c, const struct token *t)
{
    if (t->kind != TOKEN_SINGLE)
        return false;
    uint32_t before = t->position ? c->folded[t->position - 1] : 0;
    uint32_t after = t->position + 1 < c->n_folded ? c->folded[t->position + 1] : 0;
    return is_word_char(before) || is_word_char(after);
}

/* A question's character whose every bigram was cut or stands nowhere is asked for by itself, where
 * few passages hold it: what it is about may be just there (…是犇的). Not a keyword's: of that, what
 * stands nowhere is said not to be found. */
static enum status add_lone_chars(
    struct collector *cl, size_t clause, const bool *is_cut, const bool *is_held, size_t *n_added)
{
    const struct clause *c = &cl->query->clauses[clause];
    for (size_t i = 0; i < c->n_folded; i++) {
        uint32_t cp = c->folded[i];
        uint64_t df, cf;
        if (is_held[i] || is_cut[i] || fold_char(cp).kind != CHAR_HAN || is_function_char(cp))
            continue;
        enum status s = index_char_stats(cl->ix, cp, &df, &cf, cl->err);
        if (s != STATUS_OK)
            return s;
        if (df == 0 || df > cl->plan->n_passages / LONE_CHAR_RARITY)
            continue;
        char bytes[UTF8_MAX_BYTES];
        const struct plan_term *term;
        const struct token t = {.term = bytes,
            .term_len = utf8_encode(cp, bytes),
            .first_cp = cp,
            .kind = TOKEN_SINGLE,
            .position = i};
        if (is_part_of_joined(c, &t))
            continue;
        s = add_term(cl, clause, &t, LONE_CHAR_TIMES, &term);
        if (s != STATUS_OK)
            return s;
        ++*n_added;
    }
    return STATUS_OK;
}

/* Adds the tokens of the clause that are not left out, and their number to *n_added. is_held, n_folded,
 * cleared: which characters stand in a term that a passage holds. */
static enum status add_clause_terms(
    struct collector *cl, size_t clause, const bool *is_cut, bool *is_held, size_t *n_added)
{
    const struct clause *c = &cl->query->clauses[clause];
    struct tokenizer tokenizer;
    struct token t;
    tokenizer_init(&tokenizer, TOKENIZER_QUERY, c->text, c->text_len);
    enum status s = STATUS_OK;
    while (s == STATUS_OK && tokenizer_next(&tokenizer, &t)) {
        bool is_inner;
        if (is_left_out(is_cut, c, &t) || is_part_of_joined(c, &t) ||
            plan_number_has_digits(plan_number_of(cl->numbers, &t, &is_inner), &t))
            continue;
        const struct plan_term *term;
        s = add_term(cl, clause, &t, 1, &term);
        ++*n_added;
        size_t end = t.position + utf8_count(t.term, t.term_len);
        for (size_t i = t.position; i < end && i < c->n_folded && s == STATUS_OK; i++)
            is_held[i] |= term->df > 0 || term->variants.n > 0;
    }
    return s;
}

/* A question loses its question words and particles, unless nothing would be left; a keyword loses
 * nothing. */
static enum status add_word_clause(struct collector *cl, size_t clause)
{
    const struct clause *c = &cl->query->clauses[clause];
    enum status s = plan_numbers_find(c, &cl->plan->arena, &cl->numbers, cl->err);
    if (s != STATUS_OK)
        return s;
    bool *marks = calloc(2 * c->n_folded + 1, sizeof *marks);
    if (!marks)
        return error_no_memory(cl->err);
    bool *is_held = marks + c->n_folded;
    bool is_question = stop_words_mark(c->folded, c->n_folded, marks);
    size_t n_added = 0;
    cl->plan->is_question |= is_question;
    s = add_clause_terms(cl, clause, is_question ? marks : NULL, is_held, &n_added);
    if (s == STATUS_OK && is_question)
        s = add_lone_chars(cl, clause, marks, is_held, &n_added);
    if (s == STATUS_OK && n_added == 0)
        s = add_clause_terms(cl, clause, NULL, is_held, &n_added);
    free(marks);
    return s;
}

/* Where no term is left that lies within a number (question words were cut), what reaches into it is asked for by
 * itself. */
static void free_lone_parts(struct plan *p)
{
    for (size_t i = 0; i < p->n_terms; i++) {
        bool has_inner = p->terms[i].number && p->terms[i].number->is_single;
        for (size_t j = 0; p->terms[i].number && j < p->n_terms; j++)
            has_inner |= p->terms[j].number == p->terms[i].number && p->terms[j].is_inner;
        if (!has_inner)
            p->terms[i].number = NULL;
    }
}

/* Does the clause bring soft terms? */
static bool brings_terms(const struct clause *c)
{
    return c->kind == CLAUSE_WORD && !c->is_empty && !c->is_excluded;
}

enum status soft_terms_collect(
    struct index *ix, const struct query *q, struct plan *p, struct error *err)
{
    struct collector cl = {ix, q, p, err, NULL};
    p->terms = arena_alloc(&p->arena, 2 * (q->text_len + 1) * sizeof *p->terms);
    enum status s = p->terms ? STATUS_OK : error_no_memory(err);
    for (size_t i = 0; s == STATUS_OK && i < q->n_clauses; i++)
        if (brings_terms(&q->clauses[i]))
            s = add_word_clause(&cl, i);
    if (s == STATUS_OK)
        free_lone_parts(p);
    return s;
}
