// SPDX-License-Identifier: GPL-2.0-or-later
/* The shape of the generated tables (fold_table.c, reading_table.c); for fold.c and folded_text.c
 * only.
 *
 * fold_blocks holds a number for each code point, in blocks of 128 of which equal ones are stored
 * once. A number below FOLD_TARGETS is an enum char_class, and the character folds to itself; any
 * other is an index into fold_targets, whose entry says it all. So the characters of simplified
 * text touch two bytes each. */
#ifndef DUAN_TOKENIZER_TABLES_H
#define DUAN_TOKENIZER_TABLES_H

#include <stdint.h>

#include "tokenizer/fold.h"

enum {
    TABLE_BLOCK = 128,
    FOLD_TARGETS = CHAR_EMOJI + 1,
    FOLD_CP_MASK = (1 << 21) - 1,
    FOLD_CLASS_SHIFT = 24,
    FOLD_CLASS_MASK = 15,
    FOLD_EXPANDS = 1 << 28,
    READING_MAX = 7, /* "zhuang" and a NUL */
};

extern const uint32_t fold_first_expansion; /* from this number on a character expands */
extern const uint16_t fold_block_of[];      /* code point / 128 -> block */
extern const uint16_t fold_blocks[];
extern const uint32_t fold_targets[]; /* packed; the first FOLD_TARGETS without code point */
extern const uint16_t
    fold_expansion_at[]; /* where an expansion starts in fold_expansions, and one end more */
extern const uint32_t fold_expansions[];

/* A number up to n_reading_syllables is a syllable (0: no reading); any other, less that and one,
 * is where a list of syllables starts in reading_sets, which a 0 ends. */
extern const uint32_t reading_limit; /* code points from here on have none */
extern const uint32_t n_reading_syllables;
extern const char reading_syllables[][READING_MAX];
extern const uint16_t reading_block_of[];
extern const uint16_t reading_blocks[];
extern const uint16_t reading_sets[];
extern const uint32_t common_bits[]; /* U+4E00 to U+9FFF, a bit each */

static inline uint32_t fold_number(uint32_t cp)
{
    return fold_blocks[(uint32_t)fold_block_of[cp / TABLE_BLOCK] * TABLE_BLOCK + cp % TABLE_BLOCK];
}

/* Representative and class of a code point up to 0x10FFFF in one number, packed as the masks above say. Without a branch,
 * since in traditional text none would be foreseeable. */
static inline uint32_t fold_look_up(uint32_t cp)
{
    uint32_t number = fold_number(cp);
    return fold_targets[number] + (number < FOLD_TARGETS ? cp : 0);
}

static inline enum char_class fold_class(uint32_t packed)
{
    return (enum char_class)(packed >> FOLD_CLASS_SHIFT & FOLD_CLASS_MASK);
}

#endif
