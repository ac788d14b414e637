// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of a page of PDF with their places, in reading order, and which of them are cells of one row.
 *
 * poppler finds words and blocks; it writes what it takes for a line without the gaps between the cells of a table
 * (`七、1` and `12,345.60` as 七、112,345.60), and the cells of a row apart from each other. So a line is parted where
 * the next character is far to the right and no blank stands between, or at a blank behind which lines near it begin; and lines
 * are read from the top to the foot, those beside each other as a row. Two columns of running text are read one behind the other
 * (pdf_columns.c); where running text still stands beside running text, poppler's order stays. */
#ifndef DUAN_EXTRACT_PDF_PAGE_H
#define DUAN_EXTRACT_PDF_PAGE_H

#include <glib.h>
#include <poppler.h>
#include <stdbool.h>

enum { PDF_ROW_LINES_MAX = 64 };

struct pdf_line {
    const char *text;              /* in the page's, n bytes */
    const PopplerRectangle *boxes; /* of each character */
    size_t n, n_chars;
    double left, right, top, bottom, size; /* points; size: the height of most of its characters */
    bool has_leader; /* ends as a line of a table of contents does, in ...... 12 */
    bool is_upright; /* not turned */
    bool is_foot;    /* recurs at the foot of pages */
    bool
        is_running; /* a line like the one before or behind it: of a paragraph several lines long */
    guint row;      /* lines behind each other that have the same stand in one row */
    guint column;   /* 1, 2: of two of running text; 0: over both, or there are none */
};

struct pdf_page {
    char *text;
    PopplerRectangle *boxes;
    GArray *lines; /* of struct pdf_line, none blank */
    double width;
};

/* Where the lines of two columns of running text begin and end, in points; all 0 where none were met. */
struct pdf_columns {
    double left[2], right[2];
};

/* poppler's lines, parted; `row` and `column` are not set. */
void pdf_page_read(struct pdf_page *p, PopplerPage *page);
void pdf_page_release(struct pdf_page *p);
/* Puts the lines in reading order and finds the rows, PDF_ROW_LINES_MAX lines each at most. known: the columns of the pages before;
 * becomes those of this page where it has some. */
void pdf_page_order(struct pdf_page *p, struct pdf_columns *known);
/* Puts lines that stand from the top to the foot in the order of two columns; false where there are none. */
bool pdf_page_order_columns(struct pdf_page *p, struct pdf_columns *known);

/* Where the row ends that line `first` is of: behind that line where it is the last or the only one. */
guint pdf_row_end(const struct pdf_page *p, guint first);

/* At which line the notes at the foot of the page begin, or how many lines there are: smaller than most of its text, and behind a
 * number or sign; or what recurs there. */
guint pdf_page_notes(const struct pdf_page *p);
/* Does it begin as a note does: 1, ①, [1], *, ※, 注? */
bool pdf_line_is_note(const struct pdf_line *line);

/* The parts of a line before and behind the blank that it has from `right` to `left` or near there, or the mark that hangs over `right`
 * up to `left`; false where it has neither. */
bool pdf_line_cut(const struct pdf_line *line, double right, double left, struct pdf_line parts[2]);

/* Do they stand side by side, each at least by half as high as the other? */
bool pdf_line_is_beside(const struct pdf_line *a, const struct pdf_line *b);

/* Is it what stands before an item, a bullet, 1., （一）or 第三条? */
bool pdf_line_is_label(const struct pdf_line *line);

static inline struct pdf_line *pdf_page_line(const struct pdf_page *p, guint i)
{
    return &g_array_index(p->lines, struct pdf_line, i);
}

#endif
