// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers as a word processor writes them before the items of its lists: 3 is 三, ③, iii, C, 丙, 叁.
 *
 * What a document generates stands nowhere in its text, and a section would lose its number. */
#ifndef DUAN_EXTRACT_NUMBERING_H
#define DUAN_EXTRACT_NUMBERING_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

enum number_style {
    NUMBER_NONE, /* nothing, or a bullet */
    NUMBER_DECIMAL,
    NUMBER_DECIMAL_ZERO,
    NUMBER_FULL_WIDTH,
    NUMBER_UPPER_ROMAN,
    NUMBER_LOWER_ROMAN,
    NUMBER_UPPER_LETTER,
    NUMBER_LOWER_LETTER,
    NUMBER_CHINESE,        /* 十二, 一百二十三 */
    NUMBER_CHINESE_DIGITS, /* 一二, 一二三 */
    NUMBER_CHINESE_LEGAL,  /* 壹拾贰 */
    NUMBER_STEMS,          /* 甲乙丙 */
    NUMBER_BRANCHES,       /* 子丑寅 */
    NUMBER_CIRCLE,         /* ① to ㊿ */
    NUMBER_CIRCLE_CHINESE, /* ㊀ to ㊉ */
    NUMBER_FULL_STOP,      /* ⒈ to ⒛ */
    NUMBER_PAREN,          /* ⑴ to ⒇ */
};

enum { NUMBER_LEVELS = 9, NUMBER_AFFIX_MAX = 64 };

/* Of w:numFmt; decimal for those that are not known. */
enum number_style number_style_ooxml(const char *name, size_t n);
/* The same by the code that Word had for it before, in a .doc and in Word 2003 XML. */
enum number_style number_style_nfc(unsigned nfc);
/* Of style:num-format ("1", "a", "一, 二, 三, ..."). */
enum number_style number_style_odf(const char *name, size_t n);
/* Of a:buAutoNum, "ea1ChsPeriod"; what stands around its number goes to text, as to number_level's of level 1. */
enum number_style number_style_slide(const char *name, size_t n, const char **text);

/* Appends v. A value that the style has no sign for is decimal. False when there is no room. */
bool number_append(struct buf *out, enum number_style style, unsigned v);

/* Appends the blank that sets a number off from its text, but behind 、 ） ①, which set off by themselves. */
bool number_set_off(struct buf *number);

/* Does text begin with a number as lists have it: 1. （一） 三、 ③ 第二条? Not where digits go on, 3.5亿元, nor with a year. */
bool number_stands(const char *text, size_t n);

/* One level of a list. */
struct number_level {
    enum number_style style;
    unsigned start;
    unsigned
        restart; /* begins again behind an item of a level below this; its own number: of any above it; 0: never */
    bool is_legal;               /* all numbers of its text are decimal */
    char text[NUMBER_AFFIX_MAX]; /* "%1.%2、"; the rest as it stands */
};

/* Where the items of a list are: the number of the last item of each level, 0 before the first. */
struct number_state {
    unsigned at[NUMBER_LEVELS];
};

/* Steps to the next item on that level (from 0), deeper ones begin again as they say, and appends its text. */
bool number_next(struct number_state *s, const struct number_level levels[NUMBER_LEVELS],
    unsigned level, struct buf *out);

#endif
