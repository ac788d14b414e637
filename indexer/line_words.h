// SPDX-License-Identifier: GPL-2.0-or-later
/* What the words of a short line make of it: furniture that a web page leaves around its text, a label before a date or
 * a source, the name of who signs. Read on the folded text.
 *
 *   【字号：加大 还原 减小】 分享到 | 打印    furniture: nothing but words of that kind
 *   来源：云陵日报                            a label, and furniture by what it begins with
 *   市长沈若川, 记者 沈若川                    a byline
 *
 * A line is folded only when its first or last character could make it one of these. */
#ifndef DUAN_INDEXER_LINE_WORDS_H
#define DUAN_INDEXER_LINE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct line_words {
    bool is_furniture; /* nothing but furniture */
    /* Says whence the text comes, who edited it, what else there is: is read, does not rank. */
    bool is_provenance;
    bool is_label;       /* 来源：… 发布时间：… 主题词：… */
    bool is_byline;      /* an office and a name */
    bool is_call;        /* 各位代表： speaks to someone, and leads to no list */
    bool opens_appendix; /* 附件1 名词解释: what follows belongs to no section before */
};

/* Judges text[0..n), a short line without blanks around it, n > 0. */
void line_words_read(struct line_words *out, const char *text, size_t n);

/* Does a line of any length begin with such a call: 各位代表，让我们… ? */
bool line_words_begin_call(const char *text, size_t n);

#endif
