// SPDX-License-Identifier: GPL-2.0-or-later
/* Readings injected behind a character: 會(huì )議. For folded_text.c and its parts only. */
#ifndef DUAN_TOKENIZER_READING_H
#define DUAN_TOKENIZER_READING_H

#include <stddef.h>
#include <stdint.h>

enum { READING_LOOK_AHEAD = 24 }; /* bytes behind the character: `　（ zhuāng ）` and to spare */

/* The one judgement of what a bracketed reading is, for folding and cleaning alike. `at` is just
 * behind a CHAR_HAN that folds to folded_cp. Returns the offset behind its readings, several for a
 * 會(huì)(huì), and puts where the first one opens in *bracket; 0 when there is none. */
size_t readings_end(const char *text, size_t n, size_t at, uint32_t folded_cp, size_t *bracket);

#endif
