// SPDX-License-Identifier: GPL-2.0-or-later
/* The numbers that a browser writes before the items of <ol>: start=, reversed, type=, value= of an item, and the
 * list-style of a style attribute and of the page's own style sheet (html_sheet.h). Lists of a class that is always shown without numbers (a breadcrumb)
 * have none.
 *
 * A list that counts down to 1 needs to know how many items it has. So where there may be one, a page is gone through
 * twice, the first time counting: html_lists_rewind between.
 *
 *     <ol start=3><li>甲<li value=7>乙<li>丙</ol>   3. 7. 8. */
#ifndef DUAN_EXTRACT_HTML_LIST_H
#define DUAN_EXTRACT_HTML_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "extract/numbering.h"

enum { HTML_LISTS_MAX = 64 }; /* within each other; deeper ones have no numbers */

struct html_marker {
    enum number_style style;
    const char *suffix;
};

struct html_lists {
    struct {
        struct html_marker marker;
        size_t ordinal; /* of the list within the page */
        int next, step; /* step 0: not numbered */
    } open[HTML_LISTS_MAX];
    unsigned depth;    /* those past the maximum counted */
    struct buf counts; /* int: items of each list */
    size_t n_begun;
    bool is_counting;
};

/* Attributes as they stand; NULL where there is none. */
struct html_list_attributes {
    const char *type, *style, *class_names, *start, *reversed, *value;
    const char *sheet; /* the list-style of the page's sheet (html_sheet.h), n_sheet bytes */
    size_t n_sheet;
};

void html_lists_init(struct html_lists *l, bool is_counting);
/* Ends the counting: the page comes again. */
void html_lists_rewind(struct html_lists *l);
void html_lists_release(struct html_lists *l);

/* False when memory is out. */
bool html_list_begin(struct html_lists *l, bool is_ordered, const struct html_list_attributes *a);
void html_list_end(struct html_lists *l);
/* Appends the number of the next item, a blank or 、 behind it; nothing where the list has none. */
bool html_list_item(struct html_lists *l, const struct html_list_attributes *a, struct buf *number);

#endif
