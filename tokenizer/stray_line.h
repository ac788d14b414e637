// SPDX-License-Identifier: GPL-2.0-or-later
/* A line in another encoding than its file's, as files have that were put together of several: read as the file's, a line of
 * GB18030 in UTF-8 is U+FFFD, and one of UTF-8 in GB18030 is 涓浗 for 中国. So is one that was read as Windows-1252 or Latin-1
 * before and written as UTF-8: ä¸­å›½, or of GB18030 ÖÐ¹ú. By the bits that its characters cost (char_cost.h) the right reading is
 * told, from four characters on that are not ASCII. */
#ifndef DUAN_TOKENIZER_STRAY_LINE_H
#define DUAN_TOKENIZER_STRAY_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "tokenizer/decode.h"

struct stray_line;

/* Appends the text of a line of a file of that encoding to *out, where it is likelier one of UTF-8, GB18030 or Big5; else false and
 * *out left alone, as where memory is out. *s is NULL at first, and is to be closed. */
bool stray_line_decode(
    struct stray_line **s, enum encoding of_file, const char *bytes, size_t n, struct buf *out);
/* Could something in this UTF-8 have been read as Windows-1252 before? Text of Chinese is not suspected. */
bool stray_line_is_suspect(const char *utf8, size_t n);
void stray_line_close(struct stray_line *s);

#endif
