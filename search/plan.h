// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan of a query: which terms select, which only add, and what must be verified against the
 * text.
 *
 * Soft terms are those of the words. Sorted by document frequency, the rare ones *select* and the
 * common ones only *add* ((rare OR …) AND_MAYBE (common OR …)): a passage that holds none of the
 * telling bigrams cannot reach the first page, and need not be looked at. Conditions
 * (condition.h) let through everything that could match and some that do not; the text decides
 * (`needs_text`). Beside a condition on the text, words only add: what was quoted is what must be
 * there. Beside one on the report (fields, dates) they select as without it. */
#ifndef DUAN_SEARCH_PLAN_H
#define DUAN_SEARCH_PLAN_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"
#include "search/plan_number.h"
#include "search/query.h"
#include "search/variants.h"
#include "store/index.h"
#include "tokenizer/tokenizer.h"

/* A soft term, distinct within the query. */
struct plan_term {
    const char *bytes;
    size_t n;
    uint32_t first_cp, second_cp; /* of a bigram */
    enum token_kind kind;
    uint64_t df;
    double idf;      /* plan_idf */
    double weight;   /* stickiness times frequency in the query: what the term's score is multiplied
                        with */
    size_t position; /* plan_position of its first character */
    const struct plan_number *number; /* that it is a part of, or reaches into; else NULL */
    ptrdiff_t number_at; /* where the term begins in it: -1 before its first character */
    bool is_inner;       /* it is a part of the number */
    bool is_part;        /* it was typed as number_is_part has it: 45 of 09:45 */
    bool is_prefix;      /* a Han character on its own: all terms that begin with it */
    bool is_selecting;
    struct variants variants; /* other writings of a number, or of a word */
    double variant_factor;    /* what each of these counts of the term */
};
#define VARIANT_FACTOR 0.5
/* Where nothing but a number in digits is asked for: no length of the passage outweighs what was typed. */
#define LONE_VARIANT_FACTOR 0.05

/* A Han character of the words, for ranking by characters. */
struct plan_char {
    uint32_t cp;
    uint64_t df;
    double idf;
};

struct plan {
    struct arena arena;
    struct plan_term *terms;
    size_t n_terms;
    struct plan_char *chars;
    size_t n_chars;
    uint64_t n_passages;        /* N, dead ones included */
    double average_tokens;      /* of a passage */
    const struct xnode *narrow; /* rare terms select */
    const struct xnode *wide;   /* any soft term selects; the same node where words only add */
    /* Of a question: a character that is not common selects, too. For a page that its terms do not fill, and for what
     * lies behind the first pages. Else NULL. */
    const struct xnode *loose;
    bool is_question;    /* a clause with question words, which are cut */
    bool needs_evidence; /* a passage may match by the bigrams of a number's phrase, apart from each
                            other or in a longer number: the text must show it, or a term */
    bool needs_text;     /* a judge must say which of the passages that match meet the conditions */
};

/* The idf of a term that df of n_passages hold. */
static inline double plan_idf(double n_passages, double df)
{
    return log(1 + (n_passages - df + 0.5) / (df + 0.5));
}

/* Where a character of a clause stands among all positions of the query: clauses are far apart. */
static inline size_t plan_position(size_t clause, size_t at)
{
    return clause * ((size_t)QUERY_BYTES_MAX + 16) + at;
}

/* For answering. Where it fails *out needs no release. *out borrows from q. */
enum status plan_make(struct index *ix, const struct query *q, struct plan *out, struct error *err);
/* For counting: no soft terms; `narrow` and `wide` match where every word stands as typed, too. */
enum status plan_make_count(
    struct index *ix, const struct query *q, struct plan *out, struct error *err);
void plan_release(struct plan *p);

#endif
