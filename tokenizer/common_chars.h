// SPDX-License-Identifier: GPL-2.0-or-later
/* The shape of the generated table (common_chars_table.c); for detect.c and
 * store/text_code.c, whose codes follow from it: other figures need another SEGMENT_FORMAT.
 *
 * For each character from U+4E00 to U+9FFF the bits it costs in Chinese text of either script,
 * which is -log2 of its probability, less COMMON_COST_MIN, in four bits: the even code point of a
 * pair in the low half. */
#ifndef DUAN_TOKENIZER_COMMON_CHARS_H
#define DUAN_TOKENIZER_COMMON_CHARS_H

#include <stdint.h>

enum { COMMON_FIRST = 0x4E00, COMMON_LAST = 0x9FFF, COMMON_COST_MIN = 6 };

extern const uint8_t common_chars[];

#endif
