// SPDX-License-Identifier: GPL-2.0-or-later
/* Text, coded so that it compresses: a Chinese character takes one byte or two, not UTF-8's three.
 *
 *   00..7f         itself
 *   80..d9         one of the 90 commonest characters, marks among them
 *   da..fe xx      one of the next 9,472: Han of either script, kana, full-width forms, marks
 *   ff n byte...   n bytes (1 to 255) as they stand: whatever has no code, UTF-8 or not
 *
 * Which character has which code follows from the table of common characters (tokenizer/
 * common_chars.h), and so never changes while SEGMENT_FORMAT stays. `第一条` is three bytes or four,
 * where it was nine. zstd then sees twice as much text in its window, matches of two characters,
 * and half the bytes: of laws and reports a block of 16 KB keeps 29.0 % instead of 36.3 %. */
#ifndef DUAN_STORE_TEXT_CODE_H
#define DUAN_STORE_TEXT_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

/* Appends the code of any n bytes, at most TEXT_CODE_BOUND(n) of them; false when there is no room. */
#define TEXT_CODE_BOUND(n) (2 * (n) + 2)
bool text_code_encode(const char *text, size_t n, struct buf *out);

/* Decodes n bytes of code into exactly n_text bytes at text; false when they are no code of so many.
 * What stands at text is then undefined. */
bool text_code_decode(const char *code, size_t n, char *text, size_t n_text);

#endif
