// SPDX-License-Identifier: GPL-2.0-or-later
/* What the user typed, cut into clauses.
 *
 *   营商环境          a word (or a whole question): ranked, by its bigrams
 *   养老 电梯         several words: ranked together
 *   "加装电梯"        exact: a plain scan of the folded text finds it, or the passage is no hit
 *   -电梯 -"加装"     not: passages that hold it are left out
 * Full-width forms serve as well: “ ” 「 」 『 』 ＂ for the quotes, － for the minus, the
 * ideographic space. Inside quotes `\"` and `\\` stand for themselves. A minus counts only at the
 * start of a clause, so COVID-19 is a word. */
#ifndef DUAN_SEARCH_QUERY_H
#define DUAN_SEARCH_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"

enum { QUERY_BYTES_MAX = 8192, QUERY_CLAUSES_MAX = 128 };

enum clause_kind { CLAUSE_WORD, CLAUSE_EXACT, CLAUSE_NOT };

struct clause {
    enum clause_kind kind;
    const char *text; /* without quotes and minus, as typed */
    size_t text_len;
    bool is_quoted;
    bool is_empty;    /* yields nothing that could be looked for (a lone punctuation mark outside
                         quotes) */
    uint32_t *folded; /* the folded text of the clause, n_folded code points */
    size_t n_folded;
};

struct query {
    struct arena arena; /* holds everything below */
    const char *text;
    size_t text_len;
    struct clause *clauses;
    size_t n_clauses;
};

/* Parses text into *out. STATUS_BAD_INPUT points at the place ("query:5: quote is not closed",
 * counted in characters from 1); it is also the answer to a query without anything to look for, one
 * that only excludes, and one past the limits. On failure *out is empty; release it in any case. */
enum status query_parse(const char *text, size_t n, struct query *out, struct error *err);
void query_release(struct query *q);

/* Has the query a clause of this kind that is not empty? */
bool query_has(const struct query *q, enum clause_kind kind);

#endif
