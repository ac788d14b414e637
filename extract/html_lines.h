// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of a <pre>: paragraphs of their own, but for those of a text that was broken at a width, as courts and Taiwan's laws
 * have it. A line that fills the width, ends in no stop and has no columns goes on with the next, unless that comes behind a
 * blank line or begins with a number.
 *
 *     第 二 條    本法所稱主管機關：在中央為內政部；在直轄市為
 *                 直轄市政府。                                  one paragraph, of 56 columns and the next line
 */
#ifndef DUAN_EXTRACT_HTML_LINES_H
#define DUAN_EXTRACT_HTML_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum { HTML_LINE_COLUMNS_MIN = 40, HTML_LINE_COLUMNS_MAX = 120 };

struct html_line {
    unsigned n_columns; /* 0 outside of <pre>; a Han character has two */
    unsigned n_gaps;    /* runs of blanks inside, as they part columns */
    bool is_parted;     /* a blank line is before it */
};

/* One more character of a line, behind so many columns of blanks. */
void html_line_char(struct html_line *l, unsigned n_blanks, bool is_wide);

/* How many lines of prose, with a comma or stop, by columns; and those that end in no stop. */
struct html_line_widths {
    unsigned n_lines[HTML_LINE_COLUMNS_MAX + 1], n_text[HTML_LINE_COLUMNS_MAX + 1];
    unsigned n, n_wider; /* of all lines; those wider than all counted */
};

void html_line_measure(
    struct html_line_widths *w, const struct html_line *l, const char *text, size_t n);
/* The width at which lines are broken; 0: they are not. */
unsigned html_line_width(const struct html_line_widths *w);

/* Does line b go on with line a, before it? The texts are trimmed and not empty. */
bool html_line_goes_on(unsigned width, const struct html_line *a, const char *a_text, size_t a_n,
    const struct html_line *b, const char *b_text, size_t b_n);

#endif
