// SPDX-License-Identifier: GPL-2.0-or-later
/* The tokenizer: what terms are in this text, and where.
 *
 * Walks the folded text (folded_text.h). A *run* is a stretch of CHAR_HAN; a *word* one of letters and digits.
 *   中国经济     中国 国经 经济, and in index mode the last character alone: 济. So each character of a
 *                run begins a term, and a one-character query is a walk over the terms that begin with it.
 *                (Not all of these are posted: store/passage_tokens.h.)
 *   GDP 2112.8   gdp, 2112.8: whole words. `.` stays between digits, `,` between one to three digits and
 *                exactly three, in either width: 2,112.8.
 *   9.7% C++ C#  the word, and the word with its sign: 9.7 9.7%, c c++, c c#. Signs are % ‰ behind a number,
 *                ++ behind a letter, # behind either.
 *   2023年 A股   the word, and it joined with its neighbour: 2023 2023年, a a股. 年2020 gives 年2020 and 2020.
 *   202*年       a masked number is a word as it stands: 202* 202*年, 2112.* 2112.*亿. An asterisk is a mask
 *                only in a stretch of digits, points and asterisks that holds a digit. Markdown's bold is none:
 *                a `**` at either end of the stretch, with another `**` near by in the same line
 *                (`**2023年**`), and mostly it vanishes before that (emphasis.h). Masked or not, a trailing point is no part of a number (`1.实施`).
 *   🙂           an emoji is a term.
 * No bigram across punctuation, a space, a word, or the end of the text. No stop list.
 *
 * A word longer than TOKENIZER_WORD_MAX bytes is cut into pieces of that length, each a token, so that nothing
 * is lost and no term passes Xapian's limit. The tokenizer allocates nothing. */
#ifndef DUAN_TOKENIZER_TOKENIZER_H
#define DUAN_TOKENIZER_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tokenizer/folded_text.h"

/* Changes whenever the same text gives other terms; each segment carries it, and a reader refuses
 * another. */
enum { ANALYZER_VERSION = 6 };

enum { TOKENIZER_WORD_MAX = 64, TOKENIZER_TERM_MAX = TOKENIZER_WORD_MAX + 16 };

enum tokenizer_mode {
    TOKENIZER_INDEX,
    TOKENIZER_QUERY, /* without the last character of a run of two or more */
};

enum token_kind {
    TOKEN_BIGRAM,
    TOKEN_SINGLE, /* the last character of a run; in query mode only when it is the whole run */
    TOKEN_WORD,   /* letters and digits, masked numbers, emoji */
    TOKEN_JOINED, /* a word with the Han character or the sign it touches */
};

struct token {
    const char *term; /* UTF-8, folded; in the tokenizer, until the next call */
    size_t term_len;
    size_t start, end; /* bytes of the text given to tokenizer_init, before folding */
    size_t position;   /* ordinal of the first character in the folded text: for distances */
    /* The term's first and, of a bigram, second character; else second_cp is 0. */
    uint32_t first_cp;
    uint32_t second_cp;
    enum token_kind kind;
    bool is_masked; /* the word holds an asterisk */
};

/* What the last character of a word was. */
enum word_part { WORD_NONE, WORD_LETTER, WORD_DIGIT, WORD_MASK, WORD_POINT };

/* A tokenizer lives on the caller's stack; its parts are private. */
enum { TOKENIZER_QUEUE = 3 };
struct tokenizer {
    struct folded_text text;
    enum tokenizer_mode mode;
    /* The next character to look at; all tokens of those before it are out or queued. */
    struct folded_char ahead;
    bool has_ahead;
    bool is_inside_run;            /* `ahead` is not the first of its run */
    size_t position;               /* of `ahead` */
    struct folded_char han_before; /* the end of a run that touches `ahead` */
    bool has_han_before;
    enum word_part last; /* of the word that `ahead` goes on with */
    int group; /* digits since the word's start or its last comma; -1: and something else */
    size_t no_mask_before; /* asterisks before this offset are known to be none */
    struct token queue[TOKENIZER_QUEUE];
    int queue_at, queue_len;
    char terms[TOKENIZER_QUEUE][TOKENIZER_TERM_MAX];
};

void tokenizer_init(struct tokenizer *t, enum tokenizer_mode mode, const char *text, size_t n);

/* Reads the next token into *out and returns true, or returns false at the end of the text and
 * leaves *out alone. Cannot fail. Tokens come in order of their start. */
bool tokenizer_next(struct tokenizer *t, struct token *out);

/* The short way through runs of common characters and the marks between them, for an indexer. Puts characters into cps and
 * returns how many, at most max; cps, which holds max + 1, has one more behind them. A mark is 0. What tokenizer_next
 * would have given in index mode is, of each of them that is not 0, the bigram of it and the next, or where the next is 0
 * the single: 中国，年 is 中 国 0 年, and 中国 and 国 if three are returned. 0 where it is tokenizer_next's turn. */
size_t tokenizer_next_runs(struct tokenizer *t, uint32_t *cps, size_t max);

#endif
