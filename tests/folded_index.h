// SPDX-License-Identifier: GPL-2.0-or-later
/* An index of real texts, and beside it every passage folded, for tests that compare the engine with
 * a plain scan. */
#ifndef DUAN_TESTS_FOLDED_INDEX_H
#define DUAN_TESTS_FOLDED_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/index.h"

struct folded_index {
    char *dir;
    struct index *ix;
    char *text;      /* folded passages in UTF-8, each ended by a NUL */
    size_t *starts;  /* n + 1 */
    uint32_t *dates; /* of each passage's report */
    size_t n;
};

/* The folder of CORPORA. */
const char *corpora_path(void);

/* Indexes what `paths` names, words of a shell command; false where the index cannot be made. It must
 * come out as one segment. */
bool folded_index_open(struct folded_index *f, const char *paths);
void folded_index_close(struct folded_index *f);

/* Passage i, folded, and its length. */
const char *folded_index_text(const struct folded_index *f, size_t i, size_t *n);

/* A random number, from SEED or the clock, printed by the first call of random_seed. */
void random_seed(void);
size_t random_below(size_t n);

/* Draws a piece of 1 to max_chars characters of some passage, at most PIECE_MAX - 1 bytes and a NUL;
 * false when the place drawn does not allow one: it begins or ends in a blank, or is not its own folded text. */
enum { PIECE_MAX = 1024 };
bool folded_index_draw(
    const struct folded_index *f, size_t max_chars, bool only_han, char piece[PIECE_MAX]);

/* Writes the piece in quotes, its own escaped. */
void quote_piece(const char *piece, char out[2 * PIECE_MAX + 3]);

#endif
