// SPDX-License-Identifier: GPL-2.0-or-later
/* The number of a page, alone on its line, as it stays in text that was taken from pages: — 3 —, 第 3 页 共 20 页, 3 / 20. A bare
 * number is one where the page ends behind it; else it may be a row's. */
#ifndef DUAN_INDEXER_PAGE_MARK_H
#define DUAN_INDEXER_PAGE_MARK_H

#include <stdbool.h>
#include <stddef.h>

/* text[0..n) is one line, with blanks around it or none. */
bool is_page_mark(const char *text, size_t n);

enum { PAGE_MARK_AHEAD = 64 }; /* bytes */
/* Is the line text[0..n_line) a bare number, and the end of the page in the first bytes of the rest? */
bool is_bare_page_mark(const char *text, size_t n, size_t n_line);

/* Of a paragraph that goes on over the ends of pages: their marks become blanks, */
void page_marks_blank(char *text, size_t n);
/* and of line ends with nothing between, and text behind, all but the last. Two would be a paragraph's end to the folded text. */
void line_ends_close_up(char *text, size_t n);

#endif
