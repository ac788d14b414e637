// SPDX-License-Identifier: GPL-2.0-or-later
/* White space: what of it is the text's, and what a wrap or spacing. For folded_text.c only. */
#ifndef DUAN_TOKENIZER_BLANK_H
#define DUAN_TOKENIZER_BLANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blank {
    size_t end;     /* of the white space and the ignored characters in it */
    bool has_break; /* a line ends in it */
    bool joins;     /* stands where text is written without blanks: a wrap, or spacing */
    bool ends_text;
};

/* `at` is at white space, after_han says what is before it. A blank line or U+2029 ends a
 * paragraph, so it joins nothing. */
struct blank blank_at(const char *text, size_t n, size_t at, bool after_han);

/* What stands on one side of white space, by how little it wants a blank there. */
enum side {
    SIDE_APART,  /* frames, pictures, marks of Markdown: no running text */
    SIDE_NARROW, /* letters, and the marks of text with blanks */
    SIDE_DIGIT,
    SIDE_SHARED, /* “ ” ‘ ’ — … · of Chinese and of other languages */
    SIDE_WIDE,   /* CHAR_HAN, and marks of Chinese alone */
};

enum side side_of(uint32_t cp, uint32_t packed);

#endif
