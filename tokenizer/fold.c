// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/fold.h"

#include <stdbool.h>
#include <string.h>

#include "tokenizer/tables.h"

enum { CODE_POINT_MAX = 0x10FFFF, COMMON_FIRST = 0x4E00, COMMON_LAST = 0x9FFF };

struct fold fold_char(uint32_t cp)
{
    if (cp > CODE_POINT_MAX)
        return (struct fold){.cp = cp, .kind = CHAR_OTHER};
    uint32_t packed = fold_look_up(cp);
    struct fold fold = {.cp = packed & FOLD_CP_MASK, .kind = fold_class(packed)};
    if (packed & FOLD_EXPANDS) {
        const uint16_t *at = fold_expansion_at + (fold_number(cp) - fold_first_expansion);
        fold.expansion = fold_expansions + at[0];
        fold.n_expansion = (uint8_t)(at[1] - at[0]);
    }
    return fold;
}

static bool syllable_equals(uint32_t syllable, const char *letters, size_t n)
{
    const char *s = reading_syllables[syllable];
    size_t i = 0;
    while (i < n && s[i] &&
           s[i] == (letters[i] == 'v' ? 'u' : letters[i])) /* lv is how keyboards write lü */
        i++;
    return i == n && !s[i];
}

int reading_matches(uint32_t folded_cp, const char *letters, size_t n)
{
    if (folded_cp >= reading_limit)
        return 0;
    uint32_t block = reading_block_of[folded_cp / TABLE_BLOCK];
    uint32_t number = reading_blocks[block * TABLE_BLOCK + folded_cp % TABLE_BLOCK];
    if (number <= n_reading_syllables)
        return number && syllable_equals(number, letters, n);
    for (const uint16_t *s = reading_sets + (number - n_reading_syllables - 1); *s; s++) {
        if (syllable_equals(*s, letters, n))
            return 1;
    }
    return 0;
}

int char_is_common(uint32_t folded_cp)
{
    if (folded_cp < COMMON_FIRST || folded_cp > COMMON_LAST)
        return 0;
    uint32_t bit = folded_cp - COMMON_FIRST;
    return (int)(common_bits[bit / 32] >> bit % 32 & 1);
}
