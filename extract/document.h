// SPDX-License-Identifier: GPL-2.0-or-later
/* What the parser of a foreign format is given, and what it gives out: bytes in, blocks of text out.
 *
 * Parsers run in a child process with limits (sandbox.h): memory, time and the number of open files
 * are bounded from outside; a parser bounds what it recurses on, and the size of one block, itself. It hands out what it
 * reads as it reads it, in reading order, nothing twice, nothing lost. The text of a block is UTF-8 (bytes that are not
 * come as U+FFFD), on one line (white space collapsed, no line end, no control characters), not empty. Where a paragraph goes on
 * over the end of a page a form feed (BLOCK_PAGE_END) stands inside it, one for each page, those without text too, in place of the blank.
 *
 * A .docx of a heading, a paragraph and a table of two rows gives
 *     HEADING 1 "一、总体要求"   TEXT "坚持稳中求进……"   ROW "指标 | 数值"   ROW "地区生产总值 | 2112.8亿元" */
#ifndef DUAN_EXTRACT_DOCUMENT_H
#define DUAN_EXTRACT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "tokenizer/decode.h"

enum block_kind {
    BLOCK_TEXT,    /* a paragraph */
    BLOCK_HEADING, /* of a level the document itself states */
    BLOCK_ITEM,    /* of a list that the document itself marks as one */
    BLOCK_ROW,     /* of a table: cells parted by " | ", empty ones too, but for those at its end */
    BLOCK_NOTE,    /* of a note or a comment, behind the text: under none of its headings */
};

#define BLOCK_PAGE_END '\f'

enum { BLOCK_BYTES_MAX = 1 << 20 }; /* a longer paragraph is cut into several blocks */

struct block {
    enum block_kind kind;
    uint8_t level; /* of a heading, 1 to 9; of a row 1 where it begins its table; 0 otherwise */
    uint32_t page; /* page, slide or sheet it begins on, from 1; 0 where the format has none */
    const char *text;
    size_t n;
};

/* May a block of that kind have that level? */
static inline bool block_may_have_level(enum block_kind kind, unsigned level)
{
    return kind == BLOCK_HEADING ? level >= 1 && level <= 9 : level <= (kind == BLOCK_ROW);
}

enum document_meta { META_TITLE, META_DATE, META_AUTHOR };

/* Where they go. Anything but STATUS_OK ends the parsing and is returned. */
struct document_sink {
    void *arg;
    enum status (*meta)(
        void *arg, enum document_meta what, const char *text, size_t n, struct error *err);
    enum status (*block)(void *arg, const struct block *b, struct error *err);
};

/* A whole file, borrowed for the call. */
struct document_input {
    const char *bytes;
    size_t n;
    /* Of HTML and the like where the caller knows it; else ENCODING_UNKNOWN. */
    enum encoding encoding;
};

/* A parser. STATUS_BAD_INPUT, with a message that says what is wrong in a few words ("damaged zip", "encrypted"), where
 * the file is not what it should be; blocks may have been given out before. */
typedef enum status document_parser(
    const struct document_input *in, const struct document_sink *sink, struct error *err);

#endif
