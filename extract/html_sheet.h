// SPDX-License-Identifier: GPL-2.0-or-later
/* What the <style> of a page says of the markers of its lists, so that no item gets a number which the reader does not see.
 *
 * Only list-style and list-style-type are looked at, under selectors of one element by its name, class or id: ol, .steps,
 * ol.steps, #toc; ol li and body ol count as li and ol. What stands under an ancestor, a pseudo class or an @media may not
 * hold here: it hides nothing, and takes back what a simpler one hides. Where the sheet counts by itself (counter()) nothing
 * is hidden. Sheets of other files are not read.
 *
 *     <style>.plain{list-style:none}</style><ol class=plain><li>甲</ol>   gives 甲, not 1. 甲 */
#ifndef DUAN_EXTRACT_HTML_SHEET_H
#define DUAN_EXTRACT_HTML_SHEET_H

#include <stdbool.h>

#include "common/buf.h"

enum {
    HTML_SHEET_BYTES_MAX = 1 << 18,
    HTML_SHEET_RULES_MAX = 64
}; /* what is past them is not read */

struct html_sheet {
    struct buf text; /* of all that came; selectors and values point into it by their offsets */
    size_t n_read;
    struct html_rule {
        size_t selector, n_selector, value, n_value;
    } rules[HTML_SHEET_RULES_MAX];
    unsigned n_rules;
    bool counts_itself;
};

void html_sheet_init(struct html_sheet *s);
void html_sheet_release(struct html_sheet *s);

/* More text of a <style>, and its end. What memory does not suffice for is left out. */
void html_sheet_text(struct html_sheet *s, const char *text, size_t n);
void html_sheet_end(struct html_sheet *s);

/* The value of list-style that holds for an element of that name ("ol", "li"); class names and id may be NULL. *n bytes,
 * until the next text; NULL and 0 where there is none. */
const char *html_sheet_find(const struct html_sheet *s, const char *name, const char *class_names,
    const char *id, size_t *n);

/* Does the style= of an element say display: none? */
bool html_style_hides(const char *style);

#endif
