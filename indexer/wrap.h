// SPDX-License-Identifier: GPL-2.0-or-later
/* Is this text hard-wrapped, and does the next line go on with the last one?
 *
 * Reports of today have a paragraph a line; Taiwan's older laws break lines at 64 columns in
 * mid-word and mix, in one file, wrapped articles with newer ones that are not; texts taken from
 * web pages are parted by blank lines and broken wherever a link stood. So the head of a text is
 * measured once, and then each pair of lines decides: a line that fills the wrap width and ends in
 * no stop goes on, unless the next opens an item or a heading. A stop at the very edge ends a paragraph
 * where paragraphs are short, as in laws, and is one of many where they are long, as in reports: the text's own lines say
 * which is likelier. */
#ifndef DUAN_INDEXER_WRAP_H
#define DUAN_INDEXER_WRAP_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/line.h"

enum { WRAP_SAMPLE = 64 * 1024 }; /* bytes of the head worth measuring */

struct wrap {
    bool is_markdown;
    bool has_blank_paragraphs; /* blank lines part the paragraphs */
    bool is_double_spaced;     /* a blank line behind each parts nothing; two of them do */
    unsigned width;            /* columns at which lines are broken; 0: they are not */
    unsigned slack;            /* how far a broken line may fall short of it */
    unsigned edge;             /* where wrapped lines begin to end; 0: not known */
    bool has_indents;          /* U+3000 opens the paragraphs, and not the lines they go on with */
    bool is_marked;            /* it does, or blank lines part them */
    bool is_prose; /* a stop at the edge is likelier one within a paragraph than its end */
};

/* Measures the head of a text. A last line without its end is left out unless is_whole. Adds the
 * lines to *seen while there is room; the first ones may be there already. */
void wrap_measure(struct wrap *out, bool is_markdown, const char *text, size_t n, bool is_whole,
    struct seen_lines *seen);

/* Does line b, which follows a without a blank line between, belong to the paragraph of a? */
bool wrap_joins(const struct wrap *w, const struct line *a, bool a_is_first, const struct line *b);

#endif
