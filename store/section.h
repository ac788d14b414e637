// SPDX-License-Identifier: GPL-2.0-or-later
/* How Chinese headings open, and what is shown of one in a section path.
 *
 * An *opener* is the numbering at the start of a line. Its level orders headings, 1 outermost:
 *
 *   1  第一部分                        6  一、
 *   2  第一编 篇                       7  （一） ㈠
 *   3  第一章                          8  1. 1、 1．  第一，
 *   4  第一节, then 第一款, 第一目        9  （1） 1） ① ⑴  一是 二要
 *   5  第一条, 第 15-1 條, 第十条之二
 *
 * Read on the folded text, so that 編篇節條, full width forms and injected readings need no rule of
 * their own. A digit may be masked (`*.`, `1*.`): its value is then unknown. What makes an opened
 * line a heading or a mere item of a list depends on its neighbours: indexer/heading.h decides
 * that. */
#ifndef DUAN_STORE_SECTION_H
#define DUAN_STORE_SECTION_H

#include <stdbool.h>
#include <stddef.h>

enum opener_level {
    OPENER_NONE,
    OPENER_PART,
    OPENER_BOOK,
    OPENER_CHAPTER,
    OPENER_SECTION,
    OPENER_ARTICLE,
    OPENER_HAN,
    OPENER_HAN_BRACKETED,
    OPENER_NUMBER,
    OPENER_NUMBER_BRACKETED,
};

struct opener {
    enum opener_level level;
    unsigned value; /* the ordinal; 0 where masked */
    unsigned depth; /* within its level: of 第一款 1, 第一目 2, which part a 节 in Taiwan; else 0 */
    unsigned n_hashes; /* of a Markdown heading; 0 for none */
    size_t start,
        end;     /* bytes of the numbering itself, without # and ** before it and blanks behind */
    size_t text; /* where the text behind the numbering begins; n when there is none */
};

/* Reads the opener of a line: false, and *out all zero but for n_hashes and text, when it opens
 * with none. */
bool opener_parse(const char *line, size_t n, struct opener *out);

enum { SECTION_LABEL_CHARS = 60, SECTION_LABEL_MAX = SECTION_LABEL_CHARS * 4 + 4 };

/* What of a heading passage is shown in a section path, as UTF-8: `第一条` of an article with its
 * text, else the clean text of its first line without # and **, at most SECTION_LABEL_CHARS
 * characters and then `…`. Of text that leads to a list (…：) it is the last sentence, of （二）… with its text the
 * first, of a table's
 * row the line without the | at its ends. Returns the length. */
size_t section_label(const char *text, size_t n, char out[SECTION_LABEL_MAX]);

#endif
