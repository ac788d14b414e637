// SPDX-License-Identifier: GPL-2.0-or-later
/* What the user typed, as a tree of conditions over clauses.
 *
 *   营商环境                a word (or a whole question): ranked, by its bigrams
 *   养老 电梯               several words: ranked together
 *   "加装电梯"              exact: a plain scan of the folded text finds it, or the passage is no hit
 *   养老 OR 电梯, 养老|电梯 either; binds looser than words side by side
 *   (养老 电梯)             brackets group; words inside must stand as typed
 *   养老 NEAR/10 电梯       two words or quotes, in either order, at most so many characters between
 *                           them (NEAR alone: 10), and not overlapping
 *   -电梯 -"加装" -(a b)    not: passages that hold it are left out
 *   title:公报 path:2024/ id:7 source:日报     the report's title, path, id or own field holds the text
 *   year:2020..2024 year:2023 year:2020.. date:2023-02..2023-06     the report's date lies there
 *
 * Words at the top level are *soft*: they rank, and a passage need not hold them. Beside OR, in
 * brackets and under NEAR they are conditions: whole words where letters and digits begin or end
 * them. OR and NEAR are operators in capitals only. Full-width forms serve as well: “ ” 「 」 『 』
 * ＂ for the quotes, － ： （ ） ｜, the ideographic space, folded digits. A minus, a quote, and a
 * bracket whose other end text touches, are operators only at the start of a clause: COVID-19,
 * 表1(a) and （一）目标 are words. So is a quotation in prose, 劳动法上的“三期” or “三期”指的是什么: the
 * marks of print are no operator where text goes on behind them or none closes. A backslash takes
 * the next character as text; inside quotes it does so only before a quote mark and before itself.
 * Zero-width characters around operators are as if not there.
 * A field other than those named is one only where the index has it: 12:30 and http://… are words. */
#ifndef DUAN_SEARCH_QUERY_H
#define DUAN_SEARCH_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"

enum {
    QUERY_BYTES_MAX = 8192,
    QUERY_CLAUSES_MAX = 128,
    QUERY_DEPTH_MAX = 32, /* brackets within brackets */
    NEAR_CHARS_DEFAULT = 10,
    NEAR_CHARS_MAX = 1000,
    FIELD_NAME_MAX = 64, /* bytes */
};

enum clause_kind { CLAUSE_WORD, CLAUSE_EXACT, CLAUSE_FIELD, CLAUSE_DATES };

struct clause {
    enum clause_kind kind;
    const char *text; /* without operators, quotes and escapes; of a field its value */
    size_t text_len;
    size_t start; /* the byte of the query at which it begins */
    bool is_quoted;
    bool is_excluded; /* stands under a minus */
    bool is_soft;     /* a word that ranks and is no condition */
    bool is_empty;    /* yields nothing that could be looked for (a lone punctuation mark outside
                         quotes); such a clause is never a condition */
    bool is_unknown_field; /* a word that reads like a field (abc:def) which the index has not */
    uint32_t *folded;      /* the folded text of the clause, n_folded code points */
    size_t n_folded;
    const char *name;   /* CLAUSE_FIELD: in lower case, ended by a NUL */
    uint32_t low, high; /* CLAUSE_DATES: schema_date's, both included */
};

/* Looked for in the text of passages, not in what is said about their report? */
static inline bool clause_is_text(const struct clause *c)
{
    return c->kind == CLAUSE_WORD || c->kind == CLAUSE_EXACT;
}

enum query_node_kind { NODE_CLAUSE, NODE_NOT, NODE_AND, NODE_OR, NODE_NEAR };

struct query_node {
    enum query_node_kind kind;
    size_t clause;   /* NODE_CLAUSE: which */
    size_t distance; /* NODE_NEAR: at most so many characters between its two children */
    struct query_node *first, *next; /* children, and the next child of the same parent */
};

struct query {
    struct arena arena; /* holds everything below */
    const char *text;
    size_t text_len;
    struct clause *clauses; /* in the order of the text */
    size_t n_clauses;
    struct query_node *root; /* a NODE_AND */
};

/* Says whether reports have a field of this name (lower case). */
struct query_fields {
    bool (*has)(void *context, const char *name, size_t n);
    void *context;
};

/* Parses text into *out. STATUS_BAD_INPUT points at the place ("query:5: quote is not closed",
 * counted in characters from 1); it is also the answer to a query without anything to look for, one
 * that only excludes, one that is not UTF-8, and one past the limits. On failure *out is empty; release it in any case.
 * query_parse knows the fields title, path, id, year and date only. */
enum status query_parse(const char *text, size_t n, struct query *out, struct error *err);
enum status query_parse_with(const char *text, size_t n, const struct query_fields *fields,
    struct query *out, struct error *err);
void query_release(struct query *q);

/* Makes each word and quoted text that was a condition a soft word, keeping exclusions, fields and
 * dates. False, and *q unchanged, where nothing was to be relaxed or nothing would be left. */
bool query_relax(struct query *q);

/* Does a text condition or word that is not excluded stand below the node? Fields and dates are
 * none. */
bool query_node_has_text(const struct query *q, const struct query_node *node);

#endif
