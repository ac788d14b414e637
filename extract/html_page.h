// SPDX-License-Identifier: GPL-2.0-or-later
/* A page in the making: paragraphs as they are met, and what of them is text once all are.
 *
 * A row of a table is one of data, "cell | cell", when each of its cells is short and holds at most a few paragraphs and no table;
 * otherwise the table lays the page out, and its cells' paragraphs stand for themselves. Furniture (inside <nav>, <footer> and the
 * like, hidden, or one of HTML_MENU_MIN and more paragraphs in a row that are nothing but links) is dropped where what remains is
 * HTML_TEXT_MIN characters and more; a page that has nothing else is given whole. Hidden text within a paragraph that is seen
 * always goes.
 *
 * Cells stand in their columns: those that a cell spans, in its row and in the rows below, are empty ones. The lines of a <pre>
 * are paragraphs, but for those that go on (html_lines.h). A blank parts the paragraphs of a cell, but none what <br> breaks in a
 * table's first row (地区生产<br>总值), or character by character (备<br>注), beside Han. */
#ifndef DUAN_EXTRACT_HTML_PAGE_H
#define DUAN_EXTRACT_HTML_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "extract/document.h"
#include "extract/html_lines.h"

enum {
    HTML_MENU_MIN = 4,
    HTML_TEXT_MIN = 100,
    HTML_CELL_CHARS_MAX = 400,
    HTML_CELL_PARAGRAPHS_MAX = 3,
    HTML_HEADING_CHARS_MAX = 80,
    HTML_COLUMNS_MAX = 64,     /* columns further right know of no cells that span others */
    HTML_TABLE_DEPTH_MAX = 64, /* deeper tables are not told apart from their cells */
};

enum html_evidence { HTML_TITLE, HTML_TITLE_STATED, HTML_DATE, HTML_AUTHOR, HTML_EVIDENCE };

struct html_paragraph {
    size_t start, n, n_chars, n_link_chars; /* of text */
    enum block_kind kind;
    unsigned level, cell; /* cell: its column, from 1 */
    struct html_line line;
    bool is_furniture, after_break; /* begun by <br> */
};

struct html_page {
    enum status status; /* STATUS_NO_MEMORY once it was out; calls then do nothing */
    struct buf text, paragraphs /* of struct html_paragraph */, evidence[HTML_EVIDENCE];
    struct html_paragraph now; /* under way */
    bool is_blank_due, is_line_end_due;
    bool is_heading; /* under way, with nothing but lines so far */
    size_t heading;  /* its first paragraph */
    /* Of an item, before the next paragraph; the parser's to write and to clear. */
    struct buf number;
    struct {
        size_t first_paragraph; /* of the row */
        /* The column of the cell under way, and how many it spans. */
        unsigned cell, n_columns;
        /* Rows for which each column is taken, from this one on. */
        uint16_t n_taken[HTML_COLUMNS_MAX];
        bool is_row, holds_table, has_rows;
    } tables[HTML_TABLE_DEPTH_MAX];
    unsigned depth;    /* of tables; only those up to the maximum are kept */
    size_t first_line; /* of the outermost <pre> */
    unsigned n_pre;    /* open */
    unsigned n_blanks; /* columns of blank before the next character there */
};

static inline struct html_paragraph *html_page_paragraphs(const struct html_page *p)
{
    return (struct html_paragraph *)(void *)p->paragraphs.data;
}

static inline size_t html_page_n(const struct html_page *p)
{
    return p->paragraphs.len / sizeof(struct html_paragraph);
}

void html_page_init(struct html_page *p);
void html_page_release(struct html_page *p);

void html_page_evidence(struct html_page *p, enum html_evidence what, const char *text, size_t n);
void html_page_text(
    struct html_page *p, const char *text, size_t n, bool is_link, bool is_furniture);
/* Ends the paragraph under way, of that kind, behind the number that is due, unless it begins with one of its own (whose page
 * lets its style sheet leave out the browser's); html_page_break one of text. */
void html_page_end(struct html_page *p, enum block_kind kind, unsigned level);
void html_page_break(struct html_page *p);
/* The lines of a heading become one paragraph, unless they are more than HTML_HEADING_CHARS_MAX: then only the last is a heading,
 * for a page may have all of its text in one. */
void html_page_heading_begin(struct html_page *p);
void html_page_line_break(struct html_page *p);
void html_page_heading_end(struct html_page *p, unsigned level);

void html_page_table_begin(struct html_page *p);
void html_page_row_begin(struct html_page *p);
/* A group of rows begins or ends: no cell spans both sides. */
void html_page_rows(struct html_page *p);
/* A cell of so many columns and rows; 0 rows are all that follow. */
void html_page_cell_begin(struct html_page *p, unsigned n_columns, unsigned n_rows);
void html_page_cell_end(struct html_page *p);
void html_page_row_end(struct html_page *p);
void html_page_table_end(struct html_page *p);

void html_page_pre_begin(struct html_page *p);
void html_page_pre_end(struct html_page *p);

/* Hands everything out. */
enum status html_page_give(
    struct html_page *p, const struct document_sink *sink, struct error *err);

#endif
