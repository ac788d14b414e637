// SPDX-License-Identifier: GPL-2.0-or-later
/* The signs of a query, one at a time: what begins here, and where does a word or a quote end?
 * query.h has the rules. */
#ifndef DUAN_SEARCH_QUERY_LEXER_H
#define DUAN_SEARCH_QUERY_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "search/query.h"

struct lexer {
    const char *text; /* n bytes; must outlive the lexer */
    size_t n, at;
    char *room; /* where the texts of clauses are copied to: n bytes are enough for all of them */
    struct error *err;
};

enum lexeme { LEX_END, LEX_OPEN, LEX_CLOSE, LEX_BAR, LEX_OR, LEX_NEAR, LEX_QUOTE, LEX_WORD };

/* Skips white space and ignored characters, and says what begins behind them; *len is the length of an operator. */
enum lexeme lexer_look(struct lexer *l, size_t *len);

/* Takes a minus that excludes what follows it. */
bool lexer_take_minus(struct lexer *l);

/* Takes the name of a field and its colon: writes the name, folded and ended by a NUL, and returns
 * its length; 0 where no field begins. */
size_t lexer_take_field(struct lexer *l, char name[FIELD_NAME_MAX]);

/* Take a word, or a quoted text: the piece, without quotes and escapes, is at *out. A word may be
 * empty. */
enum status lexer_take_word(struct lexer *l, const char **out, size_t *n);
enum status lexer_take_quoted(struct lexer *l, const char **out, size_t *n);

/* The number of a NEAR operator of `len` bytes at l->at. */
enum status lexer_near_distance(struct lexer *l, size_t len, size_t *out);

/* Sets "query:<place>: <message>", the place being that of a byte of the query. */
enum status lexer_fault(const struct lexer *l, size_t byte, const char *message);

#endif
