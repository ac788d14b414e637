// SPDX-License-Identifier: GPL-2.0-or-later
/* What one line of text tells about itself: how wide, how it opens, how it ends. Lines are what
 * passages are joined from (passage.h), headings known by (heading.h) and titles found in
 * (title.h). */
#ifndef DUAN_INDEXER_LINE_H
#define DUAN_INDEXER_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/section.h"

enum line_ending {
    LINE_ENDS_PLAIN, /* nothing says that a thought ended */
    LINE_ENDS_SENTENCE, /* 。！？… or a closing tag, closing quotes and brackets behind it or not */
    LINE_ENDS_CLAUSE, /* ； */
    LINE_ENDS_COLON,
    LINE_ENDS_COMMA, /* ，、 */
};

struct line {
    /* Of a line longer than LINE_SCAN_BYTES both are those of its start. */
    unsigned width;   /* columns, indent included: Han and full width forms count 2 */
    unsigned n_chars; /* injected readings 會(huì ) are not counted */
    unsigned
        head_width; /* columns of what a wrap leaves whole at its start: a character, a number, a word of letters */
    struct opener opener;
    enum line_ending ending;
    bool is_blank;
    bool is_page_end;    /* blank, and a form feed */
    bool is_long;        /* longer than LINE_SCAN_BYTES */
    unsigned first_stop; /* characters up to the first 。！？, with it; 0 for none */
    bool has_inner_stop; /* 。！？； before its end */
    bool has_comma;
    bool has_inner_colon;
    bool starts_closing; /* with a stop or a closing bracket, which can only belong to what went
                            before */
    bool starts_aside;   /* with a bracket, a dash or a tag: a date line, a subtitle, markup */
    bool is_opening;     /* an opening bracket and nothing else: torn off the next line */
    bool is_indented;    /* by U+3000: how Chinese opens a paragraph */
    bool is_table;       /* box drawing, or a row: */
    unsigned n_cells;    /* of a row of cells parted by | or tabs; 0 for none */
    bool is_rule;        /* |---|---| of a Markdown table: belongs to the row above */
    bool is_bold;        /* **…** alone on its line */
    bool is_bullet;      /* "- ", "* ", "+ ", "> " */
    bool is_dashed;      /* an item by a dash or a dot before it: —— • ● ■ */
    bool is_fence;       /* ``` or ~~~ */
    bool is_bare_opener; /* a numbering and nothing else: 一、 torn off its text */
    bool is_fragment;    /* up to LINE_FRAGMENT_CHARS, and nothing that says what they are */
    bool has_middle_dot; /* ·, as in names from other languages */
    unsigned tail_chars; /* characters behind the first blank inside it; 0 for none (省长 王某某) */
    /* Of a line of up to LINE_WORD_CHARS: */
    bool is_furniture;   /* line_words.h, or: */
    bool is_page_mark;   /* page_mark.h */
    bool is_provenance;  /* likewise */
    bool is_label;       /* likewise */
    bool is_byline;      /* likewise: 市长沈若川 */
    bool is_call;        /* likewise: 各位代表： */
    bool begins_call;    /* of a line of any length: 各位代表，让我们… */
    bool opens_appendix; /* likewise: 名词解释 */
    bool ends_in_date;   /* with its day: 云陵市统计局　2023年3月28日 */
};

enum { LINE_SCAN_BYTES = 4096, LINE_WORD_CHARS = 40, LINE_FRAGMENT_CHARS = 3 };

/* Judges text[0..n), one line without or with its line end. */
void line_read(struct line *out, const char *text, size_t n);

/* Is this the line of a list: numbered, or behind a dash or bullet? */
static inline bool line_is_item(const struct line *l)
{
    return l->opener.level != OPENER_NONE || l->is_bullet || l->is_dashed;
}

/* Lines that were read once and will be asked for again: those with an end, from the start of a text. */
enum { SEEN_LINES_MAX = 1024 };
struct seen_line {
    size_t at, len; /* in that text, with its end */
    struct line line;
};
struct seen_lines {
    size_t n, next;
    struct seen_line lines[SEEN_LINES_MAX];
};

/* The length of the line at text[0..n) with its end: \n, \r\n, \r\r\n, \r, form feed, vertical tab, U+0085,
 * U+2028, U+2029. 0 when no end is among the n bytes, or when more bytes could belong to it (\r at
 * the very end) and !is_last. */
size_t line_length(const char *text, size_t n, bool is_last);

/* How many lines of an editor end in text[0..n): \n, \r\n and \r count. *after_cr says whether the
 * byte before was \r, and then whether the last one is. */
size_t line_count(const char *text, size_t n, bool *after_cr);

#endif
