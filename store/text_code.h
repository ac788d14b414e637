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
#include <stdint.h>

#include "common/buf.h"

/* Appends the code of any n bytes, at most TEXT_CODE_BOUND(n) of them; false when there is no room. */
#define TEXT_CODE_BOUND(n) (2 * (n) + 2)
bool text_code_encode(const char *text, size_t n, struct buf *out);

/* Appends the text of n bytes of code, at most three times as many. False when they are no code, or there is no
 * room. */
bool text_code_decode(const char *code, size_t n, struct buf *out);

/* Where in its code a text stands, so that parts of it can be decoded alone: a question looks at one
 * passage of a hundred, and the map is made in a third of the time that decoding them all takes. */
struct text_code_map {
    const uint8_t *code, *end; /* borrowed */
    struct buf steps, lines;   /* private, and n_lines places in the text of its line ends */
    size_t n_text, n_lines;
};
void text_code_map_init(struct text_code_map *m, size_t n_max); /* bytes of code */
void text_code_map_release(struct text_code_map *m);
/* False when it is no code, or memory is out (*is_no_memory). */
bool text_code_map_make(struct text_code_map *m, const char *code, size_t n, bool *is_no_memory);
static inline const uint32_t *text_code_map_lines(const struct text_code_map *m)
{
    return (const uint32_t *)(const void *)m->lines.data;
}
/* Decodes bytes from..from + n of the text, n > 0, all of which there must be. */
void text_code_map_read(const struct text_code_map *m, size_t from, size_t n, char *out);

#endif
